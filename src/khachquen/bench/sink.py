"""A mail server that takes everything and keeps a line about each letter; for measuring and tests.

``python -m khachquen.bench.sink PORT FILE``: the line, ``Message-ID recipient``, is in the file
before the letter is acknowledged, so the file is what was accepted, whoever dies when.
"""

import asyncio
import os
import sys
from collections.abc import Callable

_OFFERS = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n"
_END = b"\r\n.\r\n"

Took = Callable[[bytes, bytes], None]


class Sink(asyncio.Protocol):
    """One connection; ``took`` is called with recipient and letter before it is acknowledged."""

    def __init__(self, took: Took):
        self._took = took
        self._buffer = b""
        self._recipient = b""
        self._is_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers: list[bytes] = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        if self._is_data:
            letter, end, rest = self._buffer.partition(_END)
            if not end:
                return None
            self._buffer, self._is_data = rest, False
            self._took(self._recipient, letter)
            return b"250 2.0.0 taken\r\n"
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return None
        self._buffer = rest
        return self._answer(line)

    def _answer(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"EHLO":
            return _OFFERS
        if word == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        if word == b"DATA":
            self._is_data = True
            return b"354 go on\r\n"
        if word == b"QUIT":
            self._transport.close()
        return b"250 2.0.0 ok\r\n"


def find_message_id(letter: bytes) -> bytes:
    """The Message-ID of a letter, without its brackets."""
    return letter.partition(b"\r\nMessage-ID: <")[2].partition(b">")[0]


async def serve(port: int, took: Took) -> None:
    """Take letters on a port of this machine until the process ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(took), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main(port: str, file: str) -> None:
    """The process."""
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def took(recipient: bytes, letter: bytes) -> None:
        os.write(descriptor, find_message_id(letter) + b" " + recipient + b"\n")

    asyncio.run(serve(int(port), took))


if __name__ == "__main__":
    main(*sys.argv[1:])
