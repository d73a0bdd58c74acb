// Something of ours on a page of somebody else: its own root, so that neither's style reaches the
// other's, and a style sheet made by script, which a strict policy allows where it refuses <style>.
// The page's rules do reach the box itself; `!important` in :host wins over all of them.
export const script = document.currentScript;
export const told = script ? script.dataset : {};

const wanted = told.lang || document.documentElement.lang || "vi";
export const language = /^en/i.test(wanted) ? "en" : "vi";

export function openBox(css) {
  const host = document.createElement("kq-box");
  const root = host.attachShadow({ mode: "open" });
  host.setAttribute("data-kq-ignore", "");
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make("style", {}, css));
  }
  return { host, root };
}

export function make(name, attributes, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function draw(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export function whenReady(work) {
  if (document.body) work();
  else document.addEventListener("DOMContentLoaded", work, { once: true });
}
