"""How far each source is trusted, and where its words come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from khachquen.base import InputError, Text
from khachquen.govern import record_audit
from khachquen.unify.traits.definition import SOURCE_CLASSES
from khachquen.unify.traits.models import SourceStanding
from khachquen.unify.traits.survivorship import MIDDLE_RANK

MOST_TRUSTED, LEAST_TRUSTED = 1, 9


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided of a source; an empty class means "as the trait says"."""

    rank: int = MIDDLE_RANK
    source_class: str = ""


def standings() -> Mapping[int, Standing]:
    """Source id → its standing; a source nobody decided on is left out."""
    rows = SourceStanding.objects.values_list("source_id", "rank", "source_class")
    return {source_id: Standing(rank, source_class) for source_id, rank, source_class in rows}


def rank_source(source_id: int, standing: Standing, *, actor: str, at: datetime) -> None:
    """Decide how far a source is trusted.

    Raises:
        InputError: a rank beyond 1 to 9, or a class there is not (``traits.bad_rank``,
            ``traits.bad_source_class``).
    """
    if not MOST_TRUSTED <= standing.rank <= LEAST_TRUSTED:
        raise InputError(
            "traits.bad_rank",
            Text(
                vi=f"Mức tin cậy {standing.rank} không có.",
                en=f"There is no rank {standing.rank}.",
            ),
            path="rank",
            hint=Text(vi="Từ 1 (tin nhất) đến 9.", en="From 1 (trusted most) to 9."),
        )
    if standing.source_class and standing.source_class not in SOURCE_CLASSES:
        raise InputError(
            "traits.bad_source_class",
            Text(
                vi=f"Không có loại nguồn {standing.source_class[:40]!r}.",
                en=f"There is no class of source {standing.source_class[:40]!r}.",
            ),
            path="source_class",
            hint=Text(vi=f"Chọn: {', '.join(SOURCE_CLASSES)}.",
                      en=f"One of {', '.join(SOURCE_CLASSES)}."),
        )  # fmt: skip
    told = {"rank": standing.rank, "source_class": standing.source_class}
    with transaction.atomic():
        SourceStanding.objects.update_or_create(source_id=source_id, defaults=told)
        record_audit(
            actor=actor, action="source.rank", subject=f"source:{source_id}", detail=told, at=at
        )
