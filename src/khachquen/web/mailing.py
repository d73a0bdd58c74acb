"""Mails as pages show them: in frames of their own, where nothing of them can act."""

import re

from django.http import HttpResponse

from khachquen.activate.content import Rendered
from khachquen.activate.content.finding import Finding
from khachquen.web.measuring import in_language

_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:;"
    " form-action 'none'; frame-ancestors 'self'; base-uri 'none'; sandbox allow-popups"
)
_TEXT = (
    '<!doctype html><meta charset="utf-8">'
    '<pre style="white-space:pre-wrap;margin:16px;font:15px/1.5 sans-serif">{}</pre>'
)


def show_mail(message: Rendered, *, view: str = "") -> HttpResponse:
    """The mail itself as a document: scripts never run in it, it is of no origin, holds no form,
    and cannot move the page around it.

    ``view`` is ``dark``, as who has a dark screen sees it, or ``text``.
    """
    if view == "text":
        html = _TEXT.format(_escaped(message.text))
    else:
        html = _DARK.sub("@media all", message.html) if view == "dark" else message.html
    return in_a_frame(html)


def show_problems(findings: list[Finding]) -> HttpResponse:
    """What keeps a mail from being shown, in place of it."""
    lines = "\n".join(
        f"• {in_language(one.place)}: {in_language(one.message)}"
        f"{' ' + in_language(one.hint) if one.hint else ''}"
        for one in findings
    )
    return in_a_frame(_TEXT.format(_escaped(lines)))


def in_a_frame(html: str) -> HttpResponse:
    """A document only our own pages may frame, with a policy of its own: mails are made of inline
    styles, so the pages' policy cannot be theirs."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
