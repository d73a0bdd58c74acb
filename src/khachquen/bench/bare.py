"""The baseline's server: reads a request, answers 200, and does nothing else."""

import sys
from typing import Any

import uvicorn


async def say_ok(scope: Any, receive: Any, send: Any) -> None:
    """One request."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"16")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"success":true}'})


if __name__ == "__main__":
    uvicorn.run(
        say_ok, port=int(sys.argv[1]), lifespan="off", access_log=False, log_level="warning"
    )
