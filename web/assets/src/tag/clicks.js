// Where people click: the place for heat maps, and links that lead out, to a file or to a person.
import { listen } from "./guard.js";
import { send } from "./queue.js";
import { isOn, listOf, settings } from "./settings.js";
import { track } from "./speech.js";
import { tellEngaged } from "./views.js";

const FILES =
  "pdf,doc,docx,xls,xlsx,ppt,pptx,csv,txt,zip,rar,7z,gz,apk,exe,dmg,mp3,mp4,mov,avi,epub,psd,ai";
const MAX_IN_VIEW = 500;
const MAX_TEXT = 80;
const isSampled = Math.random() < (settings.clicks > 0 ? +settings.clicks : 1);
let told = 0;

export function watchClicks() {
  listen(document, "click", onClick);
  listen(document, "auxclick", (event) => event.button === 1 && onClick(event));
}

function onClick(event) {
  const path = event.composedPath().filter((node) => node.nodeType === 1);
  const element = event.target;
  if (!element.closest || path.some((node) => node.hasAttribute("data-kq-ignore"))) return;
  const link = path.find((node) => node.matches("a[href],area[href]"));
  if (event.isTrusted && isOn("clicks") && isSampled && told < MAX_IN_VIEW) {
    told++;
    tellPlace(event, element, path);
  }
  if (link) tellLink(link);
}

const round = (part) => Math.round(Math.min(1, Math.max(0, part)) * 10000) / 10000;

// As parts of the page and of the element: the same on every width.
function tellPlace(event, element, path) {
  const box = element.getBoundingClientRect();
  // Enter on a link is a click without a place: its middle.
  const isKey = !event.detail && !event.clientX && !event.clientY;
  const x = isKey ? box.left + box.width / 2 : event.clientX;
  const y = isKey ? box.top + box.height / 2 : event.clientY;
  const { scrollWidth, scrollHeight } = document.documentElement;
  const named = path.find((node) => node.matches("a,button,[role=button],summary"));
  track("Element Clicked", {
    x: round((x + scrollX) / scrollWidth),
    y: round((y + scrollY) / scrollHeight),
    page_width: scrollWidth,
    page_height: scrollHeight,
    selector: selectorOf(element),
    element_x: round((x - box.left) / box.width || 0),
    element_y: round((y - box.top) / box.height || 0),
    tag: element.localName,
    text: named && textOf(named),
  });
}

const textOf = (element) =>
  (element.getAttribute("aria-label") || element.innerText || "")
    .replace(/\s+/g, " ").trim().slice(0, MAX_TEXT) || undefined;

// The nearest id and the way down from it, at most five steps.
export function selectorOf(element) {
  const steps = [];
  for (let node = element; node && node.localName !== "html" && steps.length < 5; ) {
    const id = node.getAttribute("id");
    if (id && id.length < 50) {
      steps.unshift(`#${CSS.escape(id)}`);
      break;
    }
    const parent = node.parentElement;
    const name = node.localName;
    const alike = parent ? [...parent.children].filter((child) => child.localName === name) : [];
    steps.unshift(alike.length > 1 ? `${name}:nth-of-type(${alike.indexOf(node) + 1})` : name);
    node = parent;
  }
  return steps.join(">").slice(0, 300);
}

const CONTACTS = [
  ["phone", /^tel:/i],
  ["email", /^mailto:/i],
  ["sms", /^sms:/i],
  ["zalo", /^(https?:\/\/(www\.)?(zalo\.me|chat\.zalo\.me)\/|zalo:)/i],
  ["messenger", /^(https?:\/\/(www\.)?(m\.me|messenger\.com)\/|fb-messenger:)/i],
];

function tellLink(link) {
  const href = String(link.href && link.href.baseVal !== undefined ? link.href.baseVal : link.href);
  const about = { href: href.slice(0, 1000), text: textOf(link) };
  const contact = CONTACTS.find(([, pattern]) => pattern.test(href));
  const url = /^https?:/i.test(href) && new URL(href, location.href);
  const file = url && url.pathname.split("/").pop();
  const extension = file && file.includes(".") ? file.split(".").pop().toLowerCase() : "";
  const isFile =
    url && (link.hasAttribute("download") || listOf("downloads", FILES).includes(extension));
  if (contact && isOn("links")) track("Contact Clicked", { channel: contact[0], ...about });
  else if (isFile && isOn("downloads")) {
    track("File Downloaded", { ...about, file_name: file, file_extension: extension });
  } else if (url && url.hostname !== location.hostname && isOn("links")) {
    track("Outbound Link Clicked", { ...about, host: url.hostname });
  } else if (!url || link.target === "_blank" || href.split("#")[0] === location.href.split("#")[0]) {
    return;
  }
  // The page may be gone in a moment: said now, it can still be answered.
  tellEngaged();
  send(true);
}
