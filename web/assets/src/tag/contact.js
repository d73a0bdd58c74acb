// One button that opens phone, Zalo, Messenger and e-mail; each click is an event.
// <script async src="https://…/kq-contact.js" data-phone="0912345678" data-zalo="0912345678"
//   data-messenger="lua-hoa" data-email="hoa@example.vn"></script>
import { draw, language, make, openBox, told, whenReady } from "./box.js";
import { guarded } from "./guard.js";

const WORDS = {
  vi: {
    open: "Liên hệ với cửa hàng", close: "Đóng", group: "Các cách liên hệ",
    phone: "Gọi điện", zalo: "Nhắn Zalo", messenger: "Nhắn Messenger", email: "Gửi email",
  },
  en: {
    open: "Contact the shop", close: "Close", group: "Ways to reach us",
    phone: "Call us", zalo: "Chat on Zalo", messenger: "Chat on Messenger", email: "Send an e-mail",
  },
};
const words = WORDS[language];

const MOUTH = "M20 3H4a2 2 0 0 0-2 2v16l4.5-4H20a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2z";
const CHANNELS = [
  {
    name: "phone",
    href: (to) => `tel:${to.replace(/[^\d+]/g, "")}`,
    icon: () => draw("M6.6 2.5 9.4 3l1.3 4-2 1.9a13 13 0 0 0 6.4 6.4l1.9-2 4 1.3.5 2.8a2 2 0 0 1-2 2.3C10.400 20.500 3.500 13.600 4.300 4.500a2 2 0 0 1 2.300-2z"),
  },
  {
    name: "zalo",
    href: (to) => `https://zalo.me/${encodeURIComponent(to.replace(/[\s.+-]/g, ""))}`,
    icon: () => make("b", { "aria-hidden": "true" }, "Zalo"),
  },
  {
    name: "messenger",
    href: (to) => `https://m.me/${encodeURIComponent(to)}`,
    icon: () => draw(MOUTH, "m6 12.500 3.700-4 3 2.300 3.300-2.300-3.700 4-3-2.300z"),
  },
  {
    name: "email",
    href: (to) => `mailto:${encodeURIComponent(to).replace("%40", "@")}`,
    icon: () => draw("M3 5h18a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z", "m3 6.500 9 6.500 9-6.500"),
  },
];

const CSS = `
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;
right:16px!important;bottom:max(16px,env(safe-area-inset-bottom))!important;
font:500 15px/1.4 "Be Vietnam Pro",system-ui,-apple-system,"Segoe UI",Roboto,sans-serif!important}
:host([data-side=left]){right:auto!important;left:16px!important}
div{display:flex;flex-direction:column;align-items:flex-end;gap:12px}
:host([data-side=left]) div{align-items:flex-start}
button,a{box-sizing:border-box;display:flex;align-items:center;cursor:pointer;text-decoration:none;
border:0;font:inherit;-webkit-tap-highlight-color:transparent}
button{justify-content:center;width:56px;height:56px;border-radius:50%;color:#fff;
background:var(--kq-contact,#0f766e);box-shadow:0 4px 14px #0004}
svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round;
stroke-linecap:round}
ul{list-style:none;margin:0;padding:6px;display:grid;gap:2px;min-width:208px;
max-width:calc(100vw - 32px);border-radius:16px;background:#fff;box-shadow:0 8px 28px #0003}
ul[hidden]{display:none}
a{gap:12px;min-height:52px;padding:6px 16px 6px 8px;border-radius:12px;color:#1c2b2a}
a:hover{background:#f1f5f4}
span{display:grid;place-items:center;flex:none;width:40px;height:40px;border-radius:50%;
color:#fff;background:#15803d}
span svg{width:20px;height:20px}
b{font:700 12px/1 system-ui,sans-serif;letter-spacing:-.2px}
.zalo{background:#0068ff}.messenger{background:#7c3aed}.email{background:#b45309}
:focus-visible{outline:3px solid #f59e0b;outline-offset:2px}
@media (prefers-reduced-motion:no-preference){button{transition:transform .15s}
button:hover{transform:scale(1.05)}ul:not([hidden]){animation:rise .16s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}}
@media (prefers-color-scheme:dark){:host([data-theme=auto]) ul{background:#1f2a29}
:host([data-theme=auto]) a{color:#eef5f4}:host([data-theme=auto]) a:hover{background:#2b3938}}
@media (forced-colors:active){button,ul,span{border:1px solid}}
@media print{:host{display:none!important}}`;

function say(...call) {
  // The tag may still be on its way: what is said until then waits.
  const kq = (window.kq = window.kq || ((...given) => (kq.q = kq.q || []).push(given)));
  kq(...call);
}

function linkOf({ name, href, icon }) {
  const link = make("a", { href: href(told[name]) }, make("span", { class: name }, icon()), words[name]);
  if (/^https:/.test(link.href)) {
    link.target = "_blank";
    link.rel = "noopener";
  }
  link.addEventListener("click", guarded(() => {
    say("track", "Contact Clicked", { channel: name, href: link.href, place: "button" });
  }));
  return make("li", {}, link);
}

function showButton() {
  const given = CHANNELS.filter(({ name }) => told[name]);
  if (!given.length) return;
  const { host, root } = openBox(CSS);
  const list = make("ul", { id: "ways", "aria-label": words.group, hidden: "" }, ...given.map(linkOf));
  const open = draw(MOUTH, "M7 8h10M7 12h6");
  const close = draw("M6 6l12 12M18 6 6 18");
  const button = make("button", { type: "button", "aria-controls": "ways" });
  const turn = (isOpen) => {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", isOpen);
    button.setAttribute("aria-label", isOpen ? words.close : told.label || words.open);
    button.replaceChildren(isOpen ? close : open);
  };
  turn(false);
  button.addEventListener("click", guarded(() => {
    turn(list.hidden);
    if (!list.hidden) say("track", "Contact Opened", { channels: given.map(({ name }) => name) });
  }));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    turn(false);
    button.focus();
  });
  document.addEventListener("click", (event) => event.target === host || turn(false));
  host.setAttribute("data-theme", told.theme || "light");
  host.setAttribute("data-side", told.side || "right");
  if (told.colour && CSS_COLOUR.test(told.colour)) host.style.setProperty("--kq-contact", told.colour);
  root.append(make("div", { role: "group", "aria-label": words.group }, list, button));
  document.body.append(host);
}

const CSS_COLOUR = /^#[\da-f]{3,8}$/i;

whenReady(guarded(showButton));
