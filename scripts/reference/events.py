"""docs/reference/events.md: the calls, the event names that mean something, and every refusal."""

from khachquen.collect import STANDARD_EVENTS
from khachquen.collect.event import REASONS, Outcome, Reason
from scripts.reference.markdown import UNDOCUMENTED, code, page, table

LEAD = """\
Events arrive as Segment's calls: `identify`, `track`, `page`, `screen`, `group`, `alias`, alone or
in a `batch`. Any event name is kept and can be asked about; the names below mean something more.
Amounts are in the currency's main unit (199000 VND, 12.50 USD).

Sự kiện đến theo cách gọi của Segment. Tên nào cũng được lưu; các tên dưới đây có thêm ý nghĩa."""
OUTCOMES = {
    Outcome.STORED: ("Đã lưu.", "In the lake; it counts."),
    Outcome.DUPLICATE: ("Đã nhận trước đó.", "Its messageId was seen before; counted once."),
    Outcome.QUARANTINED: ("Giữ riêng, kèm lý do.", "Kept aside with its reason; nothing is lost."),
    Outcome.DROPPED: ("Không giữ, kèm lý do.", "Not kept, with its reason; counted."),
}


def render() -> str:
    """The whole page."""
    return page("Events · Sự kiện", LEAD, _names(), _outcomes(), _reasons())


def _names() -> str:
    rows = [
        (
            code(event.name),
            f"**{event.label.vi}.** {event.meaning.vi}",
            event.meaning.en,
            ", ".join(map(code, event.properties)),
            "yes" if event.trusted_only else "",
        )
        for event in STANDARD_EVENTS
    ]
    headings = ("Event", "Ý nghĩa", "Meaning", "Properties read", "Trusted keys only")
    return f"## Names\n\n{table(headings, rows)}"


def _outcomes() -> str:
    rows = [(code(o.value), *OUTCOMES.get(o, (UNDOCUMENTED,) * 2)) for o in Outcome]
    lead = "Every message meets exactly one end; the four add up to what came in."
    return f"## Ends\n\n{lead}\n\n{table(('End', 'Tiếng Việt', 'English'), rows)}"


def _reasons() -> str:
    words = [(reason, REASONS.get(reason)) for reason in Reason]
    rows = [
        (code(reason.value), text.vi if text else UNDOCUMENTED, text.en if text else UNDOCUMENTED)
        for reason, text in words
    ]
    headings = ("Reason", "Tiếng Việt", "English")
    return f"## Reasons of a refusal\n\n{table(headings, rows)}"
