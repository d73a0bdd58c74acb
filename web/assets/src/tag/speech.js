// From "this happened" to a message in Segment's words: now, later, or never, as the visitor wants.
import { guarded, newId } from "./guard.js";
import { originOf } from "./origin.js";
import * as queue from "./queue.js";
import { consentMode, isRefusedByBrowser } from "./settings.js";
import { forgetAll, read, readJson, remove, write, writeShared } from "./store.js";

const MAX_HELD = 100;
let held = []; // said before the visitor answered: in memory only, without any id
let answer; // {analytics: true, …}; undefined while nobody has answered
let visitor;
let user;

export const isClosed = () => isRefusedByBrowser || (answer && !answer.analytics);
export const isUnanswered = () => !isRefusedByBrowser && !answer;

export function start() {
  answer = readJson("consent") || (consentMode === "granted" ? { analytics: true } : undefined);
  if (isRefusedByBrowser) forgetAll();
  else if (answer && answer.analytics) open();
}

function open() {
  user = user || read("user");
  queue.adopt();
}

export function pageNow(referrer) {
  return {
    url: location.href,
    path: location.pathname,
    search: location.search,
    title: document.title,
    referrer: referrer === undefined ? document.referrer : referrer,
  };
}

// Says one thing; the message's id, or undefined when nothing may be said.
export function say(type, fields, page) {
  if (isClosed()) return;
  const message = {
    type,
    messageId: newId(),
    timestamp: new Date().toISOString(),
    userId: user,
    ...fields,
    context: { page: page || pageNow(), ...originOf(location.search) },
  };
  if (answer) queue.add(signed(message));
  else if (held.length < MAX_HELD) held.push(JSON.parse(JSON.stringify(message))); // as it is now
  return message.messageId;
}

export function track(event, properties, page) {
  return say("track", { event, properties }, page);
}

function signed(message) {
  message.anonymousId = visitorId();
  message.context.consent = { categoryPreferences: answer };
  return message;
}

// Read anew each time: another tab may have been first, or the visitor may have cleared it.
function visitorId() {
  const kept = read("id");
  if (kept) visitor = kept;
  else writeShared("id", (visitor = visitor || newId()));
  return visitor;
}

export function identify(id, traits) {
  if (id && typeof id === "object") [id, traits] = [undefined, id];
  if (id) {
    user = String(id);
    if (answer && !isClosed()) writeShared("user", user);
  }
  if (id || traits) say("identify", { traits });
}

// Somebody else sits down at this device.
export function reset() {
  user = visitor = undefined;
  ["user", "id", "first"].forEach(remove);
}

// What the visitor wants: {analytics: true, marketing: false}; `shown` says what they were asked.
export function consent(wishes, shown) {
  if (isRefusedByBrowser) return;
  const given = typeof wishes === "boolean" ? { analytics: wishes, marketing: wishes } : wishes;
  const next = { ...answer };
  for (const name of Object.keys(given || {}).slice(0, 20)) {
    if (typeof given[name] === "boolean") next[name] = given[name];
  }
  if (typeof next.analytics !== "boolean") return;
  const isNews = JSON.stringify(next) !== JSON.stringify(answer);
  if (next.analytics) grant(next, isNews, shown);
  else refuse(next, shown);
}

function grant(next, isNews, shown) {
  const wasOpen = answer && answer.analytics;
  answer = next;
  writeShared("consent", JSON.stringify(answer));
  if (!wasOpen) {
    if (user) writeShared("user", user);
    open();
    held.forEach((message) => queue.add(signed(message)));
    held = [];
  }
  if (isNews) queue.add(signed(answerMessage(answer, shown)));
}

// The withdrawal itself is the last thing said under the old yes, so that the shop knows; then all
// is forgotten. Of somebody who never agreed nothing is known, and nothing is said.
function refuse(next, shown) {
  if (answer && answer.analytics) {
    const last = signed(answerMessage(next, shown));
    queue.post([JSON.stringify(last)], true).catch(() => {});
  }
  answer = next;
  forget();
  // A page that asks by itself remembers by itself; ours would ask again on every page.
  if (consentMode !== "ask") writeShared("consent", JSON.stringify(answer));
}

function forget() {
  held = [];
  user = visitor = undefined;
  queue.clear();
  forgetAll();
}

const answerMessage = (wishes, shown) => ({
  type: "track",
  event: "Consent Updated",
  messageId: newId(),
  timestamp: new Date().toISOString(),
  userId: user,
  properties: { ...wishes, shown },
  context: { page: pageNow() },
});

// The answer given in another tab holds in this one.
export const followOtherTabs = guarded((event) => {
  if (event.key !== "kq_consent") return;
  const told = readJson("consent");
  if (told && told.analytics && (!answer || !answer.analytics)) grant(told, false);
  else if (answer && answer.analytics && (!told || !told.analytics)) {
    answer = { analytics: false };
    held = [];
    user = visitor = undefined;
    queue.clear();
  }
});
