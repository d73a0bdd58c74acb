// Forms sent. What was typed stays with the visitor, except in fields the shop has named: by
// data-kq="phone" on the field, or for the whole site by data-map="sdt:phone, ho_ten:name".
import { listen } from "./guard.js";
import { send } from "./queue.js";
import { settings } from "./settings.js";
import { say, track } from "./speech.js";

const NEVER = /^(password|file|submit|button|image|reset)$/;
const named = new Map(
  (settings.map || "").split(",").map((pair) => pair.split(":").map((word) => word.trim())),
);

export function watchForms() {
  listen(document, "submit", ({ target: form }) => {
    if (!form || form.localName !== "form" || form.closest("[data-kq-ignore]")) return;
    const traits = mappedValues(form);
    if (Object.keys(traits).length) say("identify", { traits });
    track("Form Submitted", {
      form_id: attribute(form, "id"),
      form_name: attribute(form, "name"),
      // Without its query, which may hold what was typed.
      form_action: new URL(attribute(form, "action") || "", location.href).href.split(/[?#]/)[0],
      method: (attribute(form, "method") || "get").toLowerCase(),
    });
    send(true);
  });
}

// Not form.id: a field may be called "id".
const attribute = (element, name) => element.getAttribute(name) || undefined;

function mappedValues(form) {
  const found = {};
  for (const field of Reflect.get(HTMLFormElement.prototype, "elements", form)) {
    const trait = attribute(field, "data-kq") || named.get(attribute(field, "name"));
    const isSecret =
      NEVER.test(field.type) || /^(cc-|.*password)/.test(attribute(field, "autocomplete") || "");
    if (!trait || isSecret || (field.type === "radio" && !field.checked)) continue;
    const value = field.type === "checkbox" ? field.checked : String(field.value).trim();
    if (value !== "") found[trait] = typeof value === "string" ? value.slice(0, 500) : value;
  }
  return found;
}
