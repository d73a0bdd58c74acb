"""House rules no ready-made linter knows: each with its reason, lines it refuses, lines it allows.

The rules are data; ``house_rules.RULES`` is read by the check, by its tests and by CONTRIBUTING.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.exceptions import Exceptions, load_exceptions  # noqa: E402

Finder = Callable[[str], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is refused where, and why; ``bad`` and ``good`` are sources the tests try."""

    name: str
    why: str
    where: tuple[str, ...]  # patterns of paths; a star also crosses folders
    find: Finder  # source text -> numbers of the lines that break the rule
    bad: tuple[str, ...]
    good: tuple[str, ...]
    but_not: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether the rule speaks about this file."""
        return any(fnmatchcase(path, pattern) for pattern in self.where) and not any(
            fnmatchcase(path, pattern) for pattern in self.but_not
        )


def lines_like(pattern: str) -> Finder:
    """Lines a regular expression is found in."""
    compiled = re.compile(pattern)

    def find(source: str) -> Iterator[int]:
        return (n for n, line in enumerate(source.splitlines(), 1) if compiled.search(line))

    return find


_FORBIDDEN = re.compile(r"^(utils?|helpers?|common|misc|core|base|managers?|services?)$")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def is_forbidden_name(name: str) -> bool:
    """Whether a file, folder or class is called after nothing in particular.

    >>> is_forbidden_name("string_utils"), is_forbidden_name("EventManager")
    (True, True)
    >>> is_forbidden_name("database"), is_forbidden_name("commonness")
    (False, False)
    """
    return any(_FORBIDDEN.match(word.lower()) for word in _WORD.findall(name))


def forbidden_classes(source: str) -> Iterator[int]:
    """Classes named after nothing in particular."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and is_forbidden_name(node.name):
            yield node.lineno


_STATEMENTS = (
    r"SELECT\s|INSERT\s+INTO\b|UPDATE\s|DELETE\s+FROM\b|WITH\s+\w+\s+AS\b|COPY\s|ATTACH\s|PRAGMA\s"
    r"|CREATE\s+(OR\s+REPLACE\s+)?(TEMP\s+)?(TABLE|VIEW)\b"
)
_SQL = re.compile(rf"^\s*({_STATEMENTS}|{_STATEMENTS.lower()})")  # "Update {name}" is English


def sql_made_of_strings(source: str) -> Iterator[int]:
    """Statements put together by an f-string, ``%``, ``+`` or ``.format``."""
    for node in ast.walk(ast.parse(source)):
        if _SQL.match(_text_before_values(node)):
            yield getattr(node, "lineno", 0)


def _text_before_values(node: ast.AST) -> str:
    """The constant beginning of a string that something is put into; "" for all else."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(first)), *rest]):
            return first if any(isinstance(v, ast.FormattedValue) for v in rest) else ""
        case ast.BinOp(left=ast.Constant(value=str(first)), op=ast.Mod() | ast.Add()):
            return first
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(first)), attr="format")):
            return first
    return ""


OUR_PYTHON = ("src/*.py", "scripts/*.py", "tests/*.py")
OUR_TEMPLATES = ("src/*.html",)

RULES: tuple[Rule, ...] = (
    Rule(
        name="forbidden-names",
        why="a name that says nothing attracts everything",
        where=OUR_PYTHON,
        find=forbidden_classes,
        bad=("class EventManager: ...", "class BaseThing: ...", "class SegmentUtils: ..."),
        good=("class EventLog: ...", "class Database: ..."),
    ),
    Rule(
        name="sql-from-strings",
        why="SQL put together from strings is how a name from a customer becomes a command",
        where=("src/*.py",),
        but_not=(  # the engine's own tables and files: no value of a customer gets there
            "src/khachquen/store/engine/*",
            "src/khachquen/store/lake/*",
        ),
        find=sql_made_of_strings,
        bad=(
            'f"SELECT {column} FROM events"',
            '"DELETE FROM node WHERE key = %s" % key',
            '"select * from " + table',
            '"UPDATE node SET key = {}".format(key)',
        ),
        good=(
            '"SELECT name FROM events WHERE at >= $since"',
            'f"Updated {count} customers"',
            'f"{name} was updated"',
        ),
    ),
    Rule(
        name="todo-with-issue",
        why="a note without an issue is a promise to nobody",
        where=(*OUR_PYTHON, *OUR_TEMPLATES, "web/assets/*.js", "web/assets/*.css"),
        but_not=("scripts/house_rules.py", "*/node_modules/*"),
        find=lines_like(r"(#|//|/\*|<!--).*\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\): )"),
        bad=("# TODO: later", "x = 1  # FIXME", "// TODO(Nam): count"),
        good=("# TODO(#12): count returns too", 'currency = "XXX"'),
    ),
    Rule(
        name="ignores-explain-themselves",
        why="a silenced checker hides the next mistake as well",
        where=("src/*.py", "scripts/*.py"),
        but_not=("scripts/house_rules.py",),
        find=lines_like(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\S)|#\s*noqa(?!: [A-Z]+\d+)"),
        bad=("x = f()  # type: ignore", "x = f()  # type: ignore[arg-type]", "import x  # noqa"),
        good=(
            "x = f()  # type: ignore[arg-type]  # the stubs are wrong: str is allowed",
            "import x  # noqa: E402",
        ),
    ),
    Rule(
        name="clock-as-argument",
        why="a room that looks at the clock itself cannot be tested at another time",
        where=("src/*.py",),
        but_not=("src/khachquen/base/clock.py",),
        find=lines_like(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btimezone\.now\("),
        bad=("at = datetime.now(UTC)", "at = timezone.now()", "day = date.today()"),
        good=("at = clock()", "def save(name: str, *, at: datetime) -> None: ..."),
    ),
    Rule(
        name="querysets-at-home",
        why="a queryset belongs to the room that owns the model; others ask at its door",
        where=("src/*.py",),
        but_not=tuple(
            f"src/khachquen/{room}/*"
            for room in (
                *(
                    "govern",
                    "collect",
                    "store",
                    "unify",
                    "understand/classes",
                    "understand/segments",
                ),
                *("relate", "activate"),
            )
        ),
        find=lines_like(r"\.objects\b"),
        bad=("Profile.objects.filter(name=name)",),
        good=("list_profiles(search=name)", "objects = []"),
    ),
    Rule(
        name="no-sleep-in-tests",
        why="a test that waits is slow when it passes and wrong when it fails",
        where=("tests/*.py",),
        find=lines_like(r"\b(time|asyncio)\.sleep\((?!0\))"),
        bad=("time.sleep(1)", "await asyncio.sleep(0.5)"),
        good=("clock.advance(seconds=1)", "await asyncio.sleep(0)"),
    ),
    Rule(
        name="no-inline-code-in-templates",
        why="the content security policy has no unsafe-inline, so it would not run anyway",
        where=OUR_TEMPLATES,
        find=lines_like(
            r"<script(?![^>]*\b(src=|type=\"application/json\"))|\sstyle=|\son[a-z]+=\""
        ),
        bad=("<script>go()</script>", '<p style="color: red">', '<a onclick="go()">'),
        good=(
            "<script src=\"{% static 'app.js' %}\"></script>",
            '<script type="application/json" id="d">{}</script>',
            '<a data-style="x" hx-on:click="go()">',
        ),
    ),
    Rule(
        name="everything-from-here",
        why="every page works with the network unplugged",
        where=(*OUR_TEMPLATES, "web/assets/*.css"),
        but_not=("*/node_modules/*",),
        find=lines_like(r"(src=[\"']|<link[^>]+href=[\"']|@import [\"']|url\([\"']?)(https?:)?//"),
        bad=('<script src="https://cdn.example/x.js">', "@import 'https://fonts.example/css'"),
        good=('<a href="https://example.com/docs">', "<img src=\"{% static 'logo.svg' %}\">"),
    ),
    Rule(
        name="nothing-marked-safe",
        why="nothing from a customer is trusted, and a mark does not say where the text came from",
        where=("src/*.py", *OUR_TEMPLATES),
        find=lines_like(r"\bmark_safe\((?![\"'])|\|\s*safe\b|\{%\s*autoescape off"),
        bad=("{{ name|safe }}", "return mark_safe(name)", "{% autoescape off %}"),
        good=("{{ name }}", 'format_html("<b>{}</b>", name)', 'mark_safe("<wbr>")'),
    ),
)


def list_files(root: Path) -> list[str]:
    """Every file git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return sorted(name for name in listed.stdout.split("\0") if name and (root / name).is_file())


def find_bad_paths(files: Iterable[str]) -> Iterator[str]:
    """Our folders and Python files that are named after nothing in particular."""
    ours = [file for file in files if file.startswith(("src/", "scripts/", "tests/"))]
    folders = {parent.as_posix() for file in ours for parent in Path(file).parents}
    modules = {file for file in ours if file.endswith(".py")}
    for path in sorted(folders | modules):
        if is_forbidden_name(Path(path).stem):
            yield path


def find_problems(root: Path, files: Iterable[str], exceptions: Exceptions) -> list[str]:
    """Sentences about every broken rule, and about exceptions that are no longer needed."""
    files = list(files)
    problems = [
        f"{path}: forbidden-names: call it after what it knows"
        for path in find_bad_paths(files)
        if not exceptions.allows(f"forbidden-names {path}")
    ]
    for path in files:
        rules = [rule for rule in RULES if rule.covers(path)]
        source = (root / path).read_text(encoding="utf-8") if rules else ""
        problems += [
            f"{path}:{line}: {rule.name}: {rule.why}"
            for rule in rules
            for line in rule.find(source)
            if not exceptions.allows(f"{rule.name} {path}")
        ]
    return problems + exceptions.unused()


def main() -> int:
    files = list_files(ROOT)
    problems = find_problems(ROOT, files, load_exceptions("house_rules"))
    print(f"{len(RULES)} rules over {len(files)} files")
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
