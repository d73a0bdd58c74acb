"""The list as somebody wants it: columns, saved views, tags for many."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from khachquen.govern import list_audit
from khachquen.relate.lists import list_views
from khachquen.store.jobs import get_job, list_jobs
from khachquen.unify.models import Profile
from tests.findable import make_findable
from tests.web.story import NOON, Sources, order, tell_the_story

if TYPE_CHECKING:
    from khachquen.govern import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> Sources:
    return tell_the_story()


@pytest.fixture
def lan(desk: Client, story: Sources) -> Client:
    """The desk of the shop, with the story told."""
    return desk


@pytest.fixture
def clerk(nam: "User", story: Sources) -> Client:
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def table(html: str) -> str:
    return html.partition("<table")[2].partition("</table>")[0]


def test_columns_are_chosen_and_a_trait_is_one(lan: Client) -> None:
    html = table(page(lan, "/customers?columns=events&columns=trait:gender"))

    assert "Số sự kiện" in html
    assert "Giới tính" in html
    assert "nữ" in html
    assert "Đã chi" not in html


def test_a_sealed_trait_is_never_a_column(lan: Client) -> None:
    html = page(lan, "/customers?columns=trait:national_id,phone")

    assert "Số CCCD" not in table(html)
    assert 'type="checkbox" name="columns" value="trait:national_id"' not in html


def test_an_order_number_leads_to_who_ordered(lan: Client, story: Sources) -> None:
    order(story.till, "DH-0042", 20, NOON, total_minor=90_000, units=1)

    assert "Trần Nam" in table(page(lan, "/customers?q=dh-0042"))
    assert "Nguyễn Thị Hoa" not in table(page(lan, "/customers?q=DH-0042"))


def test_a_view_is_saved_shared_and_opened(lan: Client, clerk: Client, hoa: "User") -> None:
    asked = {"q": "hoa", "sort": "spent", "columns": "phone,events", "who": "all"}
    lan.post("/customers/views", {**asked, "name": "Hoa hay mua", "shared": "1"})

    (view,) = list_views(hoa)
    assert (view.name, view.is_shared, view.is_own) == ("Hoa hay mua", True, True)
    html = page(clerk, f"/customers{view.address}")
    assert "Hoa hay mua" in html
    assert "dùng chung" in html
    assert "Nguyễn Thị Hoa" in table(html)
    assert "Email" not in table(html)


def test_a_view_of_ones_own_is_nobody_elses(lan: Client, clerk: Client, hoa: "User") -> None:
    lan.post("/customers/views", {"q": "hoa", "name": "Của tôi"})
    (view,) = list_views(hoa)

    assert "Của tôi" not in page(clerk, "/customers")
    assert clerk.post(f"/customers/views/{view.id}/remove").status_code == 403
    assert list_views(hoa) == [view]
    lan.post(f"/customers/views/{view.id}/remove")
    assert list_views(hoa) == []


def test_a_view_without_a_name_is_refused_in_words(lan: Client, hoa: "User") -> None:
    answer = lan.post("/customers/views", {"q": "hoa", "name": " "}, follow=True)

    assert "Tên chế độ xem cần từ 1 đến 60 ký tự." in answer.content.decode()
    assert list_views(hoa) == []


def test_those_ticked_get_a_tag_at_once(lan: Client) -> None:
    told = {"person": ["1", "2"], "tags": "VIP, khách sỉ", "act": "tag"}

    answer = lan.post("/customers/many", told, follow=True)

    assert "Đã ghi thẻ cho 2 người." in answer.content.decode()
    assert list_audit(1)[0].detail == {"add": ["VIP", "khách sỉ"], "remove": [], "people": 2}
    assert list_jobs() == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"tags": "VIP"}, "Chưa đánh dấu khách nào."),
        ({"person": "1", "tags": " , "}, "Chưa ghi thẻ nào."),
    ],
)
def test_nothing_ticked_or_no_tag_does_nothing(
    lan: Client, told: dict[str, str], words: str
) -> None:
    answer = lan.post("/customers/many", {**told, "act": "tag"}, follow=True)

    assert words in answer.content.decode()
    assert list_audit(5) == []
    assert list_jobs() == []


def test_all_the_list_finds_are_tagged_by_a_job_that_can_be_stopped(lan: Client) -> None:
    told = {"q": "hoa", "all": "1", "tags": "Tết 2027", "act": "tag"}

    answer = lan.post("/customers/many", told, follow=True)

    (job,) = list_jobs()
    whom = {"search": "hoa", "who": "known", "rules": [], "ids": None, "behind": None}
    assert dict(job.args) == {**whom, "add": ["Tết 2027"], "remove": []}
    assert "Đang ghi thẻ" in answer.content.decode()
    lan.post(f"/customers/many/{job.id}/stop")
    assert get_job(job.id).state == "cancelled"
    assert "Những gì đã làm thì giữ nguyên" in page(lan, f"/customers/many/{job.id}")


def test_very_many_are_not_counted_to_the_end(lan: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khachquen.unify.profiles.searching._MANY", 3)
    monkeypatch.setattr("khachquen.unify.profiles.reading._COUNTED", 4)
    for number in range(100, 106):
        one = Profile.objects.create(
            id=number,
            name="Lê Thu Hương",
            search="le thu huong",
            first_seen=NOON,
            last_seen=NOON,
            is_known=True,
        )
        make_findable(one)

    html = page(lan, "/customers?q=huong")

    assert "hơn 4 người" in html
    assert 'hx-get="/customers/count?q=huong"' in html
    part = lan.get("/customers/count?q=huong", headers={"HX-Request": "true"})
    assert part.content.decode().strip() == "6 người"
    assert "6 người" in page(lan, "/customers/count?q=huong")
    assert table(html).count("Lê Thu Hương") == 12  # its name, and the words of its tick


def test_a_view_is_renamed_and_opened_first(lan: Client, clerk: Client, hoa: "User") -> None:
    lan.post("/customers/views", {"q": "hoa", "name": "Hoa", "shared": "1"})
    lan.post("/customers/views", {"q": "nam", "name": "Nam"})
    hoas, nams = list_views(hoa)

    lan.post(f"/customers/views/{hoas.id}/rename", {"name": "Các chị Hoa"})
    answer = lan.post(f"/customers/views/{nams.id}/rename", {"name": "Các chị Hoa"}, follow=True)
    assert "Đã có chế độ xem tên" in answer.content.decode()
    assert [one.name for one in list_views(hoa)] == ["Các chị Hoa", "Nam"]
    assert clerk.post(f"/customers/views/{hoas.id}/rename", {"name": "Của em"}).status_code == 403

    clerk.post(f"/customers/views/{hoas.id}/first", {"on": "1"})
    assert clerk.post(f"/customers/views/{nams.id}/first", {"on": "1"}).status_code == 404
    assert clerk.get("/customers").headers["Location"] == "/customers?q=hoa"
    assert lan.get("/customers").status_code == 200, "it is the clerk's wish only"
    assert "Trần Nam" in table(page(clerk, "/customers?who=known")), "everybody can still be seen"
    clerk.post(f"/customers/views/{hoas.id}/first", {"on": "0"})
    assert clerk.get("/customers").status_code == 200
