"""A mail checked before it is used: what the law asks, where links lead, who would see a gap."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from khachquen import store
from khachquen.activate.content.checks.all_checks import examine
from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.finding import Finding, WordingError
from khachquen.activate.content.identity import read_identity
from khachquen.activate.content.language.vocabulary import (
    Use,
    asks_for_data,
    asks_to_confirm,
    read,
    uses_of,
)
from khachquen.activate.content.making.assembling import put_blocks, put_snippets
from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.making.wording import Shelf, Wording
from khachquen.activate.content.reading import TemplateView, get_template, get_version_view
from khachquen.activate.content.shelving import person_fields, shelf_of, shop_vocabulary
from khachquen.base import system_clock
from khachquen.govern import get_shop
from khachquen.understand.query import compile_count, parse_rule
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone

__all__ = [
    "asks_for_data",
    "asks_to_confirm",
    "check_template",
    "check_unsaved",
    "check_version",
    "is_usable",
]


def check_template(template_id: int) -> list[Finding]:
    """What there is to say of the newest version of a template, errors first.

    Raises:
        NotFoundError: there is none.
    """
    template = get_template(template_id)
    return _check(template.version.wording, template)


def check_version(version_id: int) -> list[Finding]:
    """The same of one version, which is what a campaign sends, also where there is a newer one.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    found = get_version_view(version_id)
    return _check(found.version.wording, found)


def check_unsaved(wording: Wording) -> list[Finding]:
    """The same of a wording nobody saved; what keeps it from being saved comes alone."""
    return _check(wording, None)


def is_usable(findings: list[Finding]) -> bool:
    """Whether a campaign may be made of it: nothing found is an error."""
    return not any(one.level == "error" for one in findings)


def _check(wording: Wording, template: TemplateView | None) -> list[Finding]:
    shelf = shelf_of(wording)
    try:
        made = make(wording, shelf, shop_vocabulary())
    except WordingError as error:
        return list(error.findings)
    fields = person_fields()
    asked = {key: fields[key] for key in made.fields if key in fields}
    identity, shop = read_identity(), get_shop()
    return examine(
        Examined(
            wording=wording,
            made=made,
            uses=tuple(_uses(wording, shelf)),
            missing=_lacking(asked),
            labels={key: field.label for key, field in asked.items()},
            has_address=bool(identity.sender and identity.address),
            stale_prices=template.stale_prices if template else {},
            stale_blocks=template.stale_blocks if template else (),
            currency=shop.currency if shop else "VND",
        )
    )


def _lacking(keys: Collection[str]) -> dict[str, float]:
    """Field → the share of known people who lack it; none where nobody is known yet."""
    known: dict[str, Any] = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    everybody = _count(known)
    if not everybody:
        return {}
    without = {
        key: {"kind": "all", "of": [known, {"kind": "trait", "trait": key, "is": "is_not_set"}]}
        for key in keys
    }
    return {key: _count(rule) / everybody for key, rule in without.items()}


def _count(rule: Mapping[str, Any]) -> int:
    question = compile_count(
        parse_rule(rule), shop_catalogue(), now=system_clock(), timezone=shop_timezone()
    )
    return int(store.ask(question).dicts()[0]["members"])


def _uses(wording: Wording, shelf: Shelf) -> list[Use]:
    """Names used, on the lines they are written on: those of blocks come last, without a line."""
    told: list[Use] = []
    for source, is_html in (
        (wording.mjml, True),
        (wording.subject, False),
        (wording.preheader, False),
    ):
        bare = put_snippets(source, shelf, is_html=is_html)
        template, _ = read(bare, is_html=is_html)
        told += uses_of(template, bare) if template else []
    whole = put_snippets(put_blocks(wording.mjml, shelf), shelf, is_html=True)
    template, _ = read(whole, is_html=True)
    known = {(use.root, use.key) for use in told}
    within = uses_of(template, whole) if template else []
    return [
        *told,
        *(replace(u, line=0) for u in within if (u.root, u.key) not in known),
    ]
