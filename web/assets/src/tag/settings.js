// What the page's own <script data-…> tag says. Everything is an attribute, so that a page whose
// policy forbids inline scripts needs none.
const script =
  document.currentScript || document.querySelector('script[data-key][src*="/kq.js"]');
const told = script ? script.dataset : {};

export const key = told.key;
export const host = (told.host || (script ? new URL(script.src).origin : "")).replace(/\/+$/, "");
// bar: ask with our own bar. ask: the page asks, and calls kq('consent'). granted: it has asked.
export const consentMode = /^(ask|granted)$/.test(told.consent) ? told.consent : "bar";
export const settings = told;

export function isOn(name) {
  return !/^(off|no|false|0)$/.test(told[name]);
}

export function listOf(name, usual) {
  return (!told[name] || told[name] === "on" ? usual : told[name]).toLowerCase().split(/[\s,]+/).filter(Boolean);
}

// A visitor whose browser says "do not track" has answered, whatever the page believes.
export const isRefusedByBrowser =
  navigator.doNotTrack === "1" || window.doNotTrack === "1" || !!navigator.globalPrivacyControl;
