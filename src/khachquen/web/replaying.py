"""A command that sends a message once more, to be pasted into a shell.

What is in a message was written by strangers, and a shell runs what it is not kept from running:
every word of it stands inside single quotes. No key of ours is in it, only a place for a public
one.
"""

import json
import shlex

from django.conf import settings
from django.http import HttpRequest

from khachquen.web.opened import Sent, hide_secrets

KEY = "PUBLIC_WRITE_KEY"
_LONGEST = 100_000  # a kernel takes no longer word; a longer body goes through a pipe
_TP2 = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"


def base_url_of(request: HttpRequest) -> str:
    """The address clients know this server by."""
    own = f"{request.scheme}://{request.get_host()}"
    return str(settings.CONFIG.server.base_url or own).rstrip("/")


def curl_of(sent: Sent, base_url: str) -> str:
    """The command, on lines of its own."""
    path, body = _envelope(sent)
    words = hide_secrets(body)
    lines = [
        f"curl -sS -X POST {shlex.quote(base_url + path)}",
        "-H 'Content-Type: application/json'",
    ]
    if sent.request.user_agent:
        lines.append(f"-H {shlex.quote('User-Agent: ' + _one_line(sent.request.user_agent))}")
    if sent.request.protocol not in ("posthog", "snowplow"):
        lines.append(f"-u '{KEY}:'")
    if len(words.encode()) <= _LONGEST:
        return " \\\n  ".join([*lines, f"--data-binary {shlex.quote(words)}"])
    return f"printf %s {shlex.quote(words)} | " + " \\\n  ".join([*lines, "--data-binary @-"])


def _envelope(sent: Sent) -> tuple[str, str]:
    """The path that takes any message of its protocol, and the body it takes there."""
    message = sent.raw.decode("utf-8", "replace")
    shared = sent.request.context.decode("utf-8", "replace") if sent.request.context else ""
    if sent.request.protocol == "posthog":
        return "/batch/", f'{{"api_key":"{KEY}","batch":[{message}]}}'
    if sent.request.protocol == "snowplow":
        path = f"/sp/{KEY}/com.snowplowanalytics.snowplow/tp2"
        return path, f'{{"schema":{json.dumps(_TP2)},"data":[{message}]}}'
    context = f',"context":{shared}' if shared else ""
    path = "/api/s/s2s/batch" if sent.request.protocol == "jitsu" else "/v1/batch"
    return path, f'{{"batch":[{message}]{context}}}'


def _one_line(text: str) -> str:
    return " ".join(text.split())
