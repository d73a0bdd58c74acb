// A popover opens where its button is; without this script it opens in the middle.
const GAP = 4;
const EDGE = 16;

function place(popover, button) {
  const at = button.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const left = Math.min(at.left, window.innerWidth - size.width - EDGE);
  const below = at.bottom + GAP;
  const fits = below + size.height + EDGE < window.innerHeight;
  const top = fits ? below : Math.max(EDGE, at.top - GAP - size.height);
  popover.style.left = `${Math.max(EDGE, left)}px`;
  popover.style.top = `${top}px`;
}

export function placePopovers(document) {
  document.addEventListener(
    "toggle",
    (event) => {
      const popover = event.target;
      if (!(popover instanceof HTMLElement) || !popover.matches(".explain[popover]")) return;
      if (event.newState !== "open") return;
      const button = document.querySelector(`[popovertarget="${popover.id}"]`);
      if (button) place(popover, button);
    },
    true,
  );
}
