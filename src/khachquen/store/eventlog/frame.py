"""One record in a log file: length, checksum, payload.

``[u32 length][u32 crc32 of payload][payload]``, little-endian, after a file header of 8 bytes. A
file that ends inside a frame, or whose last frame fails its checksum, was cut by a crash there.
"""

import struct
import zlib
from typing import BinaryIO, NamedTuple

MAGIC = b"KQLOG\x01\r\n"
_HEAD = struct.Struct("<II")
HEADER_BYTES = _HEAD.size


class Frame(NamedTuple):
    """A record and where the next one begins; ``payload`` is None when its checksum fails."""

    payload: bytes | None
    end: int


def pack(payload: bytes) -> bytes:
    """The bytes a record takes in the file."""
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def read(file: BinaryIO, start: int, size: int) -> Frame | None:
    """The frame beginning at ``start`` of a file of ``size`` bytes; None when it is cut off there.

    Read, not mapped: a writer whose disk was full cuts its file short under us.
    """
    body = start + HEADER_BYTES
    if size < body:
        return None
    file.seek(start)
    head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES:
        return None
    length, checksum = _HEAD.unpack(head)
    if not length or size < body + length:
        return None
    payload = file.read(length)
    whole = len(payload) == length and zlib.crc32(payload) == checksum
    return Frame(payload if whole else None, body + length)
