// Messages on their way: kept on the device until the server has said that it keeps them. Sending
// one twice is harmless, the server knows each messageId; losing one is not.
import { guarded, listen, newId, warn } from "./guard.js";
import { firstTouch } from "./origin.js";
import { host, key } from "./settings.js";
import { namesLike, read, remove, write } from "./store.js";

const MAX_MESSAGE = 32000; // bytes; the server takes no larger one from a public key
const MAX_WAITING = 400;
const MAX_WAITING_BYTES = 300000;
const MAX_BATCH = 50;
const MAX_BATCH_BYTES = 50000; // a browser carries 64 KB over the end of a page
const MAX_FAILURES = 12; // then the next page tries again
const own = `q${newId()}`; // each open page has its own, so that two never write over each other
const fetchOfPage = window.fetch;

let waiting = []; // {text, size, isSent}
let timer = 0;
let failures = 0;
let notBefore = 0;
let isStopped = false;

export function add(message) {
  if (keep(message)) save();
  plan(500);
}

// No database keeps a NUL, or half of a character that somebody's cut has left.
const UNKEEPABLE = /\\\\|\\u(0000|d[89a-f]..)/g;

function keep(message) {
  const text = JSON.stringify(message).replace(UNKEEPABLE, (c) => (c[1] === "u" ? "\\ufffd" : c));
  const size = new Blob([text]).size;
  if (size > MAX_MESSAGE) return warn(`message too large: ${size}`);
  waiting.push({ text, size });
  let total = waiting.reduce((sum, item) => sum + item.size, 0);
  while (waiting.length > MAX_WAITING || total > MAX_WAITING_BYTES) total -= waiting.shift().size;
  return true;
}

function save() {
  if (waiting.length) write(own, `[${waiting.map((item) => item.text).join()}]`);
  else remove(own);
}

// What earlier pages could not send, with the times it happened.
export function adopt() {
  for (const name of namesLike("q").filter((found) => found !== own)) {
    guarded(() => JSON.parse(read(name)).forEach(keep))();
    remove(name);
  }
  save();
  plan(0);
}

export function clear() {
  waiting = [];
  clearTimeout(timer);
  timer = 0;
}

function plan(delay) {
  if (!timer && waiting.length) timer = setTimeout(guarded(() => send()), delay);
}

const backoff = () => Math.min(60000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);

// isLeaving: the page may be gone before an answer comes, and another batch may be on its way.
export function send(isLeaving) {
  clearTimeout(timer);
  timer = 0;
  const free = waiting.filter((item) => !item.isSent);
  if (isStopped || !free.length || navigator.onLine === false) return;
  const rest = notBefore - performance.now();
  if (rest > 0) return plan(rest);
  if (!isLeaving && free.length < waiting.length) return;
  let size = 0;
  const batch = free.filter(
    (item, n) => n < MAX_BATCH && (size += item.size) <= MAX_BATCH_BYTES + (n ? 0 : item.size),
  );
  batch.forEach((item) => (item.isSent = true));
  post(batch.map((item) => item.text), isLeaving).then(
    guarded((answer) => settle(batch, answer.status, answer.headers.get("Retry-After"))),
    guarded(() => settle(batch, 0)),
  );
}

// Text without a preflight; no cookie of ours or theirs goes along.
export async function post(texts, isLeaving) {
  const context = JSON.stringify({
    library: { name: "kq.js", version: "1" },
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    firstTouch: firstTouch(),
  });
  const body =
    `{"writeKey":${JSON.stringify(key)},"sentAt":"${new Date().toISOString()}",` +
    `"context":${context},"batch":[${texts.join()}]}`;
  const url = `${host}/v1/batch`;
  if (isLeaving && !("keepalive" in Request.prototype) && navigator.sendBeacon) {
    navigator.sendBeacon(url, body);
    await new Promise(() => {}); // nobody will say whether it arrived: the next page sends it again
  }
  const answer = await fetchOfPage.call(window, url, {
    method: "POST",
    body,
    keepalive: new Blob([body]).size < 60000,
    credentials: "omit",
  });
  await answer.text(); // until it is read it counts against what may outlive a page
  return answer;
}

function settle(batch, status, retryAfter) {
  if (!waiting.includes(batch[0])) return; // withdrawn meanwhile
  const isLater = !status || status === 408 || status === 429 || status >= 500;
  batch.forEach((item) => (item.isSent = false));
  if (isLater) {
    failures++;
    if (failures > MAX_FAILURES) isStopped = true;
    notBefore = performance.now() + Math.max(backoff(), Math.min(300, +retryAfter || 0) * 1000);
    return plan(0);
  }
  if (status === 401 || status === 403 || status === 404) {
    isStopped = true; // a wrong key or a source switched off; somebody may mend it
    return warn(`${host} answers ${status}: check data-key`);
  }
  if (status >= 300) warn(`${host} answers ${status}`);
  failures = 0;
  waiting = waiting.filter((item) => !batch.includes(item));
  save();
  plan(0);
}

listen(window, "online", () => {
  failures = notBefore = 0;
  isStopped = false;
  send();
});
