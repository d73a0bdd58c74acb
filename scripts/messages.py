"""Keep the English beside the Vietnamese: collect the words of the pages, compile the catalogue.

    python scripts/messages.py                   collect new words, drop unused ones, compile
    python scripts/messages.py --check           say what is missing or stale; change nothing
    python scripts/messages.py --with MERGE_HEAD take translations from a git revision as well

The Vietnamese is the msgid. Needs no gettext: templates are read by Django's own ``templatize``,
code by ``ast``. When two branches clash in ``django.po``, run it with ``--with HEAD --with
MERGE_HEAD``: the catalogue is written anew from what the pages say and both branches translated.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "khachquen" / "web"
CATALOGUE = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = {
    "Project-Id-Version": "khachquen",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
_LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATE = re.compile(rf"\b(?:(_|gettext)\({_LITERAL}|ngettext\({_LITERAL}, ?{_LITERAL})")

Words = tuple[str, str]
"""A msgid and its plural, which is empty for most."""


def words_of_template(source: str) -> Iterator[Words]:
    """What ``{% translate %}``, ``{% blocktranslate %}`` and ``_("...")`` say in a template."""
    for match in _IN_TEMPLATE.finditer(templatize(source)):
        if match[1]:
            yield _unquoted(match[2]), ""
        else:
            yield _unquoted(match[3]), _unquoted(match[4])


def _unquoted(literal: str) -> str:
    """The words of a literal; ``templatize`` writes line breaks into it as they are."""
    return str(ast.literal_eval(literal.replace("\n", "\\n")))


def words_of_code(source: str) -> Iterator[Words]:
    """What calls of gettext and its kin say in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        said = [a.value for a in node.args if isinstance(a, ast.Constant)]
        texts = [value for value in said if isinstance(value, str)]
        if node.func.id in SINGLE and texts:
            yield texts[0], ""
        elif node.func.id in PLURAL and len(texts) == 2:
            yield texts[0], texts[1]


def collect(web: Path = WEB) -> list[Words]:
    """Every msgid of the web's templates and code, sorted, each once."""
    found: set[Words] = set()
    for path in sorted(web.glob("templates/**/*.html")):
        found.update(words_of_template(path.read_text(encoding="utf-8")))
    for path in sorted(web.glob("**/*.py")):
        found.update(words_of_code(path.read_text(encoding="utf-8")))
    return sorted(found)


def build(found: list[Words], known: list[polib.POFile]) -> polib.POFile:
    """A catalogue of exactly the words found, with the first translation known of each."""
    result = polib.POFile(wrapwidth=0)
    result.metadata = HEADER
    for msgid, plural in found:
        entry = polib.POEntry(msgid=msgid, msgid_plural=plural)
        if plural:
            entry.msgstr_plural = {0: "", 1: ""}
        for catalogue in known:
            old = catalogue.find(msgid)
            if old is not None and old.translated():
                entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
                break
        result.append(entry)
    return result


def problems(catalogue: polib.POFile) -> list[str]:
    """Words without English, and English that lost or invented a ``%(name)s``."""
    missing = [f"no English for: {entry.msgid}" for entry in catalogue if not entry.translated()]
    wrong = [
        f"other placeholders in the English of: {entry.msgid}"
        for entry in catalogue
        if entry.translated() and _places(entry.msgid) != _places(_english(entry))
    ]
    return missing + wrong


def _english(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural[1] if entry.msgid_plural else entry.msgstr)


def _places(words: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", words))


def read_revision(revision: str) -> polib.POFile:
    """The catalogue as a git revision has it."""
    name = f"{revision}:{CATALOGUE.relative_to(ROOT)}"
    run = ["git", "show", name]
    found = subprocess.run(run, cwd=ROOT, capture_output=True, check=True, text=True)
    return polib.pofile(found.stdout)


def main() -> int:
    """Collect and compile, or only check."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--with", dest="revisions", action="append", default=[])
    options = parser.parse_args()
    known = [read_revision(revision) for revision in options.revisions]
    if not known and CATALOGUE.exists():
        known = [polib.pofile(str(CATALOGUE))]
    result = build(collect(), known)
    for problem in problems(result):
        print(problem, file=sys.stderr)
    if options.check:
        return _check(result)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    result.save(str(CATALOGUE))
    result.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    print(f"{len(result)} messages", file=sys.stderr)
    return 0


def _check(wanted: polib.POFile) -> int:
    fresh = CATALOGUE.read_text(encoding="utf-8") == str(wanted).rstrip("\n") + "\n"
    compiled = CATALOGUE.with_suffix(".mo").read_bytes() == wanted.to_binary()
    if not fresh or not compiled:
        print("django.po or django.mo is stale: run make messages", file=sys.stderr)
    return 1 if problems(wanted) or not fresh or not compiled else 0


if __name__ == "__main__":
    raise SystemExit(main())
