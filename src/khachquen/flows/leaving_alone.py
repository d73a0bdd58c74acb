"""A list of numbers and addresses to be left alone, as the national register gives it out.

It goes straight into the suppressions, as keyed digests: not by the log, where the numbers of
people who never were customers would stand in clear.
"""

from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from khachquen.base import Clock, Config, NotFoundError, Progress, Text, silent
from khachquen.collect.importing import Import, Problem, open_import
from khachquen.govern import get_shop
from khachquen.govern.consent.suppressing import lift_import, suppress
from khachquen.unify.normalise import normalise_email, split_phones

REASON = "on_register"
_ROWS = 500


def import_register(
    config: Config,
    path: Path,
    *,
    mapping: Path | None = None,
    sheet: str = "",
    clock: Clock,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Leave everybody on the list alone, and account for each of its rows.

    ``import_id`` takes it back; ``identifiers`` were read, ``newly_suppressed`` of them were not on
    an earlier list. The same list again adds nothing.

    Raises:
        InputError: the file or its mapping cannot be used; nothing was imported.
    """
    shop = get_shop() or config.shop
    (config.data / "run").mkdir(parents=True, exist_ok=True)
    with open_import(
        path,
        "suppressions",
        mapping=mapping,
        sheet=sheet,
        timezone=shop.timezone,
        currency=shop.currency,
        scratch=config.data / "run",
    ) as file:
        import_id, at = f"list-{file.scope[:12]}", clock()
        notes, read, added = file.messages(), 0, 0
        while rows := list(islice(notes, _ROWS)):
            keys = [key for row in rows for key in _read(file, msgspec.json.decode(row))]
            read += len(keys)
            added += suppress(
                keys, channel="any", reason=REASON, at=at, by=f"import:{import_id}",
                detail=path.name,
            )  # fmt: skip
            progress("import", file.tally.rows, 0)
        summary = file.summary().as_dict(config.shop.language)
        del summary["messages"], summary["messages_by_event"]
        summary |= {"import_id": import_id, "identifiers": read, "newly_suppressed": added}
        errors = config.data / "errors" / f"{import_id}.csv"
        errors.parent.mkdir(exist_ok=True)
        if file.save_errors(errors):
            summary["error_file"] = str(errors)
    return summary


def undo_register(import_id: str, *, actor: str, clock: Clock) -> dict[str, Any]:
    """Take back what one list added, and nothing others did.

    Raises:
        NotFoundError: no list of that name suppresses anybody now (``import.unknown_import``).
    """
    lifted = lift_import(import_id, by=actor, at=clock())
    if not lifted:
        raise NotFoundError(
            "import.unknown_import",
            Text(
                vi=f"Không có lần nhập {import_id[:60]!r} nào để rút lại.",
                en=f"There is no import {import_id[:60]!r} to take back.",
            ),
            path="undo",
            hint=Text(
                vi="Mã nằm ở import_id trong kết quả nhập danh sách không liên hệ.",
                en="The id is import_id in the result of importing a list of suppressions.",
            ),
        )
    return {"import_id": import_id, "lifted": lifted}


def _read(file: Import, told: dict[str, Any]) -> list[str]:
    """The identifiers of one row; a row with none is reported with what stood in it."""
    row = told.pop("row")
    phones = split_phones(told.get("phone", ""))
    email = normalise_email(told.get("email", ""))
    keys = [f"phone:{one}" for one in phones] + ([f"email:{email}"] if email else [])
    if keys:
        file.tally.fates["listed"] += 1
    else:
        file.tally.report(Problem(row, "", " ".join(told.values()), "bad_contact"))
    return keys
