// Elements made without markup in strings: nothing a customer wrote is ever read as HTML.

export function h(tag, told = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(told)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value ?? "";
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

let sprite = "";

export function setSprite(address) {
  sprite = address;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function button(id, label, name, onclick, { words = false, ...rest } = {}) {
  const kind = words ? "btn btn-small" : "btn btn-small btn-icon btn-quiet";
  const told = { id, type: "button", class: kind, onclick, ...rest };
  if (!words) Object.assign(told, { "aria-label": label, title: label });
  return h("button", told, icon(name), words && label);
}

// options: [[value, words]] or {words of a group: [[value, words]]}. A value that is none of them
// is kept, and said to be gone.
export function select(id, label, options, value, onpick, { gone = "", choose = "" } = {}) {
  const groups = Array.isArray(options) ? { "": options } : options;
  const all = Object.values(groups).flat();
  const made = h("select", { id, class: "input", "aria-label": label });
  const at = all.findIndex(([one]) => one === value);
  if (at < 0) made.append(h("option", { value: "" }, value || value === 0 ? `${value} (${gone})` : choose));
  let n = 0;
  for (const [words, some] of Object.entries(groups)) {
    const inside = some.map(([, said]) => h("option", { value: n++ }, said));
    made.append(...(words ? [h("optgroup", { label: words }, inside)] : inside));
  }
  made.value = at < 0 ? "" : at;
  made.addEventListener("change", () => made.value !== "" && onpick(all[made.value][0]));
  return made;
}
