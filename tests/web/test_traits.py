"""The registry page by page, and a person's values with where they come from."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from khachquen.govern import User, list_audit
from khachquen.unify.models import Trait
from khachquen.unify.traits import Standing, load_registry, note_arrived, rank_source, standings
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.models import Attribute
from khachquen.unify.traits.sealing import seal
from khachquen.unify.traits.vault import installed_keys, save_boxes
from tests.web.exported import exported
from tests.web.story import HOSTILE, NOON, Sources, tell_the_story

pytestmark = pytest.mark.django_db
NUMBER = "079195012345"
WEDDING = {
    "label": "Ngày cưới",
    "label_en": "Wedding day",
    "kind": "date",
    "pii": "linkable",
    "sensitivity": "basic",
    "source_class": "given",
    "in_list": "on",
}


@pytest.fixture
def story(hoa: User) -> Sources:
    return tell_the_story()


@pytest.fixture
def nams_desk(nam: User) -> Client:
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("<wbr>", "")


def say(name: str, value: object, source: int, *, minutes: int = 0) -> None:
    Trait.objects.create(
        node_id=10,
        name=name,
        source_id=source,
        value=json.dumps(value),
        at=NOON + timedelta(minutes=minutes),
        message_id=f"s-{name}-{source}",
    )


def seal_for_hoa(source: int) -> str:
    box = seal(built_in()["national_id"], NUMBER, installed_keys().get(), said_in="1:m")
    save_boxes([box], at=NOON)
    say("cccd", box.token, source)
    return box.token


def test_a_wedding_day_is_added_and_stands_on_the_person_and_in_the_list(
    desk: Client, story: Sources
) -> None:
    answer = desk.post("/traits/new", WEDDING, follow=True)
    assert "Đã thêm “Ngày cưới”" in answer.content.decode()

    say("Ngày cưới", "24/12/2019", story.website)

    person = page(desk, "/customers/1")
    assert "Ngày cưới" in person
    assert "24/12/2019" in person
    people = page(desk, "/customers")
    assert "sort=trait%3Angay_cuoi" in people
    assert 'data-label="Ngày cưới">24/12/2019</td>' in people
    [head, *rows] = exported(desk)
    assert head[-1] == "Ngày cưới"
    assert [row[-1] for row in rows if "hoa@example.vn" in row] == ["2019-12-24"]


def test_a_form_that_is_not_right_says_what_would_be_and_adds_nothing(desk: Client) -> None:
    answer = desk.post("/traits/new", {**WEDDING, "label": "Sinh nhật"})

    assert answer.status_code == 400
    words = answer.content.decode()
    assert "Đã có thuộc tính “Ngày sinh” hiểu tên &#x27;Sinh nhật&#x27;." in words
    assert 'value="Sinh nhật"' in words, "what was typed is still there"
    answer = desk.post("/traits/new", {**WEDDING, "kind": "choice", "choices": "chỉ một"})
    assert "Thuộc tính chọn cần ít nhất hai giá trị." in answer.content.decode()
    assert not Attribute.objects.exists()


def test_only_an_administrator_changes_the_registry(nams_desk: Client, hoa: User) -> None:
    assert "Thuộc tính" in page(nams_desk, "/traits")

    for path, told in (
        ("/traits/new", WEDDING),
        ("/traits/one?key=birthday", {"label": "Sinh nhật"}),
        ("/traits/archive", {"key": "birthday", "archived": "1"}),
    ):
        assert nams_desk.post(path, told).status_code == 403, path
    assert not Attribute.objects.exists()
    assert list_audit() == []


def test_only_an_administrator_ranks_sources(nams_desk: Client, story: Sources) -> None:
    told = {"source": story.till, "rank": "1", "source_class": "given"}

    assert nams_desk.post("/traits/sources", told).status_code == 403
    assert standings() == {}


def test_what_arrived_unasked_is_classified_whatever_it_is_called(
    desk: Client, story: Sources
) -> None:
    note_arrived([HOSTILE, "con_giap"], load_registry(), at=NOON)

    words = page(desk, "/traits")
    assert "Chờ phân loại" in words
    assert HOSTILE not in words
    told = {**WEDDING, "label": "Con giáp", "kind": "text", "pii": "none"}
    answer = desk.post("/traits/one?key=con_giap", told)
    assert answer.status_code == 302
    assert load_registry().find("con_giap").pii == "none"


def test_of_a_built_in_trait_the_form_offers_what_may_change(desk: Client) -> None:
    words = page(desk, "/traits/one?key=birthday")

    assert 'name="label"' in words
    assert 'name="rule"' in words
    assert 'name="pii"' not in words
    assert 'name="rule"' not in page(desk, "/traits/one?key=name")
    assert desk.get("/traits/one?key=khong-co").status_code == 404


def test_archived_and_restored(desk: Client, story: Sources) -> None:
    desk.post("/traits/archive", {"key": "gender", "archived": "1"})
    assert "Đã cất đi" in page(desk, "/traits")
    assert "Giới tính" not in page(desk, "/customers/1")

    desk.post("/traits/archive", {"key": "gender", "archived": "0"})
    assert "Giới tính" in page(desk, "/customers/1")


def test_the_report_shows_every_class_and_nothing_unclassified(desk: Client) -> None:
    words = page(desk, "/traits/stored")

    for part in ("Tự nó chỉ ra một người", "Ghép lại mới chỉ ra", "Không phải dữ liệu cá nhân"):
        assert part in words
    assert "Chưa phân loại" not in words
    assert "unify_profile" in words


def test_the_trusted_source_wins_and_the_person_says_why(desk: Client, story: Sources) -> None:
    say("birthday", "1990-12-24", story.till)
    say("ngay_sinh", "01/01/1991", story.website, minutes=9)
    rank_source(story.till, Standing(2, "given"), actor="hoa@example.vn", at=NOON)
    rank_source(story.website, Standing(8, "bought"), actor="hoa@example.vn", at=NOON)

    words = page(desk, "/customers/1")

    assert "từ nguồn đáng tin nhất" in words
    assert "nguồn kém tin hơn" in words
    assert "Mua hoặc nhận từ nơi khác" in words
    assert words.index("24/12/1990") < words.index("01/01/1991")


def test_what_cannot_be_read_is_shown_with_what_would_be_right(
    desk: Client, story: Sources
) -> None:
    say("birthday", "ba mươi", story.till)

    words = page(desk, "/customers/1")

    assert "không phải là ngày. Viết như 31/12/1990." in words
    assert "ba mươi" in words


def test_an_id_number_is_masked_and_opened_for_a_reason(desk: Client, story: Sources) -> None:
    token = seal_for_hoa(story.till)

    masked = page(desk, "/customers/1")
    assert "0791******45" in masked
    assert NUMBER not in masked
    refused = desk.post("/customers/1/reveal", {"token": token, "reason": "x"})
    assert refused.status_code == 400
    assert NUMBER not in refused.content.decode()
    assert list_audit() == []

    answer = desk.post("/customers/1/reveal", {"token": token, "reason": "làm hợp đồng"})

    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    [entry] = list_audit()
    assert (entry.action, entry.subject) == ("sealed.reveal", "profile:1")
    assert entry.detail["reason"] == "làm hợp đồng"
    assert desk.get("/customers/1/reveal").status_code == 405


def test_nam_sees_stars_and_cannot_open_them(nams_desk: Client, story: Sources) -> None:
    token = seal_for_hoa(story.till)

    words = page(nams_desk, "/customers/1")
    assert "0791******45" in words
    assert "Mở niêm phong" not in words
    answer = nams_desk.post("/customers/1/reveal", {"token": token, "reason": "làm hợp đồng"})

    assert answer.status_code == 403
    assert NUMBER not in answer.content.decode()
    assert [entry.action for entry in list_audit()] == ["sealed.refused"]


def test_a_value_is_opened_only_on_the_page_of_its_person(desk: Client, story: Sources) -> None:
    token = seal_for_hoa(story.till)

    for path in ("/customers/2/reveal", "/customers/404/reveal"):
        assert desk.post(path, {"token": token, "reason": "làm hợp đồng"}).status_code == 404
    assert desk.post("/customers/1/reveal", {"token": "", "reason": "xyz ab"}).status_code == 404
    assert list_audit() == []


def test_neither_the_list_nor_its_export_holds_a_sealed_value(desk: Client, story: Sources) -> None:
    seal_for_hoa(story.till)

    assert not [cell for row in exported(desk) for cell in row if NUMBER in cell]
    assert NUMBER not in page(desk, "/customers")


def test_in_english_the_registry_speaks_english(desk: Client, story: Sources) -> None:
    note_arrived(["con_giap"], load_registry(), at=NOON)
    desk.post("/language", {"language": "en", "next": "/traits"})

    words = page(desk, "/traits")

    for text in ("Citizen ID number", "Waiting to be classified", "Names a person by itself"):
        assert text in words


def test_a_member_of_the_staff_writes_a_value_or_hears_what_would_be_right(
    nams_desk: Client, story: Sources
) -> None:
    words = page(nams_desk, "/customers/1/tell")
    assert "Nghề nghiệp (chữ)" in words
    assert "Email (email)" not in words

    refused = nams_desk.post("/customers/1/tell", {"trait": "birthday", "value": "ba mươi"})
    assert refused.status_code == 400
    assert "không phải là ngày. Viết như 31/12/1990." in refused.content.decode()
    assert list_audit() == []

    answer = nams_desk.post("/customers/1/tell", {"trait": "birthday", "value": "24/12/1990"})
    assert (answer.status_code, answer["Location"]) == (302, "/customers/1")
    assert [entry.action for entry in list_audit()] == ["trait.tell"]
