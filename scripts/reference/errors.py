"""docs/reference/errors.md: every error code and every reason, from the code that raises it."""

import ast
import json
from collections.abc import Iterable, Iterator
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
    "BusyError": "more than may be taken just now; nothing was kept",
    "InvariantError": "our own mistake",
    "Answer": "said by event paths alone, in English, for programs",
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
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(SOURCE.rglob("*.py"))]
    everywhere = dict(pair for tree in trees for pair in _named_texts(tree.body))
    for tree in trees:
        named = everywhere | dict(_named_texts(ast.walk(tree)))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            family = ast.unparse(node.func)
            if family == "Answer":
                yield from _read_answer(node)
            elif family in FAMILIES:
                yield from _read_call(node, named)


def _named_texts(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """Sentences kept under a name: ``GONE = Text(...)``."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[name], value=ast.Call(func=ast.Name(id="Text")) as text):
                yield ast.unparse(name), text


def _read_answer(call: ast.Call) -> Iterator[RaisedError]:
    """``Answer(404, b'{"code": ..., "message": ...}')``."""
    for part in call.args:
        if isinstance(part, ast.Constant) and isinstance(part.value, bytes):
            body = json.loads(part.value or b"{}")
            if "code" in body:
                yield RaisedError(body["code"], "Answer", "…", body["message"])


def _read_call(call: ast.Call, named: dict[str, ast.Call]) -> Iterator[RaisedError]:
    words = {"vi": "", "en": ""}
    for argument in call.args[1:]:
        text = named.get(ast.unparse(argument), argument)
        if isinstance(text, ast.Call) and ast.unparse(text.func) == "Text":
            words = _words_of(text)
    for constant in _constants(call.args[0]) if call.args else ():
        yield RaisedError(constant, ast.unparse(call.func), words["vi"], words["en"])


def _words_of(text: ast.Call) -> dict[str, str]:
    by_place = dict(zip(("vi", "en"), map(_spell, text.args), strict=False))
    return by_place | {key.arg or "": _spell(key.value) for key in text.keywords}


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
