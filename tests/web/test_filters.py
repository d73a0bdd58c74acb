"""Filters of the customer list: written in a form, held by the address, said as sentences."""

import html as markup
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from khachquen.govern import User
from khachquen.understand.segments import add_segment
from khachquen.understand.segments.catalogue import shop_catalogue
from khachquen.unify.models import Profile, Trait
from khachquen.web.chips import read_chips, written
from khachquen.web.filter_form import make_rule, open_form
from tests.web.segmented import keep_segments
from tests.web.story import NOON, tell_the_story

pytestmark = pytest.mark.django_db

RICH = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 1_000_000}
BUYERS = {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 1}
WOMEN = {"kind": "trait", "trait": "gender", "is": "is", "value": "female"}
NOBODY = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 9_000_000_000}


@pytest.fixture
def lan(desk: Client, hoa: User) -> Client:
    tell_the_story()
    keep_segments(NOON)
    return desk


def told(*rules: Any, **words: str) -> str:
    rule = [one if isinstance(one, str) else json.dumps(one) for one in rules]
    return "/customers?" + urlencode({**words, "rule": rule}, doseq=True)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return markup.unescape(answer.content.decode().replace("<wbr>", ""))


def names(words: str) -> list[str]:
    found = re.findall(r'<span class="person-name">(.*?)</span><?', words.partition("<table")[2])
    return [re.sub(r"<[^>]+>", "", name) for name in found]


def apply(client: Client, about: str, start: str = "/customers?who=known", **fields: Any) -> str:
    """Fill the form of a filter and send it; where it leads."""
    asked = parse_qs(urlsplit(start).query) | {"about": [about], "act": ["apply"]}
    asked |= {key: value if isinstance(value, list) else [value] for key, value in fields.items()}
    answer = client.get("/customers?" + urlencode(asked, doseq=True))
    assert answer.status_code == 302, markup.unescape(answer.content.decode())[-3000:]
    return answer.headers["Location"]


def rules(address: str) -> list[Any]:
    return [json.loads(one) for one in parse_qs(urlsplit(address).query).get("rule", [])]


def test_a_filter_is_a_chip_with_its_sentence_and_narrows_the_list(lan: Client) -> None:
    words = page(lan, told(RICH))

    assert names(words) == ["Nguyễn Thị Hoa"]
    assert "Có tổng chi tiêu từ 1.000.000 đ trở lên" in words
    assert "1 người" in words
    both = page(lan, told(BUYERS, WOMEN))
    assert names(both) == ["Nguyễn Thị Hoa"]
    assert names(page(lan, told(BUYERS, sort="spent.asc"))) == ["Trần Nam", "Nguyễn Thị Hoa"]


def test_words_filters_and_order_go_together(lan: Client) -> None:
    assert names(page(lan, told(BUYERS, q="nam"))) == ["Trần Nam"]
    assert names(page(lan, told(BUYERS, q="A-1"))) == ["Nguyễn Thị Hoa"], "by an order's number"
    assert names(page(lan, told(BUYERS, q="nam", sort="name.desc"))) == ["Trần Nam"]
    assert names(page(lan, told(RICH, q="nam"))) == []


def test_everything_there_is_can_be_added(lan: Client) -> None:
    words = page(lan, "/customers")

    for key in ("trait:gender", "trait:spent", "trait:stage", "bought", "did:Product+Viewed"):
        assert f"add={key.replace(':', '%3A')}".replace("+", "%20") in words, key
    assert "add=segment" not in words, "there is none yet"
    assert 'value="trait:national_id"' not in words
    assert "national_id" not in words, "what is sealed cannot be asked for"


@pytest.mark.parametrize(
    ("about", "fields", "rule"),
    [
        ("trait:spent", {"is": "at_least", "one": "500000"},
         {"kind": "trait", "trait": "spent", "is": "at_least", "value": 500_000}),
        ("trait:spent", {"is": "between", "low": "1", "high": "2.5", "one": "9"},
         {"kind": "trait", "trait": "spent", "is": "between", "value": [1, 2.5]}),
        ("trait:gender", {"is": "in", "many": ["female", "male"]},
         {"kind": "trait", "trait": "gender", "is": "in", "value": ["female", "male"]}),
        ("trait:province", {"is": "in", "many": "Huế\r\n\r\nHà Nội "},
         {"kind": "trait", "trait": "province", "is": "in", "value": ["Huế", "Hà Nội"]}),
        ("trait:last_seen", {"is": "longer_ago", "n": "30", "unit": "day"},
         {"kind": "trait", "trait": "last_seen", "is": "longer_ago",
          "value": {"n": 30, "unit": "day"}}),
        ("trait:birthday", {"is": "anniversary_this", "stretch": "month"},
         {"kind": "trait", "trait": "birthday", "is": "anniversary_this", "value": "month"}),
        ("trait:is_known", {"is": "is", "one": "yes"},
         {"kind": "trait", "trait": "is_known", "is": "is", "value": True}),
        ("trait:email", {"is": "is_not_set", "one": ""},
         {"kind": "trait", "trait": "email", "is": "is_not_set"}),
        ("did:page", {"side": "not", "window": "last", "last_n": "7", "last_unit": "day"},
         {"kind": "not", "of": {"kind": "did", "event": "page",
          "within": {"last": {"n": 7, "unit": "day"}}}}),
        ("did:Product Added", {"is": "at_least", "one": "3", "property": "name",
          "property_is": "contains", "property_value": "lụa"},
         {"kind": "did", "event": "Product Added", "where": [
          {"property": "name", "is": "contains", "value": "lụa"}], "is": "at_least", "value": 3}),
        ("bought", {"measure": "spent", "is": "at_least", "one": "200000", "window": "dates",
          "window_from": "2026-11-01", "window_until": "2026-11-30"},
         {"kind": "bought", "measure": "spent", "within": {"from": "2026-11-01",
          "until": "2026-11-30"}, "is": "at_least", "value": 200_000}),
    ],
)  # fmt: skip
def test_what_is_filled_in_becomes_the_rule_and_the_rule_the_same_form(
    lan: Client, about: str, fields: dict[str, Any], rule: dict[str, Any]
) -> None:
    address = apply(lan, about, **fields)
    assert rules(address) == [rule]
    page(lan, address)

    form = page(lan, f"{address}&change=0")
    assert 'id="f-raw"' not in form, "the form holds all of it"
    again = apply(lan, about, address, **fields, place="0")
    assert rules(again) == [rule], "changed into itself, it is still one"


def test_a_filter_is_changed_in_its_place_and_taken_away(lan: Client) -> None:
    start = told(BUYERS, RICH, WOMEN)

    changed = apply(lan, "trait:spent", start, **{"is": "at_least", "one": "5", "place": "1"})

    assert [one["trait"] for one in rules(changed)] == ["orders_count", "spent", "gender"]
    assert rules(changed)[1]["value"] == 5
    words = lan.get(start).content.decode()
    [without] = re.findall(r'href="([^"]*)" title="Bỏ bộ lọc".{0,200}?Có tổng chi tiêu', words)
    assert rules(markup.unescape(without)) == [BUYERS, WOMEN]


def test_a_filter_no_form_can_hold_is_changed_as_json(lan: Client) -> None:
    either = {"kind": "any", "of": [RICH, WOMEN]}

    words = page(lan, f"{told(either)}&change=0")

    assert 'id="f-raw"' in words
    assert names(words) == ["Nguyễn Thị Hoa"]
    changed = apply(lan, "raw", told(either), raw=json.dumps(BUYERS), place="0")
    assert rules(changed) == [BUYERS]


@pytest.mark.parametrize("broken", ['{"kind":"trait","trait":"spen","is":"is_set"}', "{", '{"kind'])
def test_a_slip_in_the_address_teaches_and_loses_no_other_filter(lan: Client, broken: str) -> None:
    words = page(lan, told(BUYERS, broken, WOMEN))

    assert 'role="alert"' in words
    if "spen" in broken:
        assert "Có phải là spent?" in words
    assert "Có số đơn hàng từ 1 trở lên" in words
    assert words.count("filter-chip-words") == 3
    assert names(words) == [], "who is found by half of what was asked is nobody asked for"
    assert (
        broken.replace('"', "&quot;")
        in lan.get(f"{told(BUYERS, broken)}&change=1").content.decode()
    )


def test_a_value_that_is_none_is_refused_beside_the_form_and_stays_in_it(lan: Client) -> None:
    asked = {"about": "trait:spent", "act": "apply", "is": "at_least", "one": "nhiều"}

    words = page(lan, f"{told(WOMEN)}&{urlencode(asked)}")

    assert "'nhiều' không phải số tiền." in words
    assert 'value="nhiều"' in words
    assert words.count("filter-chip-words") == 1
    assert page(lan, "/customers?add=trait:khong_co").count('id="filter"') == 0


def test_nobody_found_says_which_filter_to_drop(lan: Client) -> None:
    words = page(lan, told(BUYERS, NOBODY))

    assert "Không có ai vừa đủ mọi điều kiện" in words
    assert "2 người" in words[words.index("Bỏ bớt một điều kiện") :]
    assert "Bỏ “Có tổng chi tiêu từ 9.000.000.000 đ trở lên”" in words
    assert "Bỏ “Có số đơn hàng" not in words, "that would not help"
    assert "Bỏ ““bình””: 1 người" in page(lan, told({**RICH, "value": 900_000}, q="bình"))


def test_the_members_of_a_segment_are_the_list_with_one_filter(lan: Client) -> None:
    made = add_segment("Người mua", BUYERS, actor="hoa@example.vn", at=NOON)
    keep_segments(NOON)

    answer = lan.get(f"/segments/{made.id}/members", follow=True)

    words = markup.unescape(answer.content.decode())
    assert "Thuộc phân khúc «Người mua»" in words
    assert names(words) == ["Trần Nam", "Nguyễn Thị Hoa"]
    assert "add=segment" in words
    left_out = apply(lan, "segment", side="not", segment=str(made.id))
    assert "Nguyễn Thị Hoa" not in page(lan, left_out).partition("<table")[2]


def test_saved_as_a_segment_it_is_the_same_people(lan: Client) -> None:
    words = page(lan, told(RICH, WOMEN))

    [link] = re.findall(r'href="(/segments/new\?rule=[^"]*)"', words)
    form = page(lan, link)
    rule = json.loads(re.findall(r"<textarea[^>]*data-rule[^>]*>(.*?)</textarea>", form, re.S)[0])
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    assert rule == {"kind": "all", "of": [known, RICH, WOMEN]}


def test_a_view_keeps_filters_columns_and_order(lan: Client) -> None:
    words = {"q": "h", "sort": "trait:gender.desc", "columns": "phone,trait:gender"}
    rule = [json.dumps(BUYERS), json.dumps(WOMEN)]

    answer = lan.post("/customers/views", {**words, "rule": rule, "name": "Chị em hay mua"})

    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {**{key: [value] for key, value in words.items()}, "rule": rule}
    assert 'aria-current="true">Chị em hay mua' in page(lan, answer.headers["Location"])


def test_filters_that_are_behind_say_as_of_when(lan: Client) -> None:
    from khachquen.store.touched import touch

    assert "Bộ lọc tính đến" not in page(lan, told(BUYERS))
    touch([1], at=NOON - timedelta(days=1))
    assert "Bộ lọc tính đến" in page(lan, told(BUYERS))
    assert "Bộ lọc tính đến" not in page(lan, "/customers"), "that is never behind"


def test_whoever_is_gone_meanwhile_is_not_shown(lan: Client) -> None:
    Profile.objects.filter(id=1).update(merged_into=2)

    assert names(page(lan, told(BUYERS))) == ["Trần Nam"]


def test_values_that_are_there_are_offered(lan: Client) -> None:
    Trait.objects.create(
        node_id=20, name="province", source_id=1, value='"Cao Bằng"', at=NOON, message_id="p-1"
    )
    from khachquen.store.touched import touch

    touch([2], at=NOON)
    keep_segments(NOON)

    assert '<option value="Cao Bằng">' in page(lan, "/customers?add=trait:province")
    assert "hoa@example.vn" not in page(lan, "/customers?add=trait:email").partition("</form>")[0]


def test_every_consent_household_and_habit_is_written_in_fields_and_said_in_words() -> None:
    catalogue = shop_catalogue()
    asked = [
        ("may_send:ads:email", True, "Được gửi “Quảng cáo, khuyến mãi” qua Email"),
        ("consent:ads:zalo", "withdrawn", "Đã rút lại sự đồng ý “Quảng cáo, khuyến mãi” qua Zalo"),
        ("consent:ads:sms", "unknown", "Chưa được hỏi về “Quảng cáo, khuyến mãi” qua Tin nhắn SMS"),
        ("household_size", 3, "Có số người trong hộ là 3"),
        ("favourite_weekday", "7", "Có thứ hay mua là Chủ nhật"),
        ("favourite_hour", 9, "Có giờ hay mua là 9"),
    ]
    for key, value, words in asked:
        rule = {"kind": "trait", "trait": key, "is": "is", "value": value}
        form = open_form("", rule, catalogue)
        assert form is not None
        assert (form.kind, make_rule(form)) == ("trait", rule)
        [chip], _ = read_chips([written(rule)])
        assert chip.words == words
    left = {"kind": "trait", "trait": "suppressed", "is": "has", "value": "complained"}
    form = open_form("", left, catalogue)
    assert form is not None
    assert ("complained", "đã báo thư của cửa hàng là thư rác") in form.choices
    assert make_rule(form) == left
