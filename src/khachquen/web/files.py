"""Files handed to a browser a piece at a time, however large they are."""

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import FileResponse

__all__ = ["SentFile"]


class SentFile(FileResponse):
    """As Django's, whose pieces are all read before the first leaves when the server is an
    asynchronous one, as ours is: a file of a million customers would be held in memory whole."""

    block_size = 1 << 16

    async def __aiter__(self) -> AsyncIterator[bytes]:
        file = self.file_to_stream
        assert file is not None
        while piece := await sync_to_async(file.read)(self.block_size):
            yield piece
