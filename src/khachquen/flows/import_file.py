"""A file in through the front door: read, accept, wait for the lake, account for every row."""

from pathlib import Path
from typing import Any

from khachquen.base import Clock, Config, Progress, silent, to_micros
from khachquen.collect import find_or_create_source
from khachquen.collect.importing import open_import
from khachquen.flows.feed import feed
from khachquen.govern import get_shop
from khachquen.unify.traits import load_registry


def import_file(
    config: Config,
    path: Path,
    *,
    kind: str,
    mapping: Path | None = None,
    sheet: str = "",
    clock: Clock,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Bring a file in and say what became of each of its rows.

    The keys are those of ``collect.importing.Summary`` and ``source``, ``messages_accepted``;
    ``error_file`` names the CSV of the rows that could not be used, when there are any. Importing
    the same file twice adds nothing.

    Raises:
        InputError: the file, its kind or its mapping cannot be used; nothing was imported.
    """
    shop = get_shop()
    scratch = config.data / "run"
    scratch.mkdir(parents=True, exist_ok=True)
    with open_import(
        path,
        kind,
        mapping=mapping,
        sheet=sheet,
        timezone=shop.timezone if shop else config.shop.timezone,
        currency=shop.currency if shop else config.shop.currency,
        scratch=scratch,
        traits=load_registry().headings(),
    ) as file:
        source = find_or_create_source(name=f"Nhập tệp {kind}", kind="import", at=clock())
        stream = f"import-{to_micros(clock())}"
        batches = ((source.id, True, batch) for batch in file.batches())
        accepted = feed(config, batches, stream=stream, clock=clock, progress=progress)
        summary: dict[str, Any] = file.summary().as_dict(config.shop.language)
        summary |= {"source": source.name, "messages_accepted": accepted}
        errors = config.data / "errors" / f"{stream}.csv"
        errors.parent.mkdir(exist_ok=True)
        if file.save_errors(errors):
            summary["error_file"] = str(errors)
    return summary
