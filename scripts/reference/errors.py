"""docs/reference/errors.md: every error code and every reason, from the code that raises it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.reference.markdown import code, meaning, page, table

SOURCE = Path(__file__).resolve().parents[2] / "src" / "khachquen"
FAMILIES = {
    "InputError": "what was given is wrong",
    "NotFoundError": "nothing has that name or id",
    "ConflictError": "the state has moved on, or the name is taken",
    "ForbiddenError": "known, but not allowed",
    "UnavailableError": "try again later; nothing was kept",
    "InvariantError": "our own mistake",
}
LEAD = """\
Codes never change. The REST interface answers `{"error": {"code", "message", "path", "hint"}}`; the
command line prints the same sentence. `…` stands for the value in question.

Mã lỗi không bao giờ đổi; `…` là giá trị gây lỗi."""


@dataclass(frozen=True, slots=True)
class RaisedError:
    """One place an error is made."""

    code: str
    family: str
    vi: str
    en: str


def render() -> str:
    """The whole page."""
    errors = sorted({each.code: each for each in list_errors()}.values(), key=lambda e: e.code)
    sections = [_section(family, errors) for family in FAMILIES]
    return page("Errors · Lỗi", LEAD, *sections)


def _section(family: str, errors: list[RaisedError]) -> str:
    rows = [(code(e.code), meaning(e.vi), meaning(e.en)) for e in errors if e.family == family]
    if not rows:
        return ""
    return f"## {family}: {FAMILIES[family]}\n\n{table(('Code', 'Tiếng Việt', 'English'), rows)}"


def list_errors() -> Iterator[RaisedError]:
    """Every call of an error class whose first argument is a code."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in FAMILIES:
                yield from _read_call(node)


def _read_call(call: ast.Call) -> Iterator[RaisedError]:
    words = {"vi": "", "en": ""}
    for part in (argument for argument in call.args if isinstance(argument, ast.Call)):
        if ast.unparse(part.func) == "Text":
            words = {key.arg or "": _spell(key.value) for key in part.keywords}
    for constant in _constants(call.args[0]) if call.args else ():
        yield RaisedError(constant, ast.unparse(call.func), words["vi"], words["en"])


def _constants(node: ast.expr) -> list[str]:
    """The codes an expression can be: one, or the two sides of a condition."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _spell(node: ast.expr) -> str:
    """A sentence with its values left open."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(_spell, parts))
        case ast.BinOp(left=left, right=right):
            return _spell(left) + _spell(right)
    return "…"
