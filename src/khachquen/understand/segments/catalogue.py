"""What the shop's rules can ask for, and a rule made into questions."""

from collections.abc import Collection, Mapping
from typing import Any

from khachquen.collect.vocabulary import known_events
from khachquen.govern import get_shop
from khachquen.govern.consent.purposes import list_purposes
from khachquen.govern.consent.states import NOT_SENT, pairs_of
from khachquen.govern.consent.suppressing import REASONS
from khachquen.understand.classes import current_classes
from khachquen.understand.query import (
    Catalogue,
    build_catalogue,
    check_rule,
    parse_rule,
)
from khachquen.understand.query.consents import consent_fields
from khachquen.understand.query.fields import Field
from khachquen.understand.segments.models import Segment
from khachquen.understand.segments.rules import events_of
from khachquen.unify.mirror import is_mirrored
from khachquen.unify.traits import load_registry

__all__ = ["check", "shop_catalogue", "shop_timezone"]


def shop_catalogue(*, events: Collection[str] = (), may_see_sensitive: bool = False) -> Catalogue:
    """Every trait, event and segment of the shop as things to ask for.

    ``events`` are names to be taken as known, heard of or not.
    """
    shop = get_shop()
    named = Segment.objects.filter(archived_at=None).values_list("pk", "name")
    return build_catalogue(
        [one for one in load_registry().definitions.values() if is_mirrored(one)],
        {*known_events(), *events},
        may_see_sensitive=may_see_sensitive,
        currency=shop.currency if shop else "VND",
        segments=dict(named),
        classes=current_classes(),
        consents=_consents(),
    )


def _consents() -> Mapping[str, Field]:
    """What can be asked of consent: each purpose, those of the shop's own too."""
    asked = (
        (view.key, view.name, channel, view.key not in NOT_SENT)
        for view, channel in pairs_of(list_purposes())
    )
    return consent_fields(asked, {key: one.name for key, one in REASONS.items()})


def shop_timezone() -> str:
    """The clock calendar conditions go by."""
    shop = get_shop()
    return shop.timezone if shop else "Asia/Ho_Chi_Minh"


def check(told: Mapping[str, Any]) -> None:
    """Whether a rule can be asked in this shop.

    Raises:
        InputError: with the place in the rule and what would be right (``query.*``).
    """
    rule = parse_rule(told)
    check_rule(rule, shop_catalogue(events=events_of(told)))
