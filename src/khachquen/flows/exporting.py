"""A list of customers taken away as a file: asked for, written part by part, fetched, forgotten.

The parts grow at their end, and where they ended goes with the place of the job: an engine that
comes after cuts off what was not kept and goes on. The file is made of them at the end, and put in
its place whole. Who took what, and how many, is written down before.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from django.db import transaction

from khachquen.activate.audiences import (
    MOST_ROWS,
    CustomerTable,
    FileKind,
    Setting,
    open_writer,
)
from khachquen.base import Clock, Config, ForbiddenError, InputError, NotFoundError, Text
from khachquen.flows.finding import Wanted, count_people, iter_numbers
from khachquen.govern import User, get_shop, record_audit
from khachquen.store.jobs import JobView, Kind, Step, ask_for, get_job
from khachquen.unify.profiles.choosing import rows_of
from khachquen.unify.traits import load_registry

EXPORT = "people.export"
"""The kind of job that writes a list of customers."""
_PART = 500
KEPT = timedelta(hours=24)
"""How long a file waits to be fetched."""


def kinds_of(config: Config, clock: Clock) -> Mapping[str, Kind]:
    """The work about files, for the engine's list of jobs."""
    return {EXPORT: Kind(EXPORT, partial(_write_part_by_part, config=config, clock=clock))}


def ask_to_export(
    wanted: Wanted,
    *,
    kind: FileKind,
    columns: Sequence[str],
    language: str,
    by: str,
    clock: Clock,
) -> JobView:
    """Have the list written as a file by the engine.

    The audit trail keeps how many people and how they were chosen, never the words searched, which
    may be somebody's phone number.

    Raises:
        InputError: more people than such a file can hold (``people.too_many_rows``), or a rule that
            cannot be asked.
    """
    rows = count_people(wanted, now=clock())
    if rows > MOST_ROWS[kind]:
        raise _too_many(rows, MOST_ROWS[kind])
    shop = get_shop()
    args = {
        **wanted.as_json(),
        "kind": kind,
        "columns": list(columns),
        "language": language,
        "currency": shop.currency if shop else "VND",
        "timezone": shop.timezone if shop else "Asia/Ho_Chi_Minh",
    }
    detail = {
        "rows": rows,
        "kind": kind,
        "who": wanted.who,
        "searched": bool(wanted.search),
        "filters": len(wanted.rules),
        "ticked": wanted.ids is not None,
        "columns": list(columns),
        **({"figure": wanted.behind["key"]} if wanted.behind else {}),
    }
    with transaction.atomic():
        record_audit(actor=by, action="customers.export", detail=detail, at=clock())
        return ask_for(EXPORT, args, by=by, at=clock())


def fetch_export(config: Config, job_id: int, *, user: User, at: datetime) -> Path:
    """The finished file, for who asked for it or an administrator; fetching is written down.

    Raises:
        NotFoundError: there is none, not yet, or no more (``people.no_file``).
        ForbiddenError: somebody else asked for it (``people.not_your_file``).
    """
    job = get_job(job_id)
    file = path_of(config, job)
    if job.kind != EXPORT or job.state != "done" or not file.exists():
        raise NotFoundError(
            "people.no_file",
            Text(vi="Tệp này không còn, hoặc chưa xong.", en="The file is gone, or not done yet."),
            hint=Text(vi="Tệp được giữ 24 giờ; hãy xuất lại.", en="Files stay 24 hours; ask anew."),
        )
    if job.asked_by != user.email and not user.is_admin:
        raise ForbiddenError(
            "people.not_your_file",
            Text(vi="Tệp này do người khác xuất.", en="Somebody else asked for this file."),
        )
    detail = {"rows": job.result["rows"]}
    record_audit(
        actor=user.email, action="customers.fetch", subject=f"job:{job.id}", detail=detail, at=at
    )
    return file


def path_of(config: Config, job: JobView) -> Path:
    """Where the file of a job stands, or will."""
    return config.data / "exports" / f"{job.id}.{job.args.get('kind', 'csv')}"


def forget_old_files(config: Config, now: datetime) -> None:
    """Take away the files nobody fetched in time, and what stopped jobs left."""
    folder = config.data / "exports"
    for file in folder.iterdir() if folder.exists() else ():
        if file.stat().st_mtime < (now - KEPT).timestamp():
            file.unlink(missing_ok=True)


def _write_part_by_part(job: JobView, *, config: Config, clock: Clock) -> Iterator[Step]:
    """Five hundred people a part. The place: the last of them, and the bytes kept."""
    forget_old_files(config, clock())
    asked, wanted, done = job.args, Wanted.of_json(job.args), job.done
    after, size, *older = job.place or (0, 0)
    if older:  # begun by a version whose parts were another kind of file: begun anew
        after, size, done = 0, 0, 0
    writer = open_writer(cast(FileKind, asked["kind"]))
    setting = Setting(asked["currency"], ZoneInfo(asked["timezone"]))
    table = CustomerTable(asked["columns"], setting, load_registry(), language=asked["language"])
    total = count_people(wanted, now=clock())
    file = path_of(config, job)
    growing = file.with_suffix(".part")
    if size and not growing.exists():  # killed between the end of the file and being told so
        yield Step(done, done, result={"rows": done})
        return
    if not size:
        size = _put(growing, 0, writer.begin(table.heads))
    for part in iter_numbers(wanted, part=_PART, after=after, now=clock()):
        rows = rows_of(part)
        size = _put(growing, size, writer.write(table.cells(rows, now=clock())))
        done += len(rows)
        if done > MOST_ROWS[asked["kind"]]:  # they came while it was written
            raise _too_many(done, MOST_ROWS[asked["kind"]])
        after = part[-1]
        yield Step(done, max(total, done), place=[after, size])
    _put(growing, size, b"")  # nobody was there, or a kill tore what came after
    for _rows in writer.finish(growing, file):
        yield Step(done, max(total, done), place=[after, size])
    yield Step(done, done, result={"rows": done})


def _put(file: Path, size: int, more: bytes) -> int:
    """Put bytes where the file ended when its place was kept; its new size."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with file.open("r+b" if file.exists() else "w+b") as growing:
        growing.truncate(size)
        growing.seek(size)
        growing.write(more)
        growing.flush()
        os.fsync(growing.fileno())
    return size + len(more)


def _too_many(rows: int, most: int) -> InputError:
    return InputError(
        "people.too_many_rows",
        Text(
            vi=f"{rows} người nhiều hơn {most} dòng mà một tệp Excel chứa được.",
            en=f"{rows} people are more than the {most} rows of a workbook.",
        ),
        path="kind",
        hint=Text(vi="Xuất CSV, hoặc lọc bớt.", en="Take CSV, or fewer people."),
    )
