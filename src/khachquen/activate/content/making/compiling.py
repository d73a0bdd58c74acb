"""A wording compiled once, so that a message is only its Liquid.

MJML must not see Liquid: ``<`` and quotes inside it would break it, and text between sections is
lost. So every mark becomes a word of letters before MJML and itself again afterwards; marks that
stand between elements ride through in ``mj-raw``.
"""

import html
import re

from mjml import mjml2html

from khachquen.activate.content.finding import Finding, Part, WordingError, at
from khachquen.activate.content.language.grammar import MARKS
from khachquen.activate.content.language.vocabulary import (
    Use,
    Vocabulary,
    check_names,
    needed,
    read,
    uses_of,
)
from khachquen.activate.content.making.assembling import (
    check_pieces,
    names_of_blocks,
    put_blocks,
    put_products,
    put_snippets,
    skus_of,
)
from khachquen.activate.content.making.elements import HOLD_HTML
from khachquen.activate.content.making.plain_text import to_plain_text
from khachquen.activate.content.making.structure import check_structure
from khachquen.activate.content.making.wording import Made, Shelf, Wording
from khachquen.base import Text

_WORD = re.compile(r"kqliquid(\d+)x")
_PIECE = re.compile(
    r"<!--.*?-->|<(/?)([A-Za-z][\w:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>", re.S
)
_LONGEST = 300
_BOTH_SCHEMES = (
    '<meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark">'
)


def check_wording(wording: Wording, shelf: Shelf, vocabulary: Vocabulary) -> list[Finding]:
    """Everything that keeps the wording from being compiled, each with its line."""
    findings = _check_lines(wording)
    for part, source, is_html in _sources(wording):
        found = check_pieces(source, shelf) if part == "mjml" else []
        bare = put_snippets(source, shelf, is_html=is_html)
        template, unread = read(bare, is_html=is_html)
        found += unread
        if template:
            found += check_names(uses_of(template, bare), vocabulary)
        findings += at(found, part)
    findings += check_structure(wording.mjml)
    return sorted(findings, key=lambda one: (_ORDER.index(one.part), one.line))


_ORDER = ("subject", "preheader", "mjml", "text", "block", "all")


def make(wording: Wording, shelf: Shelf, vocabulary: Vocabulary) -> Made:
    """The wording compiled.

    Raises:
        WordingError: with everything that is wrong, by line.
    """
    if findings := check_wording(wording, shelf, vocabulary):
        raise WordingError(findings)
    with_blocks = put_blocks(wording.mjml, shelf)
    mjml = put_snippets(put_products(with_blocks, shelf), shelf, is_html=True)
    subject = put_snippets(wording.subject, shelf, is_html=False)
    preheader = put_snippets(wording.preheader, shelf, is_html=False)
    body, text = compile_mjml(mjml, preheader)
    if wording.text.strip():
        text = put_snippets(wording.text, shelf, is_html=False)
    uses = [*_uses(body, is_html=True)]
    for source in (subject, preheader, text):
        uses += _uses(source, is_html=False)
    return Made(
        subject=subject,
        preheader=preheader,
        html=body,
        text=text,
        fields=needed(uses),
        needs_order=any(use.root == "order" for use in uses),
        blocks=tuple(dict.fromkeys(names_of_blocks(wording.mjml))),
        prices={sku: shelf.products[sku].price_minor for sku in skus_of(with_blocks)},
    )


def compile_mjml(mjml: str, preheader: str = "") -> tuple[str, str]:
    """HTML and the text made of it, Liquid left inside both.

    Raises:
        WordingError: the compiler could not read it.
    """
    marks: list[str] = []

    def hide(mark: re.Match[str]) -> str:
        marks.append(html.unescape(mark[0]))
        return f"kqliquid{len(marks) - 1}x"

    def show(text: str) -> str:
        return _WORD.sub(lambda word: marks[int(word[1])], text)

    hidden = _with_preheader(MARKS.sub(hide, mjml), MARKS.sub(hide, html.escape(preheader)))
    try:
        compiled = mjml2html(_with_raw(hidden), fonts={}, include_loader=_refuse_include)
    except ValueError as error:
        raise WordingError([_not_mjml(error)]) from error
    if "prefers-color-scheme" in mjml:
        compiled = compiled.replace("<head>", f"<head>{_BOTH_SCHEMES}", 1)
    return show(_in_short_lines(compiled)), show(to_plain_text(compiled))


def _with_preheader(mjml: str, preheader: str) -> str:
    """The line mail programs show beside the subject, and the language, where MJML wants them."""
    if not re.search(r"<mjml\b[^>]*\blang=", mjml):
        mjml = mjml.replace("<mjml", '<mjml lang="vi"', 1)
    preview = f"<mj-preview>{preheader}</mj-preview>" if preheader else ""
    mjml = re.sub(r"<mj-preview>.*?</mj-preview>", "", mjml, flags=re.S)
    if "<mj-head>" in mjml:
        return mjml.replace("<mj-head>", f"<mj-head>{preview}", 1)
    return mjml.replace("<mj-body", f"<mj-head>{preview}</mj-head><mj-body", 1)


def _with_raw(mjml: str) -> str:
    """Marks that stand between elements wrapped, so that they come out where they went in."""
    pieces: list[str] = []
    stack: list[str] = []
    last = 0
    for piece in _PIECE.finditer(mjml):
        between = mjml[last : piece.start()]
        pieces += [_wrapped(between, stack), piece[0]]
        last = piece.end()
        name = (piece[2] or "").lower()
        if name.startswith("mj") and not piece[3]:
            if piece[1] and stack:
                stack.pop()
            elif not piece[1]:
                stack.append(name)
    return "".join([*pieces, mjml[last:]])


def _wrapped(between: str, stack: list[str]) -> str:
    if not stack or any(name in HOLD_HTML for name in stack):
        return between
    return _WORD.sub(r"<mj-raw>\g<0></mj-raw>", between)


def _in_short_lines(compiled: str) -> str:
    """A line break before tables and cells, so that lines stay far below what mail may have."""
    return re.sub(r"(?<=>)(?=<(?:table|tr|div)\b)", "\n", compiled)


def _refuse_include(path: str) -> str:
    raise ValueError(path)


def _uses(source: str, *, is_html: bool) -> list[Use]:
    template, unread = read(source, is_html=is_html)
    if template is None:
        raise WordingError(unread)
    return uses_of(template, source)


def _sources(wording: Wording) -> list[tuple[Part, str, bool]]:
    return [
        ("subject", wording.subject, False),
        ("preheader", wording.preheader, False),
        ("mjml", wording.mjml, True),
        ("text", wording.text, False),
    ]


def _check_lines(wording: Wording) -> list[Finding]:
    """The subject and the preheader are one line each: a second one would be another header."""
    named: tuple[tuple[Part, str], ...] = (
        ("subject", wording.subject),
        ("preheader", wording.preheader),
    )
    wrong = [(part, text) for part, text in named if not text.isprintable() or len(text) > _LONGEST]
    findings = [_one_line(part) for part, _ in wrong]
    if not wording.subject.strip():
        message = Text(vi="Thư cần có tiêu đề.", en="A mail needs a subject.")
        findings.append(Finding("error", "content.no_subject", message, None, "subject"))
    return findings


def _one_line(part: Part) -> Finding:
    return Finding(
        "error",
        "content.not_one_line",
        Text(
            vi=f"Chỉ được một dòng, nhiều nhất {_LONGEST} ký tự, không có ký tự ẩn.",
            en=f"One line of at most {_LONGEST} characters, without hidden ones.",
        ),
        None,
        part,
    )


def _not_mjml(error: ValueError) -> Finding:
    return Finding(
        "error",
        "content.not_mjml",
        Text(
            vi=f"Trình biên dịch MJML không đọc được: {error}.",
            en=f"The MJML compiler cannot read it: {error}.",
        ),
    )
