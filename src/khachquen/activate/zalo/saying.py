"""What a campaign on Zalo says: a template, and where each of its parameters comes from.

It stands as JSON where a letter's text stands, so a run has it as it was when it began.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from khachquen.activate.channels.zalo import fill
from khachquen.activate.zalo.models import MessageTemplate
from khachquen.activate.zalo.sources import ORDER, list_sources
from khachquen.activate.zalo.templates import kind_of, parameters_of
from khachquen.base import Text

__all__ = ["Said", "iter_needs", "read_said", "write_said"]


@dataclass(frozen=True, slots=True)
class Said:
    """``sources`` is parameter → the name of a fact or trait (``order.`` begins one of the latest
    order); ``otherwise`` is what stands there for whom nothing fits."""

    template_id: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    otherwise: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The facts and traits of a person it asks for."""
        told = set(self.sources.values()) - {""}
        return tuple(sorted(one for one in told if not one.startswith(ORDER)))

    @property
    def needs_order(self) -> bool:
        """Whether it asks for the latest order."""
        return any(one.startswith(ORDER) for one in self.sources.values())


def read_said(text: str) -> Said:
    """What stands in a campaign; nothing of what is none."""
    try:
        return msgspec.json.decode(text, type=Said)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Said()


def write_said(said: Said) -> str:
    """As it is kept."""
    return msgspec.json.encode(said).decode()


def iter_needs(text: str, *, is_advertising: bool, on: date) -> Iterator[tuple[object, Text]]:
    """Whether each thing a message needs is there, and what to do when it is not."""
    said = read_said(text)
    template = MessageTemplate.objects.filter(pk=said.template_id).first()
    yield template, Text(vi="chọn mẫu tin Zalo", en="choose a Zalo template")
    if template is None:
        return
    yield (
        template.state == "ENABLE",
        Text(vi="đợi Zalo duyệt mẫu tin", en="wait until Zalo approves the template"),
    )
    yield (
        is_advertising == (kind_of(template, on) == "promotion"),
        Text(
            vi="chọn mục đích đúng với loại mẫu: mẫu hậu mãi là quảng cáo, các loại khác thì không",
            en="choose the purpose the template is of: promotions are advertising, others are not",
        ),
    )
    known = list_sources() if said.sources else {}
    for one in parameters_of(template):
        yield (
            said.sources.get(one.name, "") in ("", *known),
            Text(
                vi=f"chọn lại nội dung cho {one.name}: thông tin đó không được gửi đi nữa",
                en=f"choose something else for {one.name}: that may not be told any more",
            ),
        )
        is_said = said.sources.get(one.name) or said.otherwise.get(one.name)
        yield (
            is_said or not one.required,
            Text(vi=f"chọn nội dung cho {one.name}", en=f"choose what stands in {one.name}"),
        )
        told = said.otherwise.get(one.name, "")
        _, problems = fill([one], {}, {one.name: told}) if told else ({}, [])
        if problems:
            yield False, Text(vi=f"sửa {problems[0].words.vi}", en=f"mend {problems[0].words.en}")
