// What may stay on the device, once the visitor agreed. Where a browser keeps nothing, reading
// finds nothing and writing does nothing: the tag then remembers as long as the page is open.
import { settings } from "./settings.js";

const PREFIX = "kq_";
const YEAR_S = 34128000; // 395 days: browsers keep no cookie longer than 400
// data-cookie="shop.vn": the id and the answer are shared by every name below shop.vn.
const domain = settings.cookie;

function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

export function read(name) {
  return (domain && readCookie(name)) || attempt(() => localStorage.getItem(PREFIX + name));
}

export function write(name, value) {
  attempt(() => localStorage.setItem(PREFIX + name, value));
}

// Also as a cookie, where the page asks for one.
export function writeShared(name, value) {
  write(name, value);
  if (domain) setCookie(name, value, YEAR_S);
}

export function remove(name) {
  attempt(() => localStorage.removeItem(PREFIX + name));
  if (domain) setCookie(name, "", 0);
}

export function namesLike(start) {
  return (attempt(() => Object.keys(localStorage)) || [])
    .filter((name) => name.startsWith(PREFIX + start))
    .map((name) => name.slice(PREFIX.length));
}

export function readJson(name) {
  return attempt(() => JSON.parse(read(name)));
}

export function forgetAll() {
  ["id", "user", "consent", ...namesLike("")].forEach(remove);
}

function readCookie(name) {
  const found = attempt(() => document.cookie.match(`(?:^|; )${PREFIX}${name}=([^;]*)`));
  return found && attempt(() => decodeURIComponent(found[1]));
}

function setCookie(name, value, age) {
  attempt(() => {
    const secure = location.protocol === "https:" ? ";secure" : "";
    const where = domain.includes(".") ? `;domain=${domain}` : "";
    document.cookie =
      `${PREFIX}${name}=${encodeURIComponent(value)};path=/;max-age=${age};samesite=lax` +
      where + secure;
  });
}
