"""Every check, in the order a person would mend what they find."""

from collections.abc import Callable, Iterable

from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.checks.law import (
    check_label,
    check_promotion,
    check_sender,
    check_way_out,
)
from khachquen.activate.content.checks.linking import check_confirming, check_links
from khachquen.activate.content.checks.reading import (
    check_images,
    check_missing,
    check_placeholders,
    check_size,
    check_stale,
    check_subject,
)
from khachquen.activate.content.finding import Finding

CHECKS: tuple[Callable[[Examined], Iterable[Finding]], ...] = (
    check_label,
    check_promotion,
    check_way_out,
    check_sender,
    check_stale,
    check_placeholders,
    check_links,
    check_confirming,
    check_missing,
    check_subject,
    check_images,
    check_size,
)
_WEIGHT = {"error": 0, "warning": 1, "hint": 2}


def examine(mail: Examined) -> list[Finding]:
    """Everything there is to say of a mail, errors first."""
    found = [one for check in CHECKS for one in check(mail)]
    return sorted(dict.fromkeys(found), key=lambda one: _WEIGHT[one.level])
