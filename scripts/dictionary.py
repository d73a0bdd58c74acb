"""Write docs/reference from the code, or say where the two differ (``--check``)."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

FOLDER = ROOT / "docs" / "reference"


CHAPTERS = (
    "settings",
    "commands",
    "metrics",
    "campaign_figures",
    "events",
    "imports",
    "errors",
    "pages",
    "rest",
    "questions",
)


def write_chapters() -> dict[str, str]:
    """File name -> what the code says; Django must be set up."""
    modules = {name: importlib.import_module(f"scripts.reference.{name}") for name in CHAPTERS}
    return {f"{name}.md": chapter.render() for name, chapter in modules.items()}


def find_drift(written: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Sentences about files that do not say what the code says."""
    problems = []
    for name, text in written.items():
        file = folder / name
        if not file.exists():
            problems.append(f"{name} is missing; run: make reference")
        elif file.read_text(encoding="utf-8") != text:
            problems.append(f"{name} is not what the code says; run: make reference")
    return problems


def main(arguments: list[str]) -> int:
    from tests import environment

    environment.prepare()
    import django

    django.setup()
    written = write_chapters()
    if "--check" in arguments:
        problems = find_drift(written)
        for problem in problems:
            print(f"FAILED: docs/reference/{problem}")
        return 1 if problems else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
