"""One event opened up: what was sent, what was understood of it, and why the two differ."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext

from khachquen.collect.event import ORDER_EVENTS, Accepted, Client
from khachquen.store.eventlog import read_at
from khachquen.unify.traits import load_registry
from khachquen.web.components.figures import exact

_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode
_SECRET = re.compile(r"kqs_[\w-]{8,}")
_SOON = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as its client sent it, and the request it came in."""

    raw: bytes
    request: Accepted

    @property
    def text(self) -> str:
        """The message to read: lines broken and moved in, nothing else changed."""
        try:
            told = msgspec.json.format(self.raw, indent=2)
        except msgspec.MsgspecError:
            told = self.raw
        return hide_secrets(told.decode("utf-8", "replace"))


def find_sent(data: Path, place: str) -> Sent | None:
    """What stands in the log at a place, sealed values hidden; None once the log is deleted."""
    if (found := read_at(data / "log", place)) is None:
        return None
    payload, index = found
    request = _decode_accepted(payload)
    if index >= len(request.items):
        return None
    return Sent(load_registry().sealer.hide(request.items[index]), request)


def hide_secrets(text: str) -> str:
    """The text without the secret write keys somebody may have put into a message."""
    return _SECRET.sub("kqs_…", text)


def differences(sent: Sent | None, event: Mapping[str, Any]) -> list[str]:
    """Why the event is not word for word what was sent, a sentence each."""
    return [*(_told(sent, event) if sent else ()), *_judged(event)]


def _told(sent: Sent, event: Mapping[str, Any]) -> Iterator[str]:
    """What is seen beside the message itself."""
    message, request = _object(sent.raw), sent.request
    if event["message_id"] == event["place"]:
        yield gettext("Tin không có messageId, nên mã tin được đặt theo chỗ của nó trong nhật ký.")
    told = _moment(message.get("timestamp") or message.get("originalTimestamp"))
    if told and not event["clamped"] and abs(told - event["at"]) > _SOON:
        words = gettext(
            "Đồng hồ máy gửi lệch: tin ghi %(told)s, được chỉnh theo lúc gửi và lúc nhận "
            "thành %(at)s."
        )
        yield words % {"told": exact(told), "at": exact(event["at"])}
    if not message.get("timestamp") and not message.get("originalTimestamp"):
        yield gettext("Tin không ghi giờ, nên lấy giờ nhận được.")
    if request.context:
        yield gettext("Phần context chung của cả gói được ghép vào tin này.")
    if event["user_agent"] and event["user_agent"] == request.user_agent:
        yield gettext("Tên trình duyệt lấy từ chính yêu cầu gửi đến, vì tin không ghi.")


def _judged(event: Mapping[str, Any]) -> Iterator[str]:
    """What the event itself shows."""
    if event["clamped"]:
        yield gettext("Tin ghi một giờ trong tương lai, nên giờ xảy ra được cắt về lúc nhận.")
    if event["type"] == "track" and event["name"] in ORDER_EVENTS and not event["trusted"]:
        yield gettext(
            "Đơn hàng gửi bằng khóa công khai: giữ lại nhưng không tính doanh thu, "
            "vì ai cũng gửi được."
        )
    if event["ip"] and settings.CONFIG.privacy.truncate_ip:
        yield gettext("Địa chỉ IP được rút gọn ngay khi nhận, trước cả bản nguyên văn.")
    if not Client(robot=event["robot"], robot_kind=event["robot_kind"]).counts:
        words = gettext("Do máy tự động gửi (%(robot)s): giữ lại nhưng không tính vào báo cáo.")
        yield words % {"robot": event["robot"]}


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(told: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) if at else None
