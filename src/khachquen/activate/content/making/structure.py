"""MJML looked at line by line, before the compiler does, which knows no lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from khachquen.activate.content.finding import Finding
from khachquen.activate.content.language.grammar import MARKS
from khachquen.activate.content.making.elements import CHILDREN, EMPTY, HOLD_HTML, KNOWN, NEVER
from khachquen.base import Text, nearest

_PIECE = re.compile(
    r"""<!--(?!-?>).*?-->|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]*)"""
    r"""(?P<told>(?:[^<>"']|"[^"]*"|'[^']*')*?)(?P<self>/?)>|<(?P<odd>[A-Za-z/][^>\n]{0,40})""",
    re.DOTALL,
)
_HANDLER = re.compile(r"""(?:^|[\s"'/])(on\w+)\s*=""", re.IGNORECASE)
_SCHEME = re.compile(r"""["'(=\s](?:javascript|vbscript|data\s*:\s*text)\s*:?""", re.IGNORECASE)
_LOADS = re.compile(r"@import|url\(|expression\(|behavior\s*:", re.IGNORECASE)
_MOST = 400_000


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    line: int
    end: int = 0


def check_structure(source: str, *, is_block: bool = False) -> list[Finding]:
    """What keeps the source from being MJML a mail can be made of, the first lines first."""
    if len(source) > _MOST:
        return [
            _error(
                "content.too_long",
                0,
                "Nội dung quá dài (400.000 ký tự).",
                "The body is too long (400,000 characters).",
            )
        ]
    hidden = MARKS.sub(lambda mark: "\n" * mark[0].count("\n"), source)
    findings = [*_walk(hidden, is_block=is_block)]
    if not findings and not is_block and "<mj-body" not in hidden:
        findings = [_error("content.no_body", 1, "Thiếu <mj-body>.", "<mj-body> is missing.")]
    return findings


def _walk(source: str, *, is_block: bool) -> Iterator[Finding]:
    stack = [_Open("mj-body", 0)] if is_block else [_Open("", 0)]
    for piece in _PIECE.finditer(source):
        name, line = (piece["name"] or "").lower(), source.count("\n", 0, piece.start()) + 1
        if piece["odd"]:
            yield _error(
                "content.not_closed",
                line,
                f"Thẻ <{piece['odd']} thiếu dấu >.",
                f"The tag <{piece['odd']} has no >.",
            )
            return
        if not name:
            continue
        if not name.startswith(("mj", "kq-")):
            yield from _html(name, piece["told"], line, stack)
        elif piece["close"]:
            if stack[-1].name != name:
                yield _mismatch(name, stack[-1], line)
                return
            if name == "mj-style" and _LOADS.search(source, stack.pop().end, piece.start()):
                yield _loads(line)
            elif name != "mj-style":
                stack.pop()
        else:
            yield from _element(name, piece["told"], line, stack)
            if not piece["self"]:
                stack.append(_Open(name, line, piece.end()))
    left = stack[-1]
    if left.line:
        yield _error(
            "content.not_closed",
            left.line,
            f"Thẻ <{left.name}> chưa đóng.",
            f"<{left.name}> is never closed.",
            Text(vi=f"Thêm </{left.name}>.", en=f"Add </{left.name}>."),
        )


def _element(name: str, told: str, line: int, stack: list[_Open]) -> Iterator[Finding]:
    parent = stack[-1].name
    yield from _attributes(told, line)
    if name == "mj-include":
        hint = Text(
            vi='Dùng khối: <kq-block name="…" />.', en='Use a block: <kq-block name="…" />.'
        )
        yield _error(
            "content.no_include",
            line,
            "Không lấy được nội dung từ tệp khác.",
            "Nothing can be included from other files.",
            hint,
        )
    elif name == "mj-font":
        yield _error(
            "content.no_fonts",
            line,
            "Phông chữ từ trang khác báo cho trang đó ai mở thư.",
            "A font of another site tells that site who opens the mail.",
            Text(vi="Dùng Arial, Georgia hoặc Tahoma.", en="Use Arial, Georgia or Tahoma."),
        )
    elif name not in KNOWN:
        yield _error(
            "content.unknown_element",
            line,
            f"Không có thẻ <{name}>.",
            f"There is no element <{name}>.",
            nearest(name, KNOWN),
        )
    elif name not in CHILDREN.get(parent, ()) and parent not in EMPTY:
        yield _misplaced(name, parent, line)


def _misplaced(name: str, parent: str, line: int) -> Finding:
    within = [one for one, inside in CHILDREN.items() if name in inside and one]
    hint = Text(
        vi=f"Đặt <{name}> trong: {', '.join(within)}.",
        en=f"Put <{name}> inside: {', '.join(within)}.",
    )
    outer = f"<{parent}>" if parent else "ngoài cùng"
    return _error(
        "content.misplaced",
        line,
        f"<{name}> không đứng trong {outer} được.",
        f"<{name}> cannot stand inside {parent or 'nothing'}.",
        hint,
    )


def _mismatch(name: str, opened: _Open, line: int) -> Finding:
    if not opened.line:
        return _error(
            "content.not_open",
            line,
            f"</{name}> đóng một thẻ chưa mở.",
            f"</{name}> closes what was never opened.",
        )
    return _error(
        "content.not_closed",
        line,
        f"</{name}> đóng nhầm: <{opened.name}> ở dòng {opened.line} còn mở.",
        f"</{name}> closes the wrong one: <{opened.name}> of line {opened.line} is open.",
        Text(vi=f"Thêm </{opened.name}> trước đó.", en=f"Add </{opened.name}> before it."),
    )


def _html(name: str, told: str, line: int, stack: list[_Open]) -> Iterator[Finding]:
    if name in NEVER:
        yield _error(
            "content.forbidden_html",
            line,
            f"Email không được chứa <{name}>.",
            f"A mail may not hold <{name}>.",
            Text(vi="Chương trình thư chặn thẻ này.", en="Mail programs block it."),
        )
    elif stack[-1].name not in HOLD_HTML:
        yield _error(
            "content.misplaced",
            line,
            f"<{name}> phải nằm trong <mj-text> hoặc <mj-raw>.",
            f"<{name}> must stand inside <mj-text> or <mj-raw>.",
        )
    yield from _attributes(told, line)


def _attributes(told: str, line: int) -> Iterator[Finding]:
    if handler := _HANDLER.search(re.sub(r"\"[^\"]*\"|'[^']*'", '""', told)):
        yield _error(
            "content.forbidden_html",
            line,
            f"Email không được chứa {handler[1]}=….",
            f"A mail may not hold {handler[1]}=….",
        )
    if _SCHEME.search(told):
        yield _error(
            "content.forbidden_html",
            line,
            "Liên kết chỉ được bắt đầu bằng https://.",
            "A link may only begin with https://.",
        )
    if _LOADS.search(told):
        yield _loads(line)


def _loads(line: int) -> Finding:
    return _error(
        "content.forbidden_css",
        line,
        "Kiểu chữ không được tải gì từ nơi khác.",
        "Styles may not load anything from elsewhere.",
    )


def _error(code: str, line: int, vi: str, en: str, hint: Text | None = None) -> Finding:
    return Finding("error", code, Text(vi=vi, en=en), hint, "mjml", line)
