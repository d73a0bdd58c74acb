// The web tag: <script async src="https://…/kq.js" data-key="kqp_…"></script>. One global, `kq`.
import { watchClicks } from "./clicks.js";
import { watchForms } from "./forms.js";
import { guarded, listen, warn } from "./guard.js";
import { consentMode, host, isOn, isRefusedByBrowser, key, settings } from "./settings.js";
import {
  consent, followOtherTabs, identify, isUnanswered, reset, say, start, track,
} from "./speech.js";
import { view, watchViews } from "./views.js";

const calls = {
  __proto__: null,
  identify,
  track: (event, properties) => event && track(String(event), properties),
  page: view,
  group: (groupId, traits) => say("group", { groupId: String(groupId), traits }),
  consent,
  reset,
  ask,
};

const kq = (name, ...given) => {
  const call = calls[name];
  if (call) guarded(call)(...given);
  else warn(`unknown call: ${name}`);
};

// Our own bar, for shops without one; a page brings it back with a link marked data-kq-consent.
function ask() {
  if (isRefusedByBrowser) return;
  if (kq.ask) return kq.ask();
  const script = document.createElement("script");
  const url = `${host}/kq-consent.js`;
  const types = window.trustedTypes;
  Object.assign(script.dataset, settings); // its language, and where the privacy notice is
  script.src = types
    ? types.createPolicy("kq", { createScriptURL: () => url }).createScriptURL("")
    : url;
  document.head.append(script);
}

function begin() {
  const stub = window.kq;
  window.kq = kq;
  kq.isLoaded = true;
  const early = (stub && stub.q ? [...stub.q] : []).map((call) => [...call]);
  start();
  // What the visitor wants comes before anything else that was said.
  early.filter(([name]) => name === "consent").forEach((call) => kq(...call));
  watchViews();
  watchClicks();
  if (isOn("forms")) watchForms();
  listen(window, "storage", followOtherTabs);
  document.addEventListener("click", guarded((event) => {
    if (!event.target.closest("[data-kq-consent]")) return;
    event.preventDefault();
    ask();
  }));
  if (isOn("views")) view();
  early.filter(([name]) => name !== "consent").forEach((call) => kq(...call));
  if (isUnanswered() && consentMode === "bar") ask();
}

function beginWhenSeen() {
  if (document.prerendering) listen(document, "prerenderingchange", begin);
  else if (!document.title && document.readyState === "loading") {
    listen(document, "DOMContentLoaded", begin);
  } else begin();
}

if (!(window.kq && window.kq.isLoaded)) {
  if (key && host) guarded(beginWhenSeen)();
  else warn("data-key is missing");
}
