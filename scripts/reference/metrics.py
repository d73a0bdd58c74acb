"""docs/reference/metrics.md: every number's one definition, from the catalogue."""

from khachquen.understand.metrics import METRICS, Metric
from scripts.reference.markdown import code, page, table

LEAD = """\
One definition each, the same on pages, in exports and in the REST interface.

Mỗi chỉ số có một định nghĩa duy nhất, dùng chung cho trang, tệp xuất và REST."""


def render() -> str:
    """The whole page."""
    return page("Metrics · Chỉ số", LEAD, *map(_section, METRICS.values()))


def _section(metric: Metric) -> str:
    about = [f"## {metric.name.vi} · {metric.name.en}", metric.definition.vi, metric.definition.en]
    if metric.denominator is not None:
        about += [f"Chia cho: {metric.denominator.vi} · Divided by: {metric.denominator.en}"]
    facts = [(code(metric.key), metric.unit, code(f"sql/{metric.key}.sql"))]
    return "\n\n".join([*about, table(("Key", "Unit", "Rows that count"), facts)])
