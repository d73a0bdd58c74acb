"""A campaign's report as pages show it: figures in words, charts, parts side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from khachquen.activate.campaigns.comparing import Interval
from khachquen.activate.campaigns.report_figures import (
    COMPLAINTS_STOP,
    COMPLAINTS_WARN,
    FEW,
    FIGURES,
    FUNNEL,
)
from khachquen.flows.aiming import PEOPLE
from khachquen.flows.reporting import Reading, Report, readings
from khachquen.web.components.figures import money, number, percent
from khachquen.web.measuring import in_language


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure in words. ``people`` is the count whose people a click shows; ``base`` and
    ``surely`` are the two halves of a rate's note: of how many, and how sure it is."""

    key: str
    name: str
    definition: str
    value: str
    note: str = ""
    people: str = ""
    warning: str = ""
    base: str = ""
    surely: str = ""


def tiles_of(report: Report) -> list[Shown]:
    """What is shown large: how many letters, the rates, what they brought. Always eight."""
    rates = [
        show_rate(one) for one in readings(report.counts) if one.figure.over and one.figure.is_first
    ]
    sent = FIGURES["sent"]
    name, definition = in_language(sent.name), in_language(sent.definition)
    letters = Shown("sent", name, definition, number(report.counts.sent), people="sent")
    earned = report.earned[0]
    brought = Shown(
        "net",
        gettext("Doanh thu nhờ thư"),
        gettext("Tổng tiền các đơn được ghi công cho chiến dịch này, trừ hoàn trả."),
        money(earned.net_minor, earned.currency),
        note=gettext("%(count)s khách đặt hàng") % {"count": number(report.counts.ordered)},
    )
    return [letters, *rates[:3], brought, *rates[3:]]


def list_rates(report: Report) -> list[Shown]:
    """Every rate, each under its own name with its own definition."""
    return [show_rate(one) for one in readings(report.counts) if one.figure.over]


def list_steps(report: Report) -> list[tuple[Shown, str]]:
    """Every count, and beside it its share of the letters sent where it is of those."""
    found = []
    for one in readings(report.counts):
        key = one.figure.key
        if one.figure.over:
            continue
        of_sent = key not in ("targeted", "skipped", "failed", "unknown", "open")
        share = percent(one.value / report.counts.sent) if of_sent and report.counts.sent else ""
        name, definition = in_language(one.figure.name), in_language(one.figure.definition)
        found.append((Shown(key, name, definition, number(one.value), people=key), share))
    return found


def show_rate(one: Reading) -> Shown:
    """A rate in words: its share, the two counts it is of, and how sure it is."""
    assert one.figure.over is not None
    digits = 2 if one.figure.over[0] in ("complained", "bounced", "unsubscribed") else 1
    base, surely = f"{number(one.value)} / {number(one.of)}", _surely(one.share, digits)
    return Shown(
        key=one.figure.key,
        name=in_language(one.figure.name),
        definition=in_language(one.figure.definition),
        value=percent(one.share.value if one.share else None, digits),
        note=" · ".join(filter(None, (base, surely))),
        people=one.figure.over[0],
        warning=_warning(one),
        base=base,
        surely=surely,
    )


def _surely(share: Interval | None, digits: int) -> str:
    if share is None:
        return ""
    words = gettext("từ %(low)s đến %(high)s")
    return words % {"low": percent(share.low, digits), "high": percent(share.high, digits)}


def _warning(one: Reading) -> str:
    if one.of is not None and 0 < one.of < FEW:
        return gettext("Dưới %(few)s: chưa nói lên điều gì") % {"few": FEW}
    if one.figure.key == "complaint_rate" and one.share and one.share.value >= COMPLAINTS_WARN:
        if one.share.value >= COMPLAINTS_STOP:
            return gettext("Vượt 0,3 %: hãy ngừng gửi và xem lại danh sách")
        return gettext("Vượt 0,1 %: hãy xem lại danh sách và nội dung")
    return ""


def draw_funnel(report: Report) -> Mapping[str, Any]:
    """From everybody it was meant for to those who bought, as bars that lie down."""
    return {
        "kind": "bar",
        "flat": True,
        "labels": [in_language(FIGURES[key].name) for key in FUNNEL],
        "series": [
            {
                "name": gettext("Số khách"),
                "values": [getattr(report.counts, key) for key in FUNNEL],
                "colour": 1,
            }
        ],
    }


def draw_hours(report: Report) -> Mapping[str, Any]:
    """When letters were first opened and first clicked, by the hour of the shop's day."""
    opened, clicked = zip(*report.hours, strict=True)
    return {
        "kind": "bar",
        "labels": [f"{hour} h" for hour in range(24)],
        "series": [
            {"name": in_language(FIGURES["opened"].name), "values": list(opened), "colour": 1},
            {"name": in_language(FIGURES["clicked"].name), "values": list(clicked), "colour": 2},
        ],
    }


def show_goal(report: Report) -> Mapping[str, Any] | None:
    """What the campaign was for, and how far it came, in the goal's unit."""
    goal = report.goal
    if goal is None:
        return None

    def told(value: float) -> str:
        if goal.currency:
            return money(round(value), goal.currency)
        return number(value, 0 if float(value).is_integer() else 1)

    action = "sign_up" if goal.key == "sign_ups" else report.wish.action
    return {
        "goal": goal,
        "name": in_language(goal.name),
        "wanted": told(goal.wanted),
        "reached": told(goal.reached),
        "in_time": told(goal.in_time) if goal.in_time != goal.reached else "",
        "share": percent(goal.share, 0) if goal.share is not None else "",
        "done": round(min(goal.in_time, goal.wanted)),
        "people": PEOPLE.get(goal.key, ""),
        "action": action,
    }


def list_lines(
    reports: Sequence[Report],
) -> list[tuple[str, str, str, str, list[tuple[int, str, str]]]]:
    """Every figure of several reports: name, definition, count to open, and each one's value with
    what it is of."""
    lines = []
    for row in zip(*(readings(one.counts) for one in reports), strict=True):
        figure = row[0].figure
        shown = [show_rate(one) if figure.over else None for one in row]
        cells = [
            (
                report.wish.scope.campaign_id,
                *((rate.value, rate.note) if rate else (number(one.value), "")),
            )
            for report, one, rate in zip(reports, row, shown, strict=True)
        ]
        name, definition = in_language(figure.name), in_language(figure.definition)
        behind = figure.over[0] if figure.over else figure.key
        lines.append((figure.key, name, definition, behind, cells))
    return lines


def show_lift(report: Report) -> Mapping[str, Any] | None:
    """What those held out say, in words."""
    lift = report.lift
    if lift is None:
        return None
    is_few = min(lift.meant.of, lift.held.of) < FEW
    sure = lift.share.low > 0 or lift.share.high < 0
    verdicts = {
        (False, True): gettext("Thư có làm thay đổi tỷ lệ mua: khoảng tin cậy không chứa 0."),
        (False, False): gettext(
            "Chưa thấy khác biệt chắc chắn: khoảng tin cậy còn chứa 0, có thể chỉ là ngẫu nhiên."
        ),
    }
    too_few = gettext("Mỗi nhóm cần ít nhất %(few)s người thì mới so được.") % {"few": FEW}
    return {
        "lift": lift,
        "verdict": too_few if is_few else verdicts[False, sure],
        "share": _points(lift.share),
        "worth": _worth(lift.worth, lift.currency) if lift.worth else "",
        "more": number(lift.share.value * lift.meant.of, 0),
    }


def _points(gap: Interval) -> str:
    words = gettext("%(value)s điểm phần trăm (từ %(low)s đến %(high)s)")
    return words % {
        "value": _signed(gap.value), "low": _signed(gap.low), "high": _signed(gap.high)
    }  # fmt: skip


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{number(share * 100, 2)}"


def _worth(gap: Interval, currency: str) -> str:
    words = gettext("%(value)s mỗi người (từ %(low)s đến %(high)s)")
    told = {"value": gap.value, "low": gap.low, "high": gap.high}
    return words % {name: money(round(value), currency) for name, value in told.items()}
