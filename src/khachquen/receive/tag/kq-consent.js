(()=>{var h=document.currentScript,r=h?h.dataset:{},x=r.lang||document.documentElement.lang||"vi",d=/^en/i.test(x)?"en":"vi";function m(t){let o=document.createElement("kq-box"),e=o.attachShadow({mode:"open"});o.setAttribute("data-kq-ignore","");try{let a=new CSSStyleSheet;a.replaceSync(t),e.adoptedStyleSheets=[a]}catch{e.append(n("style",{},t))}return{host:o,root:e}}function n(t,o,...e){let a=document.createElement(t);for(let[c,p]of Object.entries(o))a.setAttribute(c,p);return a.append(...e),a}function g(t){document.body?t():document.addEventListener("DOMContentLoaded",t,{once:!0})}function l(t){return function(...o){try{return t.apply(this,o)}catch(e){y(e)}}}function y(t){try{console.warn("[kq]",t)}catch{}}var b=1,w={vi:{title:"Bạn có cho phép ghi nhận cách bạn xem trang này?",what:"Nếu bạn đồng ý, cửa hàng lưu một mã ngẫu nhiên trên máy của bạn và ghi lại trang bạn xem, chỗ bạn bấm. Luật coi đây là dữ liệu cá nhân nhạy cảm. Bạn có thể đổi ý bất cứ lúc nào.",analytics:"Thống kê: biết trang nào hữu ích để làm trang tốt hơn.",marketing:"Tiếp thị: gợi ý và quảng cáo hợp với điều bạn quan tâm.",no:"Không đồng ý",some:"Chỉ thống kê",all:"Đồng ý cả hai",policy:"Thông báo xử lý dữ liệu cá nhân"},en:{title:"May we keep a record of how you use this site?",what:"If you agree, the shop keeps a random id on your device and records the pages you see and where you click. The law calls this sensitive personal data. You may change your mind at any time.",analytics:"Statistics: to learn which pages help, and make them better.",marketing:"Marketing: suggestions and advertisements that suit your interests.",no:"No",some:"Statistics only",all:"Yes to both",policy:"Privacy notice"}},i=w[d],v=`
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
@media print{:host{display:none!important}}`,s;function k(){if(s)return;let{host:t,root:o}=m(v);s=t;let e=(c,p,f)=>{let u=n("button",{type:"button"},c);return u.addEventListener("click",l(()=>{s.remove(),s=void 0,window.kq("consent",{analytics:p,marketing:f},`bar-${d}-${b}`)})),u},a=/^(https?:\/\/|\/)/.test(r.policy)?[" ",n("a",{href:r.policy},i.policy)]:[];o.append(n("section",{role:"region","aria-labelledby":"title"},n("h2",{id:"title"},i.title),n("p",{},i.what,...a),n("ul",{},n("li",{},i.analytics),n("li",{},i.marketing)),n("div",{},e(i.no,!1,!1),e(i.some,!0,!1),e(i.all,!0,!0)))),document.body.append(t)}window.kq.ask=()=>g(l(k));window.kq.ask();})();
