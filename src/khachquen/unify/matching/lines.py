"""Many rows normalised: on every core where there are enough of them, in order all the same."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from khachquen.unify.matching.columns import Columns
from khachquen.unify.matching.records import RECORD_COLUMNS, Record, normalise_row

Row = Mapping[str, str]
_CHUNK = 10_000
_WORTH_A_PROCESS = 50_000


def write_lines(
    rows: Iterable[Row], columns: Columns, *, source: str = "", processes: int = 1
) -> Iterator[str]:
    """The rows' normal forms as lines of a file: number, source, the fields of a record.

    ``source`` names the column that says which file a row is of. Rows are read once, a little ahead
    of the lines. The lines do not depend on how many processes write them.
    """
    chunks = _cut(rows)
    first = list(islice(chunks, _WORTH_A_PROCESS // _CHUNK))
    if processes < 2 or len(first) * _CHUNK < _WORTH_A_PROCESS:
        yield from (_write(start, chunk, columns, source) for start, chunk in chain(first, chunks))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[str]] = deque()
        for start, chunk in chain(first, chunks):
            waiting.append(pool.submit(_write, start, chunk, columns, source))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        for done in waiting:
            yield done.result()


def _cut(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    start, rest = 0, iter(rows)
    while chunk := list(islice(rest, _CHUNK)):
        yield start, chunk
        start += len(chunk)


def _write(start: int, rows: Sequence[Row], columns: Columns, source: str) -> str:
    return "".join(
        write_line(number, row.get(source, ""), normalise_row(row, columns))
        for number, row in enumerate(rows, start)
    )


def write_line(number: int, source: str, record: Record) -> str:
    """A record as one line: no normal form holds a tab or an end of line.

    >>> write_line(7, "", Record(given="hoa")).split("\\t")[:3]
    ['7', '', 'hoa']
    """
    values = [getattr(record, name) for name in RECORD_COLUMNS]
    return "\t".join((str(number), " ".join(source.split()), *values)) + "\n"
