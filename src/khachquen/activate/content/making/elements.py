"""What MJML may hold where, as data; read by the check by lines."""

_CONTENTS = (
    "mj-text mj-button mj-image mj-divider mj-spacer mj-table mj-social mj-navbar mj-raw".split()
)
_SECTIONS = "mj-section mj-hero mj-raw kq-block kq-products".split()
CHILDREN: dict[str, tuple[str, ...]] = {
    "": ("mjml",),
    "mjml": ("mj-head", "mj-body"),
    "mj-head": ("mj-attributes", "mj-style", "mj-title", "mj-preview", "mj-breakpoint", "mj-raw"),
    "mj-attributes": (
        "mj-all",
        "mj-class",
        "mj-body",
        "mj-wrapper",
        "mj-section",
        "mj-column",
        "mj-group",
        "mj-hero",
        "mj-social-element",
        "mj-navbar-link",
        *_CONTENTS,
    ),
    "mj-body": (*_SECTIONS, "mj-wrapper"),
    "mj-wrapper": tuple(_SECTIONS),
    "mj-section": ("mj-column", "mj-group", "mj-raw"),
    "mj-group": ("mj-column", "mj-raw"),
    "mj-column": tuple(_CONTENTS),
    "mj-hero": tuple(_CONTENTS),
    "mj-social": ("mj-social-element", "mj-raw"),
    "mj-navbar": ("mj-navbar-link", "mj-raw"),
}
"""Element → what may stand directly inside it."""

HOLD_HTML = frozenset(
    "mj-text mj-button mj-table mj-raw mj-style mj-title mj-preview mj-social-element"
    " mj-navbar-link".split()
)
"""Elements whose inside is HTML or text, not MJML."""

EMPTY = frozenset(
    "mj-image mj-divider mj-spacer mj-breakpoint mj-all mj-class kq-block kq-products".split()
)
NEVER = frozenset(
    "script iframe frame object embed applet form input button select textarea svg math meta link"
    " base audio video template noscript".split()
)
"""HTML no mail may hold: mail programs drop it, and some of it is dangerous."""

KNOWN = {name for inside in CHILDREN.values() for name in inside} | {"mj-include", "mj-font"}
