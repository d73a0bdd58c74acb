(()=>{var m=document.currentScript,r=m?m.dataset:{},w=r.lang||document.documentElement.lang||"vi",g=/^en/i.test(w)?"en":"vi";function x(e){let t=document.createElement("kq-box"),o=t.attachShadow({mode:"open"});t.setAttribute("data-kq-ignore","");try{let n=new CSSStyleSheet;n.replaceSync(e),o.adoptedStyleSheets=[n]}catch{o.append(i("style",{},e))}return{host:t,root:o}}function i(e,t,...o){let n=document.createElement(e);for(let[u,h]of Object.entries(t))n.setAttribute(u,h);return n.append(...o),n}var f="http://www.w3.org/2000/svg";function d(...e){let t=document.createElementNS(f,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidden","true");for(let o of e){let n=document.createElementNS(f,"path");n.setAttribute("d",o),t.append(n)}return t}function b(e){document.body?e():document.addEventListener("DOMContentLoaded",e,{once:!0})}function p(e){return function(...t){try{return e.apply(this,t)}catch(o){v(o)}}}function v(e){try{console.warn("[kq]",e)}catch{}}var S={vi:{open:"Liên hệ với cửa hàng",close:"Đóng",group:"Các cách liên hệ",phone:"Gọi điện",zalo:"Nhắn Zalo",messenger:"Nhắn Messenger",email:"Gửi email"},en:{open:"Contact the shop",close:"Close",group:"Ways to reach us",phone:"Call us",zalo:"Chat on Zalo",messenger:"Chat on Messenger",email:"Send an e-mail"}},c=S[g],y="M20 3H4a2 2 0 0 0-2 2v16l4.5-4H20a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2z",C=[{name:"phone",href:e=>`tel:${e.replace(/[^\d+]/g,"")}`,icon:()=>d("M6.6 2.5 9.4 3l1.3 4-2 1.9a13 13 0 0 0 6.4 6.4l1.9-2 4 1.3.5 2.8a2 2 0 0 1-2 2.3C10.400 20.500 3.500 13.600 4.300 4.500a2 2 0 0 1 2.300-2z")},{name:"zalo",href:e=>`https://zalo.me/${encodeURIComponent(e.replace(/[\s.+-]/g,""))}`,icon:()=>i("b",{"aria-hidden":"true"},"Zalo")},{name:"messenger",href:e=>`https://m.me/${encodeURIComponent(e)}`,icon:()=>d(y,"m6 12.500 3.700-4 3 2.300 3.300-2.300-3.700 4-3-2.300z")},{name:"email",href:e=>`mailto:${encodeURIComponent(e).replace("%40","@")}`,icon:()=>d("M3 5h18a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z","m3 6.500 9 6.500 9-6.500")}],E=`
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
@media print{:host{display:none!important}}`;function k(...e){let t=window.kq=window.kq||((...o)=>(t.q=t.q||[]).push(o));t(...e)}function A({name:e,href:t,icon:o}){let n=i("a",{href:t(r[e])},i("span",{class:e},o()),c[e]);return/^https:/.test(n.href)&&(n.target="_blank",n.rel="noopener"),n.addEventListener("click",p(()=>{k("track","Contact Clicked",{channel:e,href:n.href,place:"button"})})),i("li",{},n)}function z(){let e=C.filter(({name:a})=>r[a]);if(!e.length)return;let{host:t,root:o}=x(E),n=i("ul",{id:"ways","aria-label":c.group,hidden:""},...e.map(A)),u=d(y,"M7 8h10M7 12h6"),h=d("M6 6l12 12M18 6 6 18"),s=i("button",{type:"button","aria-controls":"ways"}),l=a=>{n.hidden=!a,s.setAttribute("aria-expanded",a),s.setAttribute("aria-label",a?c.close:r.label||c.open),s.replaceChildren(a?h:u)};l(!1),s.addEventListener("click",p(()=>{l(n.hidden),n.hidden||k("track","Contact Opened",{channels:e.map(({name:a})=>a)})})),o.addEventListener("keydown",a=>{a.key!=="Escape"||n.hidden||(l(!1),s.focus())}),document.addEventListener("click",a=>a.target===t||l(!1)),t.setAttribute("data-theme",r.theme||"light"),t.setAttribute("data-side",r.side||"right"),r.colour&&M.test(r.colour)&&t.style.setProperty("--kq-contact",r.colour),o.append(i("div",{role:"group","aria-label":c.group},n,s)),document.body.append(t)}var M=/^#[\da-f]{3,8}$/i;b(p(z));})();
