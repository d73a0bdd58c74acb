"""Whether what is sent speaks to each reader of what is theirs, or says the same to everybody."""

from collections.abc import Callable, Iterable
from functools import cache

from khachquen.activate.campaigns.models import Run
from khachquen.activate.campaigns.variants import plan_of, words_of
from khachquen.activate.campaigns.wording import asks_for_anything
from khachquen.activate.content.checking import asks_for_data
from khachquen.activate.content.retitling import get_retitled
from khachquen.activate.zalo.saying import read_said

__all__ = ["personal_variants"]


def personal_variants(runs: Iterable[Run]) -> dict[int, frozenset[str]]:
    """Run → those of its variants whose words ask for a fact, trait, order or data of their reader;
    what another system is told is no wording and never counts. "" is who has no variant."""
    asks = cache(_template_asks)  # of a daily campaign's runs most say the same
    return {
        run.pk: frozenset(
            key
            for key in ("", *(one.key for one in plan_of(run).variants))
            if _is_own(run, *words_of(run, key), asks)
        )
        for run in runs
    }


def _is_own(
    run: Run, version: int | None, subject: str, template_asks: Callable[[int, str], bool]
) -> bool:
    if version:
        return template_asks(version, subject)
    if run.channel == "zalo":
        return any(read_said(run.text).sources.values())
    return any(asks_for_anything(words) for words in (subject, run.subject, run.html, run.text))


def _template_asks(version_id: int, subject: str) -> bool:
    version = get_retitled(version_id, subject)
    asks = version.fields or version.needs_order
    return bool(asks) or asks_for_data(version.subject + version.html)
