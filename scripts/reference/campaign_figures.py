"""docs/reference/campaign_figures.md: every number of a campaign's report, from its one list."""

from khachquen.activate.campaigns.report_figures import FIGURES, Figure
from khachquen.understand.attribution import MODELS, WINDOWS
from scripts.reference.markdown import code, page, table

LEAD = """\
One definition each, the same on a campaign's report, in its file, in comparisons and in the REST
interface. A rate is shown with Wilson's 95 % interval; the report begins with those marked "large".

Mỗi con số của báo cáo chiến dịch có một định nghĩa duy nhất, dùng chung cho trang, tệp, so sánh và
REST."""


def render() -> str:
    """The whole page."""
    models = table(
        ("Key", "Mô hình", "Model"), [(code(key), one.vi, one.en) for key, one in MODELS.items()]
    )
    days = ", ".join(str(one) for one in WINDOWS)
    orders = (
        f"## Đơn hàng thuộc về ai · Whose an order is\n\n{models}\n\nDays after a click: {days}."
    )
    return page(
        "Figures of a campaign · Con số của chiến dịch",
        LEAD,
        *map(_section, FIGURES.values()),
        orders,
    )


def _section(one: Figure) -> str:
    over = " / ".join(map(code, one.over)) if one.over else "count"
    shown = "large" if one.over and one.is_first else ""
    facts = table(("Key", "Of", "Shown"), [(code(one.key), over, shown)])
    heading = f"## {one.name.vi} · {one.name.en}"
    return "\n\n".join([heading, one.definition.vi, one.definition.en, facts])
