"""A file of raw messages, one JSON object a line (JSONL): passed on as they are."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from khachquen.collect.importing.messages import Numbering
from khachquen.collect.importing.summary import Problem, Tally

_MAX_LINE = 4 * 1024 * 1024


class _Head(msgspec.Struct):
    type: msgspec.Raw = msgspec.Raw()
    message_id: msgspec.Raw = msgspec.field(name="messageId", default=msgspec.Raw())


class EventReader:
    """Passes each line on; one without a messageId gets a name by its place in the file."""

    def __init__(self, path: Path, numbering: Numbering, tally: Tally):
        self._path, self._numbering, self._tally = path, numbering, tally

    def messages(self) -> Iterator[bytes]:
        """One message a line that is a JSON object; what it says is checked by the front door."""
        with self._path.open("rb") as file:
            number = 0
            while line := file.readline(_MAX_LINE):
                number += 1
                line = line.removeprefix(b"\xef\xbb\xbf").strip()
                if line:
                    self._tally.rows += 1
                    yield from self._read(number, line)

    def _read(self, number: int, line: bytes) -> Iterator[bytes]:
        try:
            head = msgspec.json.decode(line, type=_Head)
        except msgspec.ValidationError:
            self._refuse(number, line, "not_an_object")
            return
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self._refuse(number, line, "not_json")
            return
        self._tally.fates["event"] += 1
        self._tally.events["event"] += 1
        if bytes(head.message_id) in (b"", b"null", b'""'):
            named = f'{{"messageId":"{self._numbering.id_of_place(str(number))}",'.encode()
            rest = line[1:].lstrip()
            line = named[:-1] + b"}" if rest == b"}" else named + rest
        yield line

    def _refuse(self, number: int, line: bytes, code: str) -> None:
        shown = line[:200].decode("utf-8", "replace")
        self._tally.report(Problem(number, "", shown, code))
