"""Segments page by page: made, counted, changed, put away; and who belongs."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from khachquen.base import KhachQuenError
from khachquen.govern import User, list_audit
from khachquen.understand.segments import add_segment, get_segment, list_segments
from khachquen.web.chips import written
from tests.web.segmented import keep_segments
from tests.web.story import HOSTILE, NOON, Sources, tell_the_story

pytestmark = pytest.mark.django_db

BUYERS = {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 1}
ORDERED = {"kind": "bought", "measure": "orders", "is": "at_least", "value": 1}
KNOWN = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}


@pytest.fixture
def story(hoa: User) -> Sources:
    told = tell_the_story()
    keep_segments(NOON)
    return told


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("<wbr>", "")


def save(client: Client, path: str, name: str, rule: object, **rest: Any) -> Any:
    told = {"name": name, "note": "", "rule": json.dumps(rule), "act": "save", **rest}
    return client.post(path, told)


def make(name: str, rule: dict[str, Any] | None) -> int:
    made = add_segment(name, rule, actor="hoa@example.vn", at=NOON)
    keep_segments(NOON)
    return made.id


def test_a_shop_without_segments_is_shown_what_to_begin_with(desk: Client, story: Sources) -> None:
    words = page(desk, "/segments")

    assert "Bắt đầu từ một mẫu" in words
    assert "/segments/new?starter=birthday" in words
    begun = page(desk, "/segments/new?starter=vip")
    assert 'value="Khách VIP"' in begun
    assert "10000000" in begun
    for key in ("new", "loyal", "at_risk", "lost", "abandoned_cart", "bought_a_not_b"):
        assert f"starter={key}" in words
    assert desk.get("/segments/new?starter=khong-co").status_code == 404


def test_a_segment_is_saved_and_its_members_stand_on_its_page(desk: Client, story: Sources) -> None:
    answer = save(desk, "/segments/new", "Người mua", BUYERS)
    [made] = list_segments()
    assert answer.headers["Location"] == f"/segments/{made.id}"
    assert "Đang tính" in page(desk, f"/segments/{made.id}")

    keep_segments(NOON)

    words = page(desk, f"/segments/{made.id}")
    assert 'href="/customers/1"' in words
    assert "Trần Nam" in words
    assert ">2</a>" in words, "how many"
    assert "Người mua" in page(desk, "/segments")
    assert next(iter(list_audit())).action == "segment.add"


def test_a_rule_that_is_not_right_says_where_and_keeps_nothing(
    desk: Client, story: Sources
) -> None:
    wrong = {"kind": "all", "of": [BUYERS, {"kind": "trait", "trait": "provinc", "is": "is_set"}]}

    answer = save(desk, "/segments/new", "Ở phố", wrong)

    assert answer.status_code == 400
    words = answer.content.decode()
    assert 'data-path="$.of[1].trait"' in words
    assert "Có phải là province?" in words
    assert "&quot;provinc&quot;" in words, "what was written is still there"
    assert list_segments() == []
    answer = desk.post("/segments/new", {"name": "Ở phố", "rule": "{", "act": "save"})
    assert "Đây không phải JSON." in answer.content.decode()


def test_the_same_name_twice_is_refused_beside_the_name(desk: Client, story: Sources) -> None:
    make("Người mua", BUYERS)

    answer = save(desk, "/segments/new", "người MUA", KNOWN)

    assert answer.status_code == 400
    assert 'id="id_name-error"' in answer.content.decode()
    assert len(list_segments()) == 1


def test_counting_shows_how_many_and_who_and_keeps_nothing(desk: Client, story: Sources) -> None:
    answer = desk.post("/segments/preview", {"rule": json.dumps(BUYERS)})

    words = answer.content.decode()
    assert "<strong>2</strong>" in words
    assert 'href="/customers/1"' in words
    assert "của 4 khách" in words
    assert list_segments() == []
    assert desk.get("/segments/preview").status_code == 405


def test_counting_a_rule_that_is_not_right_says_where(desk: Client, story: Sources) -> None:
    told = {"kind": "all", "of": [{**BUYERS, "value": "nhiều"}]}

    words = desk.post("/segments/preview", {"rule": json.dumps(told)}).content.decode()

    assert 'data-path="$.of[0].value"' in words
    assert "&#x27;nhiều&#x27; không phải số." in words


def test_without_a_script_the_check_button_counts_on_the_page(desk: Client, story: Sources) -> None:
    told = {"name": "Thử", "rule": json.dumps(BUYERS), "act": "check"}

    answer = desk.post("/segments/new", told)

    assert answer.status_code == 200
    assert "<strong>2</strong>" in answer.content.decode()
    assert list_segments() == []


def test_values_are_offered_as_they_are_and_never_those_of_one_person(
    desk: Client, story: Sources
) -> None:
    def offered(query: str) -> Any:
        return desk.get(f"/segments/values?{query}").json()["values"]

    assert offered("from=order&key=product&q=khan") == [["Khăn", "2"]]
    assert offered("from=event&event=Product+Added&key=name&q=ao") == [["Áo dài lụa", "1"]]
    assert offered("from=trait&key=email&q=hoa") == []
    assert offered("from=trait&key=khong_co") == []
    assert offered("from=people;drop&key=name") == []


def test_a_changed_segment_is_a_new_version_and_the_old_one_can_be_put_back(
    desk: Client, story: Sources
) -> None:
    number = make("Người mua", BUYERS)
    version = str(get_segment(number).version)

    save(desk, f"/segments/{number}/edit", "Khách đã biết", KNOWN, version=version)
    assert get_segment(number).rule == KNOWN
    assert desk.get(f"/segments/{number}/versions/1").status_code == 405
    desk.post(f"/segments/{number}/versions/1")

    now = get_segment(number)
    assert (now.name, now.rule, now.version) == ("Người mua", BUYERS, 3)
    assert desk.post(f"/segments/{number}/versions/99").status_code == 404


def test_two_who_change_the_same_segment_do_not_undo_each_other(
    desk: Client, story: Sources
) -> None:
    number = make("Người mua", BUYERS)
    save(desk, f"/segments/{number}/edit", "Người mua", KNOWN, version="1")

    answer = save(desk, f"/segments/{number}/edit", "Của tôi", BUYERS, version="1")

    assert answer.status_code == 400
    assert "Ai đó vừa lưu phân khúc này" in answer.content.decode()
    assert get_segment(number).rule == KNOWN


def test_a_segment_in_use_says_by_whom_and_is_not_put_away(desk: Client, story: Sources) -> None:
    buyers = make("Người mua", BUYERS)
    make("Không mua", {"kind": "not", "of": {"kind": "segment", "segment": buyers}})

    answer = desk.post(f"/segments/{buyers}/archive", {"archived": "1"}, follow=True)

    assert "Các phân khúc khác đang dùng: Không mua." in answer.content.decode()
    assert not get_segment(buyers).is_archived
    assert "Không mua" in page(desk, f"/segments/{buyers}")


def test_put_away_copied_and_taken_up_again(desk: Client, story: Sources) -> None:
    number = make("Người mua", BUYERS)

    desk.post(f"/segments/{number}/copy")
    desk.post(f"/segments/{number}/archive", {"archived": "1"})

    assert [one.name for one in list_segments()] == ["Người mua (bản sao)"]
    assert "Người mua" in page(desk, "/segments?show=archived")
    desk.post(f"/segments/{number}/archive", {"archived": "0"})
    assert not get_segment(number).is_archived
    assert desk.get(f"/segments/{number}/archive").status_code == 405


def test_two_segments_held_against_each_other(desk: Client, story: Sources) -> None:
    buyers, known = make("Người mua", BUYERS), make("Khách đã biết", KNOWN)

    words = page(desk, f"/segments/compare?one={buyers}&other={known}")

    assert 'aria-label="0 người chỉ ở “Người mua”, 2 người ở cả hai, 1 người chỉ ở' in words
    assert words.count("<circle") == 2
    assert "đừng kết luận vội" in words
    only_known = {
        "kind": "all",
        "of": [
            {"kind": "not", "of": {"kind": "segment", "segment": buyers}},
            {"kind": "segment", "segment": known},
        ],
    }
    told = urlencode({"who": "all", "rule": written(only_known)})
    assert f'href="/customers?{told}"'.replace("&", "&amp;") in words


def test_a_segment_is_not_held_against_itself(desk: Client, story: Sources) -> None:
    buyers = make("Người mua", BUYERS)

    assert "Cần hai phân khúc" in page(desk, f"/segments/compare?one={buyers}&other={buyers}")
    assert 'class="venn"' not in page(desk, "/segments/compare?one=999&other=x")


def test_a_rule_is_looked_back_on(
    desk: Client, story: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = NOON + timedelta(hours=1)
    monkeypatch.setattr("khachquen.web.pages.builder.system_clock", lambda: soon)
    told = {"rule": json.dumps(ORDERED), "days": "90"}

    words = desk.post("/segments/trend", told).content.decode()

    assert 'data-days="90" aria-pressed="true"' in words
    assert "đúng như ngày ấy" in words
    assert "Từ 0 người (22/08/2026) đến 2 người hôm nay" in words
    of_today = desk.post("/segments/trend", {"rule": json.dumps(BUYERS)}).content.decode()
    assert "thông tin khách lấy theo hôm nay" in of_today
    broken = desk.post("/segments/trend", {"rule": '{"kind": "did"}'})
    assert (broken.status_code, broken.content) == (204, b"")


def test_members_are_the_list_with_one_filter(desk: Client, story: Sources) -> None:
    number = make("Người mua", BUYERS)

    answer = desk.get(f"/segments/{number}/members")

    assert answer.status_code == 302
    told = page(desk, answer.headers["Location"])
    assert [f'href="/customers/{n}"' in told for n in (1, 2, 3)] == [True, True, False]
    assert desk.get("/segments/99/members").status_code == 404


def test_why_somebody_is_in_and_somebody_else_is_not(desk: Client, story: Sources) -> None:
    number = make(
        "Mua khăn",
        {
            "kind": "all",
            "of": [
                BUYERS,
                {
                    "kind": "bought",
                    "where": [{"property": "product", "is": "contains", "value": "ao dai"}],
                },
            ],
        },
    )

    assert "/why?who=2" in page(desk, f"/segments/{number}/why?q=nam")
    hoa, nam = (page(desk, f"/segments/{number}/why?who={who}") for who in (1, 2))

    assert "đang thuộc phân khúc" in hoa
    assert hoa.count("why-yes") == 3
    assert "không thuộc phân khúc" in nam
    assert (nam.count("why-yes"), nam.count("why-no")) == (1, 2)
    assert desk.get(f"/segments/{number}/why?who=404").status_code == 404


def test_evidence_is_written_as_people_read_it(desk: Client, story: Sources) -> None:
    spent = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 1_000_000}
    of = [KNOWN, {"kind": "not", "of": {"kind": "any", "of": [spent]}}]
    number = make("Đã biết, chi ít", {"kind": "all", "of": of})

    words = page(desk, f"/segments/{number}/why?who=1").replace("\xa0", " ")

    assert "Đang là: có." in words
    assert "Đang là: 1.250.000 ₫." in words


def test_the_rule_is_said_in_plain_words(desk: Client, story: Sources) -> None:
    number = make("Người mua", BUYERS)

    sentence = "Khách có số đơn hàng từ 1 trở lên."
    assert sentence in page(desk, f"/segments/{number}")
    assert sentence in page(desk, "/segments")
    words = desk.post("/segments/preview", {"rule": json.dumps(BUYERS)}).content.decode()
    assert sentence in words


def test_the_segments_of_one_person(desk: Client, story: Sources) -> None:
    make("Người mua", BUYERS)

    assert "Người mua" in page(desk, "/segments/of/1")
    assert "Chưa thuộc phân khúc nào." in page(desk, "/segments/of/3")


def test_a_list_made_by_hand_has_no_rule(desk: Client, story: Sources) -> None:
    assert "data-builder" not in page(desk, "/segments/new?kind=static")

    desk.post("/segments/new?kind=static", {"name": "Khách mời", "note": "", "act": "save"})

    [made] = list_segments()
    assert (made.kind, made.rule) == ("static", None)
    assert "Danh sách cố định" in page(desk, f"/segments/{made.id}")


def test_what_customers_wrote_is_never_markup(desk: Client, story: Sources) -> None:
    number = make(HOSTILE[:200], KNOWN)

    for path in ("/segments", f"/segments/{number}", f"/segments/{number}/edit"):
        assert "<script>alert" not in page(desk, path)
    words = desk.post("/segments/preview", {"rule": json.dumps(KNOWN)}).content.decode()
    assert "<script>alert" not in words


def test_nobody_is_let_in_without_signing_in(stranger: Client, story: Sources) -> None:
    for path in ("/segments", "/segments/new", "/segments/values?from=trait&key=city"):
        assert stranger.get(path).headers["Location"].startswith("/sign-in")
    assert stranger.post("/segments/preview", {"rule": "{}"}).status_code == 302


def test_a_segment_nobody_made_is_not_found(desk: Client, story: Sources) -> None:
    assert desk.get("/segments/404").status_code == 404
    assert desk.post("/segments/404/copy").status_code == 404
    with pytest.raises(KhachQuenError):
        get_segment(404)
