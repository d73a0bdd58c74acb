"""One record in a log file: length, checksum, payload.

``[u32 length][u32 crc32 of payload][payload]``, little-endian, after a file header of 8 bytes. A
file that ends inside a frame, or whose last frame fails its checksum, was cut by a crash there.
"""

import mmap
import struct
import zlib
from typing import NamedTuple

MAGIC = b"KQLOG\x01\r\n"
_HEAD = struct.Struct("<II")
HEADER_BYTES = _HEAD.size


class Frame(NamedTuple):
    """A whole record and where the next one begins."""

    payload: bytes
    end: int


def pack(payload: bytes) -> bytes:
    """The bytes a record takes in the file."""
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def unpack(data: bytes | mmap.mmap, start: int) -> Frame | None:
    """The record beginning at ``start``; None when it is not whole or fails its checksum."""
    body = start + HEADER_BYTES
    if len(data) < body:
        return None
    length, checksum = _HEAD.unpack_from(data, start)
    if len(data) < body + length:
        return None
    payload = bytes(data[body : body + length])
    if zlib.crc32(payload) != checksum or (not length and not checksum):
        return None
    return Frame(payload, body + length)
