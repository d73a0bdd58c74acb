"""A wording tried on people before it is sent: real ones, and those mails usually forget."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from khachquen.activate.content.gathering import read_readers
from khachquen.activate.content.identity import read_identity
from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.making.wording import Wording
from khachquen.activate.content.message import Reader, Rendered, TemplateVersion
from khachquen.activate.content.reading import get_version
from khachquen.activate.content.rendering import render_batch
from khachquen.activate.content.sampling import data_for
from khachquen.activate.content.shelving import shelf_of, shop_vocabulary
from khachquen.activate.content.writing import digest_of
from khachquen.base import Text
from khachquen.govern import get_shop
from khachquen.unify.normalise import given_name, salutation
from khachquen.unify.profiles import list_profiles

__all__ = ["AWKWARD", "NOWHERE", "Trial", "list_people", "try_saved", "try_unsaved"]
NOWHERE = {
    "unsubscribe": "https://khachquen.example/huy",
    "preferences": "https://khachquen.example/chon",
    "confirm": "https://khachquen.example/xac-nhan",
}
"""Addresses of nobody, where a mail is only looked at."""
SAMPLE: Mapping[str, object] = {
    "order": {"number": "DH-1024", "total": 730_000, "shipping": 30_000},
    "lines": [
        {"name": "Áo sơ mi lanh", "quantity": 2, "price": 250_000, "total": 500_000},
        {"name": "Bát gốm men lam", "quantity": 1, "price": 200_000, "total": 200_000},
    ],
}
"""What a program might tell of an order, for people who are not there."""
_LONG = "Công Tằng Tôn Nữ Hoàng Thị Thanh Tuyền Phương Nghi Bảo Châu Ngọc Trân Hương Giang"


@dataclass(frozen=True, slots=True)
class Trial:
    """Who a mail was tried on, and what they would get; ``links`` in it lead nowhere."""

    who: str
    message: Rendered


def _invented(number: int, name: str, gender: str, **rest: object) -> Reader:
    values = {"name": name, "gender": gender, **rest}
    said = {key: value for key, value in values.items() if value not in (None, "")}
    called = {"greeting": salutation(name, gender), "given_name": given_name(name)}
    return Reader(-number, {**said, **called}, {}, NOWHERE, SAMPLE)


AWKWARD: dict[str, tuple[Text, Reader]] = {
    "nameless": (Text(vi="Không có tên", en="Without a name"), _invented(1, "", "")),
    "long": (Text(vi="Tên rất dài", en="A very long name"), _invented(2, _LONG, "female")),
    "quotes": (
        Text(vi="Tên có dấu ngoặc", en="A name with quotes"),
        _invented(3, '"Bảy" <b>O\'Hà</b> & {{ con }}', "male", spent=1_250_000, orders_count=2),
    ),
    "new": (
        Text(vi="Chưa mua lần nào", en="Never bought"),
        _invented(4, "Lê Minh", "", spent=0, orders_count=0),
    ),
}
"""People who are not there and always are: who they stand for, and what is known of them."""


def list_people(limit: int = 4) -> list[tuple[int, str]]:
    """Real people to try a mail on: who spent most, who was here last, whose name is the longest of
    those, a person with no name."""
    found = [*list_profiles(sort="spent", page_size=limit).rows, *list_profiles(page_size=50).rows]
    longest = max(found, key=lambda one: len(one.name), default=None)
    nameless = next((one for one in found if not one.name), None)
    chosen = [*found[:limit], *(one for one in (longest, nameless) if one)]
    return list({one.id: one.name or one.email or one.phone for one in chosen}.items())


def try_saved(version_id: int, who: Sequence[str], *, now: datetime) -> list[Trial]:
    """A saved version as some people would get it; ``who`` are keys of ``AWKWARD`` and numbers."""
    return _try(get_version(version_id), who, now)


def try_unsaved(
    wording: Wording, who: Sequence[str], *, template_id: int = 0, now: datetime
) -> list[Trial]:
    """The same of a wording nobody saved; with the sample data of the template it is written for.

    Raises:
        WordingError: it cannot be compiled.
    """
    made, shop = make(wording, shelf_of(wording), shop_vocabulary()), get_shop()
    version = TemplateVersion(
        id=0,
        template_id=template_id,
        number=0,
        name="",
        purpose_kind=wording.purpose_kind,
        subject=made.subject,
        preheader=made.preheader,
        html=made.html,
        text=made.text,
        fields=made.fields,
        needs_order=made.needs_order,
        shop=asdict(read_identity()),
        currency=shop.currency if shop else "VND",
        timezone=shop.timezone if shop else "Asia/Ho_Chi_Minh",
        digest=digest_of(made),
    )
    return _try(version, who, now)


def _try(version: TemplateVersion, who: Sequence[str], now: datetime) -> list[Trial]:
    numbers = [int(one) for one in who if one.isdecimal() and len(one) < 18]
    read = {one.id: one for one in read_readers(version, numbers, now=now)}
    chosen: list[tuple[str, Reader]] = []
    for one in who:
        if one in AWKWARD:
            chosen.append((one, AWKWARD[one][1]))
        elif one.isdecimal() and int(one) in read:
            chosen.append((one, replace(read[int(one)], links=NOWHERE)))
    today = now.astimezone(ZoneInfo(version.timezone)).date()
    data = data_for(version)
    readers = [replace(one, data={**one.data, **data}) for _, one in chosen]
    made = render_batch(version, readers, today=today)
    return [Trial(name, message) for (name, _), message in zip(chosen, made, strict=True)]
