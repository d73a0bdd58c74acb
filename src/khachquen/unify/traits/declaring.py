"""Adding, changing and archiving traits: what the people of the shop do on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from khachquen.base import ConflictError, InputError, NotFoundError, Text, nearest
from khachquen.govern import record_audit
from khachquen.unify.normalise import clean_text, fold
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.definition import (
    KINDS,
    PII,
    RULES,
    SENSITIVITIES,
    SOURCE_CLASSES,
    Definition,
    spellings_of,
)
from khachquen.unify.traits.models import Attribute
from khachquen.unify.traits.registry import load_registry

_LONGEST = 100
_MOST_CHOICES = 200
_MOST_OWN = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a trait to be."""

    label: str
    label_en: str = ""
    kind: str = "text"
    choices: Sequence[str] = ()
    pii: str = "unclassified"
    sensitivity: str = "basic"
    source_class: str = "given"
    rule: str = ""
    valid_days: int | None = None
    sealed: bool = False
    in_list: bool = False


def add_attribute(wish: Wish, *, actor: str, at: datetime) -> Definition:
    """A new trait of the shop's own, usable at once everywhere.

    Raises:
        InputError: no name, no class, a choice without values; says which (``traits.…``).
        ConflictError: a trait of that name is there (``traits.taken``), or there are too many.
    """
    _check(wish)
    registry = load_registry()
    key = "_".join(fold(wish.label).replace("-", " ").split())
    key = "".join(letter for letter in key if letter.isalnum() or letter == "_")[:_LONGEST]
    for name in (key, wish.label):
        if registry.knows(name):
            raise _taken(wish.label, registry.find(name))
    if sum(one.origin == "custom" for one in registry.definitions.values()) >= _MOST_OWN:
        raise _too_many()
    try:
        with transaction.atomic():
            Attribute.objects.create(
                key=key, origin="custom", created_at=at, created_by=actor[:200], changed_at=at,
                **_fields(wish),
            )  # fmt: skip
            _note(actor, "trait.add", key, {"label": wish.label, "kind": wish.kind}, at)
    except IntegrityError:  # somebody else was quicker
        raise _taken(wish.label, load_registry().find(key)) from None
    return load_registry().definitions[key]


def change_attribute(key: str, wish: Wish, *, actor: str, at: datetime) -> Definition:
    """A trait as wished. Of a built-in one the labels, the rule and the column; of others anything
    but unsealing: what was sealed stays sealed. One that arrived unasked is classified by this.

    Raises:
        NotFoundError: there is no such trait (``traits.unknown``).
        InputError: as for adding, or it would unseal (``traits.stays_sealed``).
    """
    now = get_definition(key)
    if now.origin == "built_in":
        fields = {
            "label_vi": clean_text(wish.label)[:_LONGEST],
            "label_en": clean_text(wish.label_en)[:_LONGEST],
            "rule": _known("rule", wish.rule, RULES) if wish.rule else "",
            "in_list": wish.in_list and not now.sealed,
        }
    else:
        _check(wish)
        if now.sealed and not wish.sealed:
            raise _stays_sealed(now)
        fields = {**_fields(wish), "origin": "custom"}
    fields["former"] = sorted({now.label.vi, now.label.en, *now.aliases} - _built_in_names(key))
    with transaction.atomic():
        Attribute.objects.update_or_create(
            key=key,
            defaults={**fields, "changed_at": at},
            create_defaults={**fields, "origin": now.origin, "created_at": at, "changed_at": at},
        )
        _note(actor, "trait.change", key, {"label": wish.label}, at)
    return load_registry().definitions[key]


def set_archived(key: str, archived: bool, *, actor: str, at: datetime) -> None:
    """Take a trait out of forms, lists and mappings, or put it back; its values stay either way.

    Raises:
        NotFoundError: there is no such trait (``traits.unknown``).
    """
    now = get_definition(key)
    fields = {"archived_at": at if archived else None, "changed_at": at}
    with transaction.atomic():
        Attribute.objects.update_or_create(
            key=key,
            defaults=fields,
            create_defaults={**fields, "origin": now.origin, "created_at": at},
        )
        _note(actor, "trait.archive" if archived else "trait.restore", key, {}, at)


def get_definition(key: str) -> Definition:
    """The trait of that key.

    Raises:
        NotFoundError: there is none (``traits.unknown``).
    """
    definitions = load_registry().definitions
    if key not in definitions:
        raise NotFoundError(
            "traits.unknown",
            Text(vi=f"Không có thuộc tính {key[:80]!r}.", en=f"There is no trait {key[:80]!r}."),
        )
    return definitions[key]


def _built_in_names(key: str) -> set[str]:
    known = built_in().get(key)
    return set(spellings_of(known)) if known else set()


def _fields(wish: Wish) -> dict[str, Any]:
    return {
        "label_vi": clean_text(wish.label),
        "label_en": clean_text(wish.label_en),
        "kind": wish.kind,
        "choices": _clean_choices(wish.choices) if wish.kind == "choice" else [],
        "pii": wish.pii,
        "sensitivity": wish.sensitivity,
        "source_class": wish.source_class,
        "rule": wish.rule,
        "valid_days": wish.valid_days,
        "sealed": wish.sealed,
        "in_list": wish.in_list and not wish.sealed,
    }


def _check(wish: Wish) -> None:
    label = clean_text(wish.label)
    if not label or len(label) > _LONGEST or not fold(label).strip("_- "):
        raise InputError(
            "traits.no_name",
            Text(
                vi="Thuộc tính cần một cái tên, tối đa 100 ký tự.",
                en="A trait needs a name of at most 100 characters.",
            ),
            path="label",
            hint=Text(vi="Ví dụ: Ngày cưới.", en="For example: Wedding day."),
        )
    _known("kind", wish.kind, KINDS)
    _known("sensitivity", wish.sensitivity, SENSITIVITIES)
    _known("source_class", wish.source_class, SOURCE_CLASSES)
    if wish.rule:
        _known("rule", wish.rule, RULES)
    if _known("pii", wish.pii, PII) == "unclassified":
        raise InputError(
            "traits.no_class",
            Text(
                vi="Hãy cho biết thuộc tính này có chỉ ra một người không.",
                en="Say whether this trait names a person.",
            ),
            path="pii",
        )
    if wish.sealed and wish.sensitivity != "sensitive":
        raise InputError(
            "traits.not_sensitive",
            Text(
                vi="Chỉ niêm phong thuộc tính nhạy cảm.",
                en="Only a sensitive trait is sealed.",
            ),
            path="sealed",
            hint=Text(vi="Chọn mức nhạy cảm, hoặc bỏ ô này.", en="Choose sensitive, or untick it."),
        )
    if wish.kind == "choice" and len(_clean_choices(wish.choices)) < 2:
        raise InputError(
            "traits.no_choices",
            Text(
                vi="Thuộc tính chọn cần ít nhất hai giá trị.",
                en="A choice needs at least two values.",
            ),
            path="choices",
            hint=Text(vi="Mỗi dòng một giá trị.", en="Write one value a line."),
        )


def _clean_choices(choices: Sequence[str]) -> list[str]:
    """Each value once, in the order given; spellings that fold alike are one value."""
    found = {fold(text): clean_text(text)[:_LONGEST] for text in reversed(choices) if text.strip()}
    return list(reversed(found.values()))[:_MOST_CHOICES]


def _known(path: str, given: str, known: Mapping[str, Text]) -> str:
    if given not in known:
        raise InputError(
            f"traits.unknown_{path}",
            Text(vi=f"Không hiểu {given[:40]!r}.", en=f"{given[:40]!r} is not known here."),
            path=path,
            hint=nearest(given, known),
        )
    return given


def _taken(label: str, by: Definition) -> ConflictError:
    return ConflictError(
        "traits.taken",
        Text(
            vi=f"Đã có thuộc tính “{by.label.vi}” hiểu tên {label[:60]!r}.",
            en=f'The trait "{by.label.en}" is already known by the name {label[:60]!r}.',
        ),
        path="label",
        hint=Text(
            vi="Dùng thuộc tính đó, khôi phục nếu nó đã cất đi, hoặc đặt tên khác.",
            en="Use that one, restore it if it is archived, or choose another name.",
        ),
    )


def _too_many() -> ConflictError:
    return ConflictError(
        "traits.too_many",
        Text(
            vi=f"Cửa hàng đã có {_MOST_OWN} thuộc tính riêng.",
            en=f"The shop has {_MOST_OWN} traits of its own already.",
        ),
    )


def _stays_sealed(now: Definition) -> InputError:
    return InputError(
        "traits.stays_sealed",
        Text(
            vi=f"“{now.label.vi}” đã được niêm phong và không mở lại được.",
            en=f'"{now.label.en}" is sealed, and that is not undone.',
        ),
        path="sealed",
        hint=Text(
            vi="Giữ mức nhạy cảm và ô niêm phong như cũ.",
            en="Leave it sensitive and sealed.",
        ),
    )


def _note(actor: str, action: str, key: str, detail: dict[str, Any], at: datetime) -> None:
    record_audit(actor=actor, action=action, subject=f"trait:{key}", detail=detail, at=at)
