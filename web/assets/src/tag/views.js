// Pages seen, also in sites that change the address without loading; how long they were looked at,
// and how far down.
import { guarded, listen } from "./guard.js";
import { send } from "./queue.js";
import { isOn, listOf, settings } from "./settings.js";
import { pageNow, say, track } from "./speech.js";

const LONGEST_MS = 1800000; // somebody who does nothing for half an hour has gone away
const LEAST_MS = 1000;
const TITLE_MS = 50; // the title follows the address

let page;
let viewId;
let address;
let engagedMs = 0;
let since;
let deepest = 0;
let pending;
let lookedAt = 0;

export function view(name, properties) {
  if (name && typeof name === "object") [name, properties] = [undefined, name];
  const isElsewhere = address !== here();
  page = pageNow(page && (isElsewhere ? address : page.referrer));
  address = here();
  deepest = 0;
  viewId = say("page", { name, properties }, page);
  if (isElsewhere && isOn("searchParam")) tellSearch();
  return viewId;
}

const isByHash = settings.spa === "hash";
const here = () => (isByHash ? location.href : location.href.split("#")[0]);

function tellSearch() {
  const names = listOf("searchParam", "q,s,query,search,keyword,tu-khoa");
  new URLSearchParams(location.search).forEach((value, name) => {
    if (value.trim() && names.includes(name.toLowerCase())) {
      track("Products Searched", { query: value.trim().slice(0, 200) }, page);
    }
  });
}

function look() {
  const whole = document.documentElement.scrollHeight;
  if (whole) deepest = Math.max(deepest, Math.min(1, (scrollY + innerHeight) / whole));
}

function pause() {
  if (since !== undefined) engagedMs += Math.min(LONGEST_MS, performance.now() - since);
  since = undefined;
}

function resume() {
  if (since === undefined && document.visibilityState === "visible") since = performance.now();
}

// The time since the last such message: those of one view add up.
export function tellEngaged() {
  if (!page) return;
  look();
  pause();
  if (engagedMs >= LEAST_MS) {
    track(
      "Page Engaged",
      {
        engaged_ms: Math.round(engagedMs),
        scroll_percent: Math.round(deepest * 100),
        view_id: viewId,
      },
      page,
    );
    engagedMs = 0;
  }
  resume();
}

function leave() {
  tellEngaged();
  pause();
  send(true);
}

function follow() {
  if (here() === address || !page) return;
  if (!pending) tellEngaged();
  clearTimeout(pending);
  pending = setTimeout(
    guarded(() => {
      pending = 0;
      if (here() === address) return;
      engagedMs = 0;
      view();
    }),
    TITLE_MS,
  );
}

function watchAddress() {
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...given) {
      const before = location.pathname;
      const result = original.apply(this, given);
      // A replaced query is a filter set or a token taken away, not another page.
      if (name === "pushState" || before !== location.pathname) guarded(follow)();
      else if (!pending) address = here();
      return result;
    };
  }
  listen(window, "popstate", follow);
  if (isByHash) listen(window, "hashchange", follow);
}

export function watchViews() {
  if (isOn("spa")) watchAddress();
  listen(document, "visibilitychange", () =>
    document.visibilityState === "hidden" ? leave() : resume(),
  );
  listen(window, "pagehide", leave);
  listen(window, "pageshow", (event) => {
    if (event.persisted) view();
    resume();
  });
  listen(document, "scroll", () => {
    if (performance.now() - lookedAt < 200) return;
    lookedAt = performance.now();
    look();
  });
  resume();
}
