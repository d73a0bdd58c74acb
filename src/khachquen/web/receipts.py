"""A receipt in words: what became of every copy of a message."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext

from khachquen.base import system_clock
from khachquen.flows import trace as tracing
from khachquen.web.fates import Fate, fate_of
from khachquen.web.jsonlines import Line, read_lines
from khachquen.web.shops import source_names

_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Told:
    """One copy of a message as a page shows it; ``lines`` are its own words where they are kept."""

    of: tracing.Fate
    fate: Fate
    source: str
    title: str
    became: str
    lines: list[Line]

    @property
    def can_be_mended(self) -> bool:
        """Whether it waits in quarantine for somebody."""
        return self.of.state == "quarantined" and bool(self.of.place)


def read_receipt(message_id: str) -> list[Told]:
    """Every copy of a message id, oldest first; none when nobody sent it."""
    names = source_names()
    fates = tracing.trace(message_id, settings.CONFIG, now=system_clock())
    times = {place: n for n, place in enumerate(dict.fromkeys(f.place for f in fates), 1)}
    mended = {fate.place for fate in fates if fate.state == "redriven"}
    return [
        Told(
            of=fate,
            title=_title(times[fate.place], fate, is_mended=fate.place in mended),
            fate=fate_of(fate.state, fate.reason),
            source=names.get(fate.source_id, ""),
            became=_became(fate),
            lines=show_payload(fate.payload, fate.path),
        )
        for fate in fates
    ]


def show_payload(payload: str, path: str) -> list[Line]:
    """A kept message as lines; of a very long one the beginning."""
    if len(payload) > _LONGEST:
        return [Line(line) for line in payload[:_LONGEST].split("\n")]
    return read_lines(payload, path) if payload else []


def _title(time: int, fate: tracing.Fate, *, is_mended: bool) -> str:
    """One time it was sent may have two parts: refused at first, then taken in after all."""
    words = gettext("Lần %(number)s") % {"number": time}
    if not is_mended:
        return words
    part = gettext("lúc đầu") if fate.state == "redriven" else gettext("sau khi xử lý lại")
    return f"{words}, {part}"


def _became(fate: tracing.Fate) -> str:
    """What happened, in a sentence or two."""
    if fate.state == "waiting":
        return gettext("Đã ghi xuống đĩa, không mất được nữa; vài giây nữa sẽ vào kho.")
    if fate.state == "stored":
        return gettext("Đã vào kho, được tính một lần.")
    if fate.state == "duplicate":
        return gettext("Là bản gửi lại; bản đến trước được giữ, bản này không được tính.")
    if fate.state == "quarantined":
        return gettext("Chưa vào kho, nhưng được giữ nguyên. Sửa xong là xử lý lại được.")
    if fate.state == "dropped":
        return gettext("Bỏ qua theo quy tắc của nguồn; chỉ giữ mã tin và lý do.")
    return _after(fate.redriven) if fate.redriven else ""


def _after(redriven: tracing.Redriven) -> str:
    if redriven.outcome == "stored":
        return gettext("Từng bị cách ly; sau khi xử lý lại đã vào kho, được tính một lần.")
    if redriven.outcome == "duplicate":
        return gettext("Từng bị cách ly; khi xử lý lại thì đã có bản khác cùng mã tin.")
    return gettext("Từng bị cách ly; khi xử lý lại thì quy tắc của nguồn bỏ qua.")
