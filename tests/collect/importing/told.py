"""Files as shops have them, and what an import of them says."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from khachquen.collect.importing import Import, Summary, open_import

Message = dict[str, Any]


def write(folder: Path, text: str, *, name: str = "tep.csv", encoding: str = "utf-8") -> Path:
    """A file with this text; the margin its lines share in the source is not part of it."""
    lines = [line.strip() for line in text.strip("\n").splitlines()]
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def open_here(
    path: Path, kind: str, mapping: Mapping[str, Any] | None = None, import_id: str | None = None
) -> Import:
    """The import as a shop in Hanoi that counts in đồng opens it."""
    return open_import(
        path,
        kind,
        mapping=mapping,
        timezone="Asia/Ho_Chi_Minh",
        currency="VND",
        import_id=import_id,
    )


def told_by(
    path: Path, kind: str, mapping: Mapping[str, Any] | None = None
) -> tuple[list[Message], Summary]:
    """Every message, read back exactly, and the account."""
    with open_here(path, kind, mapping) as opened:
        messages = [json.loads(raw, parse_float=Decimal) for raw in opened.messages()]
        return messages, opened.summary()
