"""The classes page by page: read, changed as a draft, applied, put back; and of one person."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from khachquen.govern import User, list_audit
from khachquen.store.touched import touch
from khachquen.understand.classes import current_classes, current_version, newest_scores, score
from khachquen.understand.segments import add_segment
from khachquen.unify.models import Profile, Trait
from tests.web.segmented import keep_segments
from tests.web.story import HOSTILE, NOON, Sources, node, order, person, tell_the_story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in ("classes", "ideal"):
        monkeypatch.setattr(f"khachquen.web.pages.{page}.system_clock", lambda: NOON)


@pytest.fixture
def story(hoa: User) -> Sources:
    told = tell_the_story()
    keep_segments(NOON)
    return told


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("<wbr>", "")


def filled(client: Client, **changed: Any) -> dict[str, Any]:
    """What a browser would send of the form, with some fields changed."""
    form = client.get("/classes/edit").context["form"]
    told = {name: form[name].value() for name in form.fields}
    told = {name: "" if value is None else value for name, value in told.items()}
    return told | {"after": current_version().number, "act": "check"} | changed


def test_each_class_says_what_it_means_and_how_many_are_in_it(desk: Client, story: Sources) -> None:
    words = page(desk, "/classes")

    assert "Trong 30 ngày từ đơn đầu tiên." in words
    assert "Đơn gần nhất cách đây từ 60 đến 180 ngày." in words
    assert "Đã chi từ 1.000.000\xa0₫." in words
    assert "Chưa chấm điểm được" in words
    answer = desk.get("/classes")
    assert {line.key: line.people for line in answer.context["stages"]}["new"] == 1
    begun = page(desk, answer.context["stages"][0].href)
    assert '"value": "new"' in begun.replace("&quot;", '"')
    assert 'value="Mới"' in begun


def test_scored_the_page_says_since_when_and_what_each_score_means(
    desk: Client, story: Sources
) -> None:
    assert desk.post("/classes/score").status_code == 302

    answer = desk.get("/classes")

    assert answer.context["cuts"][0][0] == "5"
    assert sum(line.people for line in answer.context["rfm"]) == 1
    assert "Mức điểm chia 1 khách đã mua thành năm phần, tính lúc" in answer.content.decode()
    scores = newest_scores()
    assert scores is not None
    assert scores.at == NOON


def test_a_change_shows_who_would_move_and_holds_once_applied(desk: Client, story: Sources) -> None:
    told = filled(
        desk, **{"tiers[2].least": 2_000_000, "tiers[2].label": "Bạch kim", "note": "Giá tăng"}
    )

    checked = desk.post("/classes/edit", told)

    assert checked.status_code == 200
    [tier] = [kind for kind in checked.context["moves"] if kind["title"] == "Hạng chi tiêu"]
    [move] = tier["lines"]
    assert (move.was, move.becomes, move.people) == ("bạc", "thành viên", 1)
    assert current_version().number == 0, "nothing holds yet"

    assert desk.post("/classes/edit", {**told, "act": "apply"}).status_code == 302

    silver = current_classes().tiers[2]
    assert (silver.key, silver.label.vi, silver.label.en) == ("silver", "Bạch kim", "Bạch kim")
    assert current_classes().tiers[0].label.en == "VIP"
    assert (current_version().by, current_version().note) == ("hoa@example.vn", "Giá tăng")
    assert next(iter(list_audit())).action == "classes.change"

    assert desk.post("/classes/versions/0").status_code == 302
    assert current_classes().tiers[2].label.vi == "bạc"
    assert "Đặt lại bản 0" in page(desk, "/classes")
    assert desk.post("/classes/versions/77").status_code == 404


def test_a_class_may_come_and_go(desk: Client, story: Sources) -> None:
    told = filled(
        desk,
        **{
            "tiers[0].label": "",
            "tiers[4].label": "Kim cương",
            "tiers[4].least": 50_000_000,
            "act": "apply",
        },
    )

    assert desk.post("/classes/edit", told).status_code == 302

    assert [tier.key for tier in current_classes().tiers] == [
        "kim_cuong",
        "gold",
        "silver",
        "member",
    ]


def test_what_is_wrong_stands_beside_its_field_and_changes_nothing(
    desk: Client, story: Sources
) -> None:
    for changed, words in (
        ({"lost_days": 10}, "Phải sau khi hết “đang mua”"),
        ({"new_days": "một"}, "Nhập một số, ví dụ 60."),
        ({"rfm[3].money": "5-3"}, "Điểm từ 1 đến 5, số nhỏ trước"),
        ({"rfm[0].label": "", "rfm[1].money": "x"}, "Điểm từ 1 đến 5, số nhỏ trước"),
        ({"tiers[1].least": ""}, "không phải số từ 1"),
        ({"after": 3, "act": "apply", "new_days": 5}, "Ai đó vừa đổi cách phân loại"),
    ):
        answer = desk.post("/classes/edit", filled(desk, **changed))
        assert answer.status_code == 400, changed
        assert words in answer.content.decode(), changed
    assert current_version().number == 0


def test_a_hostile_name_is_shown_as_text(desk: Client, story: Sources) -> None:
    told = filled(desk, **{"tiers[0].label": HOSTILE[:60], "act": "apply"})
    assert desk.post("/classes/edit", told).status_code == 302

    for path in ("/classes", "/classes/edit", "/customers/1/classes"):
        assert "<script>alert" not in page(desk, path)


def test_one_person_has_each_class_with_its_reason(desk: Client, story: Sources) -> None:
    for days in (3, 100, 130):
        order(story.till, f"B-{days}", 10, NOON - timedelta(days=days), total_minor=1000)

    words = page(desk, "/customers/1/classes")

    assert "Đang mua" in words
    assert "từ 17/11/2026: mua lại" in words
    assert "đã chi 1.250.000\xa0₫; còn 3.750.000\xa0₫ nữa là lên hạng vàng" in words
    assert "60 ngày không mua lại" in words
    assert "Khách chưa mua" in page(desk, "/customers/3/classes")
    assert desk.get("/customers/404/classes").status_code == 404
    assert "/customers/1/classes" in page(desk, "/customers/1")


def test_strangers_see_nothing_and_may_change_nothing(stranger: Client, story: Sources) -> None:
    for path in ("/classes", "/classes/edit", "/classes/best", "/customers/1/classes"):
        assert stranger.get(path).status_code == 302
    for path in ("/classes/score", "/classes/versions/0", "/classes/edit"):
        assert stranger.post(path).status_code in (302, 403)
    assert newest_scores() is None


def test_only_administrators_change_how_everybody_is_classified(
    nam: User, desk: Client, story: Sources
) -> None:
    told = filled(desk, new_days=5, act="apply")
    desk.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    assert "Đổi cách phân loại" not in page(desk, "/classes")
    assert desk.get("/classes/edit").status_code == 403
    for path, body in (
        ("/classes/edit", told),
        ("/classes/score", {}),
        ("/classes/versions/0", {}),
    ):
        assert desk.post(path, body).status_code == 403

    assert current_version().number == 0
    assert newest_scores() is None


def test_too_few_customers_are_not_compared(desk: Client, story: Sources) -> None:
    assert "Chưa đủ khách để so" in page(desk, "/classes/best")


def many_customers() -> None:
    """40 of 400 spend most; of those 30 live in Huế, of the others 36."""
    for number in range(100, 500):
        is_best = number < 140
        spent = 5_000_000 if is_best else 100_000
        person(number, f"Khách {number}", spent_minor=spent, orders=1, last_order_at=NOON)
        node(number, f"user:{number}", number)
        in_hue = number < 130 or (not is_best and number % 10 == 0)
        city = "Huế" if in_hue else "Hà Nội"
        Trait.objects.create(
            node_id=number, name="city", source_id=1, value=json.dumps(city), at=NOON,
            message_id=f"c-{number}",
        )  # fmt: skip
    Profile.objects.filter(id__lt=100).update(last_order_at=None)
    touch(range(1, 500), at=NOON)


def test_what_the_best_have_in_common_has_both_shares_and_opens_as_a_segment(
    desk: Client, story: Sources
) -> None:
    many_customers()
    keep_segments(NOON)

    answer = desk.get("/classes/best")

    assert (answer.context["found"].best, answer.context["found"].rest) == (40, 360)
    [more] = [row for row in answer.context["more"] if row.name == "Tỉnh, thành phố"]
    assert (more.value, more.lift.best, more.lift.rest) == ("Huế", 30, 36)
    assert (more.lift.share, more.lift.share_of_rest, more.lift.lift) == (0.75, 0.1, 7.5)
    assert [row.value for row in answer.context["fewer"] if row.name == "Tỉnh, thành phố"] == [
        "Hà Nội"
    ]
    words = answer.content.decode()
    assert "So 40 khách đã chi từ 5.000.000\xa0₫ trở lên với 360 khách đã mua khác." in words
    assert "75,0\xa0%" in words

    begun = desk.get(more.best_href).context["form"]["rule"].value()
    made = add_segment("Khách tốt ở Huế", json.loads(begun), actor="hoa", at=NOON)
    others = desk.get(more.rest_href).context["form"]["rule"].value()
    rest = add_segment("Huế, còn lại", json.loads(others), actor="hoa", at=NOON)
    keep_segments(NOON)
    assert [desk.get(f"/segments/{one.id}").context["segment"].size for one in (made, rest)] == [
        30,
        36,
    ]


def test_a_segment_is_held_against_all_others_without_what_it_asks_for(
    desk: Client, story: Sources
) -> None:
    many_customers()
    hue = {"kind": "trait", "trait": "province", "is": "is", "value": "Huế"}
    made = add_segment("Người Huế", hue, actor="hoa", at=NOON)
    keep_segments(NOON)
    score(NOON)

    answer = desk.get(f"/classes/best?segment={made.id}")

    assert answer.context["found"].best == 66
    names = {row.name for row in (*answer.context["more"], *answer.context["fewer"])}
    assert "Hạng chi tiêu" in names
    assert "Tỉnh, thành phố" not in names


def test_what_leaves_of_a_person_has_their_classes(desk: Client, story: Sources) -> None:
    told = json.loads(desk.post("/customers/1/export", {"as": "json"}).content)

    stage = {"label": "Giai đoạn", "since": "2026-11-20T05:00:00+00:00", "cause": "đơn đầu tiên"}
    assert {"class": "stage", "value": "new", **stage} in told["classes"]
    assert {"class": "value_tier", "label": "Hạng chi tiêu", "value": "silver"} in told["classes"]
