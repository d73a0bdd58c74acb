// A popover opens where its button is; without this script menus hang at the right of the top bar
// and explanations open in the middle.
const GAP = 4;
const EDGE = 16;

function place(popover, button) {
  const at = button.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const wanted = popover.matches(".menu") ? at.right - size.width : at.left;
  const left = Math.min(wanted, document.documentElement.clientWidth - size.width - EDGE);
  const below = at.bottom + GAP;
  const fits = below + size.height + EDGE < window.innerHeight;
  const top = fits ? below : Math.max(EDGE, at.top - GAP - size.height);
  popover.style.inset = "auto";
  popover.style.left = `${Math.max(EDGE, left)}px`;
  popover.style.top = `${top}px`;
}

export function placePopovers(document) {
  document.addEventListener(
    "toggle",
    (event) => {
      const popover = event.target;
      if (!(popover instanceof HTMLElement)) return;
      if (!popover.matches(".explain[popover], .menu[popover]")) return;
      if (event.newState !== "open") return;
      const button = document.querySelector(`[popovertarget="${popover.id}"]`);
      if (button) place(popover, button);
    },
    true,
  );
}
