// Asks the visitor, once, what may be kept: nothing ticked, refusing as easy as agreeing, each
// purpose by its name. Loaded by the tag where the page does not ask by itself.
import { language, make, openBox, told, whenReady } from "./box.js";
import { guarded } from "./guard.js";

const VERSION = 1; // of the words below: raise it with them, it is the proof of what was asked
const WORDS = {
  vi: {
    title: "Bạn có cho phép ghi nhận cách bạn xem trang này?",
    what:
      "Nếu bạn đồng ý, cửa hàng lưu một mã ngẫu nhiên trên máy của bạn và ghi lại trang bạn xem, " +
      "chỗ bạn bấm. Luật coi đây là dữ liệu cá nhân nhạy cảm. Bạn có thể đổi ý bất cứ lúc nào.",
    analytics: "Thống kê: biết trang nào hữu ích để làm trang tốt hơn.",
    marketing: "Tiếp thị: gợi ý và quảng cáo hợp với điều bạn quan tâm.",
    no: "Không đồng ý", some: "Chỉ thống kê", all: "Đồng ý cả hai",
    policy: "Thông báo xử lý dữ liệu cá nhân",
  },
  en: {
    title: "May we keep a record of how you use this site?",
    what:
      "If you agree, the shop keeps a random id on your device and records the pages you see and " +
      "where you click. The law calls this sensitive personal data. You may change your mind at any time.",
    analytics: "Statistics: to learn which pages help, and make them better.",
    marketing: "Marketing: suggestions and advertisements that suit your interests.",
    no: "No", some: "Statistics only", all: "Yes to both",
    policy: "Privacy notice",
  },
};
const words = WORDS[language];
const CSS = `
:host{all:initial!important;position:fixed!important;z-index:2147483001!important;
left:0!important;right:0!important;bottom:0!important;color:#1c2b2a!important;
font:400 15px/1.5 "Be Vietnam Pro",system-ui,-apple-system,"Segoe UI",Roboto,sans-serif!important}
section{box-sizing:border-box;max-width:880px;max-height:85vh;overflow:auto;margin:0 auto;
padding:18px 20px max(18px,env(safe-area-inset-bottom));background:#fff;border-radius:16px 16px 0 0;
box-shadow:0 -6px 30px #0003}
h2{margin:0 0 6px;font-size:17px;font-weight:600;line-height:1.35}
p{margin:0 0 8px}ul{margin:0 0 14px;padding-left:20px}
a{color:#0f5f59}
div{display:flex;flex-wrap:wrap;gap:8px}
button{flex:1 1 150px;min-height:46px;padding:8px 14px;border:1.5px solid #0f766e;border-radius:10px;
background:#fff;color:#0b4f4a;font:inherit;font-weight:600;line-height:1.3;cursor:pointer}
button:hover{background:#eaf4f3}
:focus-visible{outline:3px solid #f59e0b;outline-offset:2px}
@media (prefers-reduced-motion:no-preference){section{animation:rise .2s ease-out}
@keyframes rise{from{transform:translateY(24px);opacity:0}}}
@media print{:host{display:none!important}}`;

let shown;

function showBar() {
  if (shown) return;
  const { host, root } = openBox(CSS);
  shown = host;
  const choice = (label, analytics, marketing) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", guarded(() => {
      shown.remove();
      shown = undefined;
      window.kq("consent", { analytics, marketing }, `bar-${language}-${VERSION}`);
    }));
    return button;
  };
  // Only an address: the attribute is the shop's own, but a link is no place for a script.
  const policy = /^(https?:\/\/|\/)/.test(told.policy)
    ? [" ", make("a", { href: told.policy }, words.policy)]
    : [];
  root.append(
    make("section", { role: "region", "aria-labelledby": "title" },
      make("h2", { id: "title" }, words.title),
      make("p", {}, words.what, ...policy),
      make("ul", {}, make("li", {}, words.analytics), make("li", {}, words.marketing)),
      make("div", {},
        choice(words.no, false, false), choice(words.some, true, false), choice(words.all, true, true)),
    ),
  );
  document.body.append(host);
}

window.kq.ask = () => whenReady(guarded(showBar));
window.kq.ask();
