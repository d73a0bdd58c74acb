"""A view whose reader may leave before it is done: then its question is stopped, not finished."""

import asyncio
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.http import HttpResponse

from khachquen.store.engine import Stop

_AGAIN_S = 0.05


async def unless_left(work: Callable[[Stop], HttpResponse]) -> HttpResponse:
    """The answer of ``work``; when the browser goes away, whatever it asks is stopped."""
    stop = Stop()
    task = asyncio.ensure_future(sync_to_async(work)(stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():  # it may be between two questions, where there is nothing to stop
            stop.now()
            await asyncio.wait((task,), timeout=_AGAIN_S)
        task.exception()
        raise
