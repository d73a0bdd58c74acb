"""Rules in words a shop can read, one sentence each, and what differs between two sets of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from khachquen.base import Text
from khachquen.unify.decisions import kind_words
from khachquen.unify.identity import Rules
from khachquen.unify.identity.rules import STRENGTH, KindRules

__all__ = ["EVIDENCE", "FIELDS", "Difference", "compare_rules", "name_of", "say_rules"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that is not the same in two sets; empty words where one says nothing."""

    place: str
    about: Text
    before: Text
    after: Text


FIELDS = {
    "birthday": Text(vi="ngày sinh", en="birth date"),
    "national_id": Text(vi="số CCCD", en="citizen ID number"),
    "tax_code": Text(vi="mã số thuế", en="tax code"),
}
"""Facts no two people share → what they are called."""
EVIDENCE = {
    "trusted": Text(vi="nguồn có khóa bí mật", en="sources with a secret key"),
    "identify": Text(vi="khách tự giới thiệu", en="people's own words"),
    "alias": Text(vi="lời báo đổi mã", en="words of a new name"),
    "event": Text(vi="việc khách làm", en="what people do"),
    "score": Text(vi="điểm giống nhau", en="how alike they are"),
}
_HEADINGS = {
    "conflict": Text(vi="thông tin trái nhau", en="what contradicts"),
    "evidence": Text(vi="bằng chứng", en="evidence"),
    "public": Text(vi="nguồn công khai", en="public sources"),
    "blocked": Text(vi="giá trị không của ai", en="values that are nobody's"),
}
_NOTHING = Text(vi="", en="")


def say_rules(rules: Rules) -> dict[str, list[tuple[str, Text]]]:
    """About what → its sentences, each with the place of the rule."""
    told = {kind: list(_of_kind(kind, one)) for kind, one in rules.kinds.items()}
    return told | {
        "conflict": [("conflict", _conflict(rules))],
        "evidence": [("evidence", _evidence(rules)), ("public", _public(rules))],
        "blocked": list(_blocked(rules)),
    }


def compare_rules(before: Rules, after: Rules) -> list[Difference]:
    """What is said otherwise, in the order of the rules."""
    old, new = (_flat(rules) for rules in (before, after))
    places = sorted(dict.fromkeys([*old, *new]), key=_place)
    return [
        Difference(place, name_of(place), old.get(place, _NOTHING), new.get(place, _NOTHING))
        for place in places
        if old.get(place) != new.get(place)
    ]


def name_of(place: str) -> Text:
    """What a rule is about: a kind of identifier, or one of the other rules."""
    first, _, rest = place.partition(".")
    return kind_words(rest.partition(".")[0]) if first == "kinds" else _HEADINGS[first]


def _place(place: str) -> tuple[int, str]:
    kind = place.split(".")[1] if place.startswith("kinds.") else ""
    return (STRENGTH.index(kind) if kind else len(STRENGTH)), place


def _flat(rules: Rules) -> dict[str, Text]:
    return {place: text for told in say_rules(rules).values() for place, text in told}


def _of_kind(kind: str, one: KindRules) -> Iterable[tuple[str, Text]]:
    what = kind_words(kind)
    vi = f"Một người có nhiều nhất {_vi(one.limit)} {what.vi}"
    en = f"One person has at most {one.limit:,}"
    if one.window_days:
        vi += f" trong {_vi(one.window_days)} ngày liền"
        en += f" within {one.window_days:,} days"
    yield f"kinds.{kind}.limit", Text(vi=f"{vi}.", en=f"{en} of this kind: {what.en}.")
    if one.strong:
        yield (
            f"kinds.{kind}.strong",
            Text(
                vi="Tự nó đủ để biết là ai, nên nguồn công khai không được chiếm của người khác.",
                en="It names a person by itself, so a public source may not take somebody else's.",
            ),
        )
    for other, most in one.shared_after:
        beside = kind_words(other)
        yield (
            f"kinds.{kind}.shared_after.{other}",
            Text(
                vi=f"Đi cùng hơn {_vi(most)} {beside.vi} khác nhau thì là của chung, không gộp ai.",
                en=f"Told beside more than {most:,} of the kind {beside.en} it is shared; it joins "
                "nobody.",
            ),
        )


def _conflict(rules: Rules) -> Text:
    if not rules.contested:
        return Text(
            vi="Ngày sinh và giấy tờ khác nhau không ngăn việc gộp.",
            en="Other birth dates or papers keep nobody apart.",
        )
    fields = [FIELDS[field] for field in rules.contested]
    kinds = [kind_words(kind) for kind in sorted(rules.carriers)]
    differ, common = _listed([f.vi for f in fields], "hoặc"), _listed([k.vi for k in kinds], "hay")
    return Text(
        vi=f"Khác {differ} thì {common} chung không gộp họ: giữ riêng và chờ người xem.",
        en=f"Where {_listed([f.en for f in fields], 'or')} differ, a common "
        f"{_listed([k.en for k in kinds], 'or')} does not join; somebody is asked.",
    )


def _evidence(rules: Rules) -> Text:
    names = [EVIDENCE.get(name, Text(vi=name, en=name)) for name in rules.evidence]
    return Text(
        vi=f"Khi không thể tin hết, tin theo thứ tự: {', '.join(n.vi for n in names)}.",
        en=f"Where not all can hold, believed in this order: {', '.join(n.en for n in names)}.",
    )


def _public(rules: Rules) -> Text:
    if rules.may_join_vouched:
        return Text(
            vi="Nguồn công khai (trang web) được gộp hai khách đã xác nhận.",
            en="A public source (a website) may join two customers who are vouched for.",
        )
    return Text(
        vi="Nguồn công khai (trang web) không được gộp hai khách đã xác nhận.",
        en="A public source (a website) may not join two customers who are vouched for.",
    )


def _blocked(rules: Rules) -> Iterable[tuple[str, Text]]:
    for place, values, vi, en in (
        ("values", sorted(rules.blocked_values), "Không phải của ai", "Nobody's"),
        ("patterns", rules.blocked_patterns, "Không phải của ai, theo mẫu", "Nobody's, by pattern"),
        ("keys", sorted(rules.blocked_keys), "Của chính cửa hàng", "The shop's own"),
    ):
        if values:
            told = ", ".join(values)
            yield f"blocked.{place}", Text(vi=f"{vi}: {told}", en=f"{en}: {told}")


def _vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _listed(words: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "–"
