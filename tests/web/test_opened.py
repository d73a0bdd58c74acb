"""One event opened up: what was sent beside what was understood, and a way to repeat it."""

import json
import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client

from khachquen.base import to_micros
from khachquen.collect.event import Accepted
from khachquen.store.eventlog import LogWriter
from khachquen.web.opened import Sent, find_sent
from khachquen.web.replaying import curl_of
from tests.rows import event_row
from tests.web.story import HOSTILE, NOON, tell_the_story, write_lake

HOSTILE_WORDS = [
    "'; touch \"$HACKED\"; echo '",
    '$(touch "$HACKED")',
    '`touch "$HACKED"`',
    '\n touch "$HACKED" \n',
    '\\\'; touch "$HACKED" #',
    "!! !touch ${IFS} %s %n & | > < * ? ~ { } [ ] \t \r",
    "@/etc/passwd",
    HOSTILE,
]


def accepted(raw: bytes, protocol: str = "segment", **rest: Any) -> Accepted:
    given = {"ip": "203.0.113.9", "user_agent": None, "sent_at": None, "context": None, **rest}
    at = to_micros(NOON)
    return Accepted(at, 1, False, protocol, given["ip"], given["user_agent"], given["sent_at"],
                    given["context"], [raw])  # fmt: skip


@pytest.mark.parametrize("protocol", ["segment", "rudderstack", "jitsu", "posthog", "snowplow"])
def test_the_command_says_what_was_sent_whatever_stands_in_it(
    tmp_path: Path, protocol: str
) -> None:
    raw = json.dumps({"event": HOSTILE_WORDS, "ấm": "chén"}, ensure_ascii=False).encode()
    sent = Sent(raw, accepted(raw, protocol, user_agent="\n".join(HOSTILE_WORDS)))

    arguments = _run(curl_of(sent, "http://127.0.0.1:1/'; touch \"$HACKED\"; '"), tmp_path)

    body = json.loads(arguments[arguments.index("--data-binary") + 1])
    [message] = body.get("batch") or body["data"]
    assert message == json.loads(raw)
    assert sum(word.startswith("User-Agent: ") for word in arguments) == 1
    if protocol in ("segment", "rudderstack", "jitsu"):
        assert arguments[arguments.index("-u") + 1] == "PUBLIC_WRITE_KEY:"
    else:
        assert "PUBLIC_WRITE_KEY" in " ".join(arguments)


def test_a_long_message_goes_through_a_pipe(tmp_path: Path) -> None:
    raw = json.dumps({"event": "Dance", "note": "x'y" * 70_000}).encode()

    arguments = _run(curl_of(Sent(raw, accepted(raw)), "http://127.0.0.1:1"), tmp_path)

    assert arguments[-2:] == ["--data-binary", "@-"]
    assert json.loads((tmp_path / "stdin").read_text())["batch"] == [json.loads(raw)]


def test_no_secret_key_is_shown_even_if_somebody_sent_one() -> None:
    raw = b'{"writeKey":"kqs_0123456789abcdef","event":"Dance"}'
    sent = Sent(raw, accepted(raw))

    assert "kqs_0123" not in sent.text + curl_of(sent, "http://127.0.0.1:1")


def _run(command: str, folder: Path) -> list[str]:
    """What a shell gives to curl, when bash reads the command; nothing else may have run."""
    (folder / "curl").write_text(
        '#!/bin/bash\nfor word in "$@"; do printf "%s\\0" "$word"; done > "$HERE/words"\n'
        'case "$*" in *@-*) cat > "$HERE/stdin";; esac\n'
    )
    (folder / "curl").chmod(0o755)
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HERE": str(folder),
        "HACKED": str(folder / "hacked"),
        "LANG": "C.UTF-8",
    }
    (folder / "pasted").write_text(command)
    subprocess.run(["bash", str(folder / "pasted")], env=env, check=True)
    assert not (folder / "hacked").exists()
    return (folder / "words").read_bytes().decode().split("\0")[:-1]


@pytest.mark.django_db
def test_what_was_sent_stands_beside_what_was_understood(desk: Client) -> None:
    tell_the_story()
    message = {"type": "track", "event": "Danced", "timestamp": "2026-11-20T06:30:00Z"}
    raw = json.dumps(message).encode()
    request = accepted(raw, context=b'{"app":{"name":"nhamay.vn"}}', user_agent="Mozilla/5.0")
    with closing(LogWriter(settings.CONFIG.data / "log", "opened")) as log:
        log.append([msgspec.msgpack.encode(request)])
    place = "opened:1:8:0"
    assert find_sent(settings.CONFIG.data, place) == Sent(raw, request)
    write_lake(
        [
            event_row(
                3000,
                NOON,
                type="track",
                name="Danced",
                place=place,
                message_id=place,
                user_agent="Mozilla/5.0",
                ip="203.0.113.0",
                clamped=False,
                robot="Googlebot",
                robot_kind="search",
            )
        ]
    )

    page = desk.get("/events/3000").content.decode()

    assert "&quot;timestamp&quot;: &quot;2026-11-20T06:30:00Z&quot;" in page
    assert "tin ghi 20/11/2026 13:30:00, được chỉnh" in page
    assert "thành 20/11/2026 12:00:00." in page
    assert "Tin không có messageId" in page
    assert "Phần context chung" in page
    assert "Địa chỉ IP được rút gọn ngay khi nhận" in page
    assert "Do máy tự động gửi (Googlebot): giữ lại nhưng không tính vào báo cáo." in page
    assert "curl -sS -X POST http://testserver/v1/batch" in page
    assert "events/month=202611/" in page
    assert f"/events/message?id={place.replace(':', '%3A')}" in page


@pytest.mark.django_db
def test_when_the_log_is_gone_the_page_says_so_and_why(desk: Client) -> None:
    write_lake([event_row(3001, NOON, type="track", name="Danced", place="opened:99:8:0")])

    page = desk.get("/events/3001").content.decode()

    assert "Bản nguyên văn không còn" in page
    assert "48 giờ" in page
    assert "&quot;event&quot;: &quot;Danced&quot;" in page
    assert "PUBLIC_WRITE_KEY" not in page


@pytest.mark.django_db
def test_a_forged_order_says_that_it_brings_no_revenue(desk: Client) -> None:
    order = {"type": "track", "name": "Order Completed"}
    write_lake([event_row(3002, NOON, **order), event_row(3003, NOON, trusted=True, **order)])

    assert "không tính doanh thu" in desk.get("/events/3002").content.decode()
    assert "không tính doanh thu" not in desk.get("/events/3003").content.decode()
