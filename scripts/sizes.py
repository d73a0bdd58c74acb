"""Size budgets: most functions fit on half a screen, most modules in one sitting.

A function's size is its lines without the docstring, because doors are meant to be explained.
"""

import ast
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.exceptions import Exceptions, load_exceptions  # noqa: E402

FUNCTION_P90, FUNCTION_MAX = 30, 60
MODULE_P90, MODULE_MAX = 400, 600


@dataclass(frozen=True, slots=True)
class Size:
    """One function or module, and its lines."""

    name: str
    lines: int


def measure_module(path: Path, name: str) -> tuple[Size, list[Size]]:
    """The size of a file and of every function in it, methods and inner functions included."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = [
        Size(f"{name}::{qualified}", _lines_of(node)) for qualified, node in _functions(tree, "")
    ]
    return Size(name, source.count("\n")), functions


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield f"{prefix}{child.name}", child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


def _lines_of(function: _Function) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def percentile(sizes: Sequence[Size], share: float) -> int:
    """The size that ``share`` of them do not exceed.

    >>> percentile([Size("a", 1), Size("b", 2), Size("c", 30)], 0.5)
    2
    """
    ordered = sorted(size.lines for size in sizes)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else 0


def find_problems(
    sizes: Sequence[Size], kind: str, p90: int, largest: int, exceptions: Exceptions
) -> list[str]:
    """Sentences about what is too long, and about exceptions that are no longer needed."""
    problems = [
        f"{size.name} has {size.lines} lines; a {kind} may have {largest}"
        for size in sizes
        if size.lines > largest and not exceptions.allows(size.name)
    ]
    if (found := percentile(sizes, 0.9)) > p90:
        problems.append(f"9 of 10 {kind}s should have at most {p90} lines; it is {found} now")
    return problems + exceptions.unused()


def list_sources(root: Path) -> list[Path]:
    """Our own Python that is not a test and not a migration."""
    files = [*root.glob("src/**/*.py"), *root.glob("scripts/*.py")]
    return sorted(file for file in files if "migrations" not in file.parts)


def main() -> int:
    modules: list[Size] = []
    functions: list[Size] = []
    for file in list_sources(ROOT):
        module, inside = measure_module(file, file.relative_to(ROOT).as_posix())
        modules.append(module)
        functions += inside
    problems = find_problems(
        functions, "function", FUNCTION_P90, FUNCTION_MAX, load_exceptions("sizes.functions")
    ) + find_problems(modules, "module", MODULE_P90, MODULE_MAX, load_exceptions("sizes.modules"))
    for kind, sizes in (("functions", functions), ("modules", modules)):
        p50, p90 = percentile(sizes, 0.5), percentile(sizes, 0.9)
        biggest = max(sizes, key=lambda size: size.lines)
        print(f"{len(sizes)} {kind}: p50 {p50}, p90 {p90}, max {biggest.lines} ({biggest.name})")
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
