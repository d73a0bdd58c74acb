"""How good the data is: five scores, and what every check counted."""

from django.http import HttpRequest
from ninja import Query, Router

from khachquen.api.asked import QualityAsked
from khachquen.api.language import language_of
from khachquen.api.shapes import AxisShape, CheckShape, QualityAnswer
from khachquen.unify.quality import AXES, RULES, latest

router = Router(tags=["quality"])
_EVERYTHING = 0


@router.get(
    "/quality",
    response=QualityAnswer,
    operation_id="read_quality",
    summary="Scores of the data's quality, of one source or of everything",
)
def read(request: HttpRequest, asked: Query[QualityAsked]) -> QualityAnswer:
    """The same figures as the page, from the newest measurement.

    A score is the weighted mean of its checks' shares of rows that are right, rounded down to
    the thousandth; checks that had nothing to look at are left out.
    """
    found, language, source_id = latest(), language_of(request), asked.source_id
    if found is None:
        return QualityAnswer(measured_at=None, source_id=source_id, axes=[])
    counted = found.of(source_id or _EVERYTHING)
    return QualityAnswer(
        measured_at=found.at,
        source_id=source_id,
        axes=[
            AxisShape(
                key=score.axis,
                name=AXES[score.axis].in_language(language),
                per_mille=score.per_mille,
                failed=score.failed,
                checks=[
                    CheckShape(
                        key=rule.key,
                        name=rule.name.in_language(language),
                        definition=rule.counts.in_language(language),
                        weight=rule.weight,
                        checked=one.checked,
                        failed=one.failed,
                        per_mille=one.per_mille,
                    )
                    for rule in RULES
                    if rule.axis == score.axis and (one := counted.get(rule.key))
                ],
            )
            for score in found.scores(source_id or _EVERYTHING)
        ],
    )
