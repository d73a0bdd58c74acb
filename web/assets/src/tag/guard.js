// The tag is a guest: whatever goes wrong in it stays in it.
export function guarded(work) {
  return function (...given) {
    try {
      return work.apply(this, given);
    } catch (error) {
      warn(error);
    }
  };
}

export function warn(what) {
  try {
    console.warn("[kq]", what);
  } catch {
    // a page without a console hears nothing
  }
}

// Listens before the page's own handlers, which may stop an event on its way.
export function listen(target, name, work) {
  target.addEventListener(name, guarded(work), { capture: true, passive: true });
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
