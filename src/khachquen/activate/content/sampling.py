"""Sample data for letters programs ask for: what they would tell (``data``), said by staff in plain
words and kept with the template, so that previews and letters on trial are whole. Never in a letter
to a customer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.activate.content.language.vocabulary import read, uses_of
from khachquen.activate.content.message import TemplateVersion
from khachquen.activate.content.models import Template
from khachquen.activate.content.permission import must_write
from khachquen.activate.content.reading import template_row
from khachquen.base import InputError, Text
from khachquen.govern import User, record_audit

__all__ = [
    "AskedName",
    "asked_by",
    "data_for",
    "list_asked",
    "made_of",
    "read_sample",
    "save_sample",
]

_LONGEST = 2_000
_LOOP = re.compile(r"\{%-?\s*for\s+(\w+)\s+in\s+data\.([\w.]+)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?")
_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class AskedName:
    """One thing a program tells, as the template names it (``order``, ``customer.name``). Of a list
    ``parts`` are what is said of each of its items, in the order they are typed."""

    name: str
    is_list: bool = False
    parts: tuple[str, ...] = ()


def list_asked(sources: Iterable[str]) -> list[AskedName]:
    """What these sources want of ``data``, in the order it is first asked for.

    >>> list_asked(["{{ data.order }}{% for one in data.items %}{{ one.name }}{% endfor %}"])
    [AskedName(name='order', is_list=False, parts=()), \
AskedName(name='items', is_list=True, parts=('name',))]
    """
    found: dict[str, AskedName] = {}
    for source in sources:
        template, _ = read(source, is_html=False)
        uses = uses_of(template, source) if template else []
        loops = {one[2]: one[1] for one in _LOOP.finditer(source)}
        for use in uses:
            if use.root == "data" and use.key and "[]" not in use.key:
                local = loops.get(use.key)
                parts = re.findall(rf"\b{local}\.(\w+)", source) if local else ()
                before = found.get(use.key, AskedName(use.key)).parts
                both = tuple(dict.fromkeys([*before, *parts]))
                is_list = bool(local) or found.get(use.key, AskedName("")).is_list
                found[use.key] = AskedName(use.key, is_list, both)
    return list(found.values())


def asked_by(version: TemplateVersion) -> list[AskedName]:
    """What a version wants of ``data``."""
    return list_asked([version.subject, version.preheader, version.html, version.text])


def read_sample(template_id: int) -> dict[str, str]:
    """What was typed, by name."""
    return dict(template_row(template_id).sample)


def save_sample(template_id: int, told: Mapping[str, str], *, user: User, at: datetime) -> None:
    """Keep what was typed; names left empty are forgotten.

    Raises:
        ForbiddenError: they may not (``content.may_not_write``).
        InputError: more than 2,000 characters for one name (``content.sample_long``).
    """
    actor = must_write(user)
    for name, value in told.items():
        if len(value) > _LONGEST:
            raise InputError(
                "content.sample_long",
                Text(
                    vi=f"Dữ liệu thử của {name} quá dài.", en=f"The sample of {name} is too long."
                ),
                path=name,
                hint=Text(
                    vi=f"Nhiều nhất {_LONGEST:,} ký tự.", en=f"At most {_LONGEST:,} characters."
                ),
            )
    with transaction.atomic():
        row = Template.objects.select_for_update().get(pk=template_row(template_id).pk)
        row.sample = {name: value.strip() for name, value in told.items() if value.strip()}
        row.save(update_fields=["sample"])
        record_audit(actor=actor, action="content.sample", subject=f"template:{row.pk}", at=at)


def data_for(version: TemplateVersion) -> dict[str, Any]:
    """The sample of a version's template as a program would tell it."""
    if not version.template_id:
        return {}
    typed = read_sample(version.template_id)
    return made_of(asked_by(version), typed) if typed else {}


def made_of(asked: Iterable[AskedName], typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as data: a list has an item a line, its parts between bars.

    >>> made_of([AskedName("to.name"), AskedName("items", True, ("name", "count"))],
    ...     {"to.name": "Lan", "items": "Bát men lam | 2"})
    {'to': {'name': 'Lan'}, 'items': [{'name': 'Bát men lam', 'count': 2}]}
    """
    data: dict[str, Any] = {}
    for one in asked:
        if one.name not in typed:
            continue
        *path, last = one.name.split(".")
        inside = data
        for part in path:
            known = inside.setdefault(part, {})
            inside = known if isinstance(known, dict) else {}
        inside[last] = _value(one, typed[one.name])
    return data


def _value(asked: AskedName, typed: str) -> Any:
    if not asked.is_list:
        return _plain(typed)
    lines = [line for line in typed.splitlines() if line.strip()]
    if not asked.parts:
        return [_plain(line) for line in lines]
    return [
        dict(zip(asked.parts, map(_plain, line.split(_BETWEEN)), strict=False)) for line in lines
    ]


def _plain(typed: str) -> Any:
    """A number where it is written as one: a code that begins with 0 stays a code."""
    text = typed.strip()
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)
