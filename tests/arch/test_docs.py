"""What is not written down is not done: the docs say what the code says, and leave nothing out."""

import re
from pathlib import Path

import click
import pytest

from khachquen.understand.metrics import METRICS
from scripts import dictionary
from scripts.reference import commands, errors, markdown, pages, settings
from tests.needs import ROOT

_DEEP = re.MULTILINE | re.DOTALL
DOCS = ROOT / "docs"
ROOMS = sorted(
    folder.name
    for folder in (ROOT / "src" / "khachquen").iterdir()
    if (folder / "__init__.py").exists() and len(list(folder.rglob("*.py"))) > 1
)
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], key=lambda page: page.relative_to(ROOT).as_posix()
)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dictionary.write_chapters()


def test_the_reference_says_what_the_code_says(written: dict[str, str]) -> None:
    assert dictionary.find_drift(written) == []


def test_drift_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "settings.md").write_text("old")
    found = dictionary.find_drift({"settings.md": "new", "errors.md": "new"}, tmp_path)
    assert found == [
        "settings.md is not what the code says; run: make reference",
        "errors.md is missing; run: make reference",
    ]


def test_nothing_is_left_undocumented(written: dict[str, str]) -> None:
    gaps = [
        f"{name}: {line}"
        for name, text in written.items()
        for line in text.splitlines()
        if markdown.UNDOCUMENTED in line
    ]
    assert gaps == []


def test_every_setting_is_documented(written: dict[str, str]) -> None:
    text = written["settings.md"]
    for setting in settings.list_settings():
        section, _, key = setting.partition(".")
        assert f"## [{section}]" in text
        assert f"`KHACHQUEN_{section}_{key}`".upper() in text.upper()


def documented_name(parameter: click.Parameter) -> str:
    is_option = isinstance(parameter, click.Option)
    return parameter.opts[0] if is_option else parameter.human_readable_name


def test_every_command_and_option_is_documented(written: dict[str, str]) -> None:
    sections = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", written["commands.md"], flags=_DEEP))
    for name, command in commands.list_commands():
        assert name in sections, f"{name} is not in commands.md"
        for parameter in command.params:
            assert f"`{documented_name(parameter)}`" in sections[name]
    assert {"khachquen init", "khachquen serve", "khachquen import"} <= set(sections)


def test_every_metric_is_documented_in_both_languages(written: dict[str, str]) -> None:
    for key, metric in METRICS.items():
        assert f"| `{key}` |" in written["metrics.md"]
        for words in (metric.name, metric.definition):
            assert words.vi in written["metrics.md"]
            assert words.en in written["metrics.md"]


def test_every_error_code_is_documented_and_belongs_to_one_family(
    written: dict[str, str],
) -> None:
    families: dict[str, set[str]] = {}
    for error in errors.list_errors():
        assert f"| `{error.code}` |" in written["errors.md"]
        families.setdefault(error.code, set()).add(error.family)
    assert {code: found for code, found in families.items() if len(found) > 1} == {}


def test_every_page_is_documented(written: dict[str, str]) -> None:
    for address in pages.list_addresses():
        assert f"| `{address.name}` | `{address.path}` |" in written["pages.md"]


def test_every_room_has_its_page() -> None:
    documented = {page.stem for page in (DOCS / "internals").glob("*.md")}
    assert sorted(documented - {"tag"}) == ROOMS  # the web tag lives on other people's pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


def test_decisions_are_short_numbered_and_dated() -> None:
    decisions = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [page.name[:4] for page in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for page in decisions:
        lines = page.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 40, f"{page.name} is too long to be one decision"
        assert lines[0].startswith(f"# {page.name[:4]}. ")
        for part in ("## Why", "## What was cut", "## When to reopen"):
            assert part in lines, f"{page.name} lacks {part!r}"


def test_a_decision_named_in_the_code_exists() -> None:
    named = set()
    for file in [*ROOT.glob("src/**/*.py"), ROOT / "scripts" / "exceptions.toml"]:
        named |= set(re.findall(r"\bADR (\d{4})\b", file.read_text(encoding="utf-8")))
    assert {number for number in named if not list((DOCS / "adr").glob(f"{number}-*.md"))} == set()


def test_the_commands_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"\bmake ([a-z-]+)`", text)) <= targets, page
