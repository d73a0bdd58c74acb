"""A campaign's report part by part: variants, segments, classes, mailboxes, links; as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from khachquen.activate.campaigns.report_figures import Counts
from khachquen.flows.dividing import CLASSES
from khachquen.flows.picturing import Picture
from khachquen.flows.reporting import REST, Earned, Report, readings
from khachquen.flows.reporting import Part as Counted
from khachquen.understand.classes import current_classes
from khachquen.understand.classes.saying import say_class
from khachquen.understand.query.classes import class_fields
from khachquen.understand.segments import list_segments
from khachquen.web.measuring import in_language
from khachquen.web.reported import Shown, show_rate

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the letters beside the others; ``value`` as an address names it."""

    value: str
    name: str
    counts: Counts
    opened: Shown
    clicked: Shown
    earned: Sequence[Earned]
    may_open: bool = True


@dataclass(frozen=True, slots=True)
class Split:
    """The letters split in one way, with what is to be said of it."""

    key: str
    title: str
    note: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one variant: number, words, address, how many clicked, of all who did what
    share. ``has_letter``: there is one to draw them in."""

    variant: str
    title: str
    clicked: int
    rows: Sequence[tuple[str, str, str, int, float]]
    has_letter: bool


def show_parts(report: Report) -> list[Split]:
    """Every way the letters are split; one part alone is no split."""
    names, titles, notes = _names(), split_names(), _notes()
    return [
        Split(
            split,
            titles[split],
            notes.get(split, ""),
            [
                _part(split, value, names, one.counts, one.earned)
                for value, one in _in_order(split, report, names)
            ],
        )
        for split, parts in report.parts.items()
        if len(parts) > 1 or (split in ("domain", "segment") and parts)
    ]


def split_names() -> dict[str, str]:
    """What the ways to split letters are called."""
    return {
        "variant": gettext("Theo phương án"),
        "segment": gettext("Theo phân khúc"),
        "stage": gettext("Theo giai đoạn"),
        "value_tier": gettext("Theo hạng chi tiêu"),
        "rfm": gettext("Theo nhóm RFM"),
        "domain": gettext("Theo hộp thư của khách"),
    }


def part_name(split: str, value: str) -> str:
    """What one part is called."""
    return _named(split, value, _names())


def file_rows(report: Report) -> Iterator[Sequence[Cell]]:
    """The report as rows of a file: of all letters, then of every part; numbers only."""
    names, titles = _names(), split_names()
    yield from _rows("", "", report.counts, report.earned)
    for split in report.parts:
        for value, one in _in_order(split, report, names):
            name = _named(split, value, names)
            yield from _rows(titles[split], name, one.counts, one.earned)


def show_links(report: Report, letters: Mapping[str, Picture]) -> list[Links]:
    """Variant by variant: each link clicked, as a reader reads it."""
    found = []
    for variant, many in report.links.items():
        letter = letters.get(variant)
        known = letter.links if letter else {}
        clicked = _clicked(report, variant)
        rows = [
            (
                link,
                known[link].words if link in known else "",
                known[link].address if link in known else "",
                people,
                people / (clicked or 1),
            )
            for link, people in many.items()
        ]
        title = gettext("Phương án %(key)s") % {"key": variant} if variant else ""
        found.append(Links(variant, title, clicked, rows, bool(known)))
    return found


def _clicked(report: Report, variant: str) -> int:
    part = report.parts["variant"].get(variant)
    return part.counts.clicked if part else report.counts.clicked


def _rows(split: str, part: str, counts: Counts, earned: Sequence[Earned]) -> Iterator[list[Cell]]:
    for one in readings(counts):
        name, definition = in_language(one.figure.name), in_language(one.figure.definition)
        yield [split, part, one.figure.key, name, one.value, one.of, definition]
    for brought in earned:
        name = gettext("Doanh thu thuần (%(currency)s)") % {"currency": brought.currency}
        key = f"net_minor_{brought.currency}"
        said = gettext("Tiền các đơn được ghi công, trừ hoàn trả, theo đơn vị nhỏ nhất.")
        yield [split, part, key, name, brought.net_minor, None, said]


def _part(
    split: str,
    value: str,
    names: Mapping[str, Mapping[str, str]],
    counts: Counts,
    earned: Sequence[Earned],
) -> Part:
    rates = {one.figure.key: show_rate(one) for one in readings(counts) if one.figure.over}
    return Part(
        value,
        _named(split, value, names),
        counts,
        rates["open_rate"],
        rates["click_rate"],
        [one for one in earned if one.net_minor] or earned[:1],
        may_open=value != REST,
    )


def _in_order(
    split: str, report: Report, names: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, Counted]]:
    """Classes in their own order, segments by size, the rest as it was counted."""
    parts = report.parts[split]
    if split in CLASSES:
        known = [value for value in names[split] if value in parts]
        return [(value, parts[value]) for value in (*known, *sorted(parts.keys() - set(known)))]
    if split == "segment":
        return sorted(
            parts.items(), key=lambda one: (one[0] == "", -one[1].counts.targeted, one[0])
        )
    return sorted(parts.items()) if split == "variant" else list(parts.items())


def _named(split: str, value: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if split == "segment" and value not in names["segment"]:
        return gettext("Phân khúc %(number)s") % {"number": value}
    return names.get(split, {}).get(value, value)


def _names() -> dict[str, dict[str, str]]:
    segments = [*list_segments(), *list_segments(archived=True)]
    found: dict[str, dict[str, str]] = {
        "variant": {"": gettext("Không thử nghiệm")},
        "segment": {
            **{str(one.id): one.name for one in segments},
            "": gettext("Không thuộc phân khúc nào"),
        },
        "domain": {REST: gettext("Các tên miền khác"), "": gettext("Không có email")},
    }
    language = get_language() or "vi"
    fields = class_fields(current_classes())
    nobody = {"value_tier": gettext("Chưa có hạng")}
    for split in CLASSES:
        choices = fields[split].choices if split in fields else ()
        said = {
            one.value: str(say_class(fields[split], one.value, language=language, sources={}))
            for one in choices
        }
        found[split] = {**said, "": nobody.get(split, gettext("Chưa mua lần nào"))}
    return found


def _notes() -> dict[str, str]:
    then = gettext(
        "Theo các đơn đã đặt trước lúc chốt danh sách gửi, nên ai mua nhờ thư vẫn nằm ở nhóm cũ; "
        "định nghĩa nhóm là định nghĩa bây giờ."
    )
    return {
        "segment": gettext(
            "Phân khúc của khách lúc chốt danh sách gửi. Một khách ở hai phân khúc được tính ở cả "
            "hai, nên các dòng không cộng lại thành tổng."
        ),
        **dict.fromkeys(CLASSES, then),
    }
