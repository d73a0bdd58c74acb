"""What must hold on every page: no serious axe finding, no sideways scroll, in every look."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page

_COLOUR_RULES = ["color-contrast", "link-in-text-block"]
_ASKED: dict[str, dict[str, Any] | None] = {
    "everything": {},
    "nothing": None,
    "colours": {"runOnly": _COLOUR_RULES},
    "the rest": {"rules": {rule: {"enabled": False} for rule in _COLOUR_RULES}},
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at, and what axe is asked about it."""

    theme: Literal["light", "dark"]
    width: int
    asked: Literal["everything", "colours", "the rest", "nothing"] = "everything"


# Reading colours is most of what axe takes. They depend on what a width shows, so phone and desk
# are both read; a wider desk shows the same. The dark theme differs in nothing but colours, and
# English in nothing but words: where it is read too, it is at the width that Vietnamese leaves out.
EVERY_LOOK: dict[str, tuple[Look, ...]] = {
    "vi": (
        Look("light", 360),
        Look("light", 1024),
        Look("light", 1600, "the rest"),
        Look("dark", 1024, "colours"),
    ),
    "en": (Look("light", 360, "the rest"), Look("dark", 1600)),
}
# What every run of the suite looks at; `make looks` looks at every one.
LOOKS: dict[str, tuple[Look, ...]] = {
    "vi": (Look("light", 360), Look("dark", 1024), Look("light", 1600, "nothing")),
    "en": (Look("light", 360, "the rest"),),
}
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RUN = """(asked) => axe.run(document, {resultTypes: ["violations"], ...asked})
  .then((found) => found.violations
  .filter((rule) => ["serious", "critical"].includes(rule.impact))
  .flatMap((rule) => rule.nodes.map((n) => `${rule.id}: ${n.target} ${n.failureSummary}`)))"""

_SETTLE = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))"""


def inspect(page: Page, what: str, looks: tuple[Look, ...] = LOOKS["vi"]) -> None:
    """Look at what is on the screen in these themes and widths."""
    page.evaluate(_AXE)
    for look in looks:
        page.emulate_media(color_scheme=look.theme, reduced_motion="reduce")
        page.set_viewport_size({"width": look.width, "height": 800})
        page.evaluate(_SETTLE)
        where = f"{what} {look.theme} {look.width}px"
        if (asked := _ASKED[look.asked]) is not None:
            assert page.evaluate(_RUN, asked) == [], where
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{where}: {wide}px wider than the window"
