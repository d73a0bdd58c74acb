"""Sources and keys."""

import re
from datetime import UTC, datetime, timedelta

from django.test import Client

from khachquen.collect import list_sources, load_keyring
from khachquen.collect.models import KnownName
from khachquen.collect.watching import Arrival, note_arrivals
from khachquen.govern import User, list_audit
from khachquen.store import add_counts
from tests.web.story import tell_the_story


def make(browser: Client, name: str, kind: str, mark: str = "m") -> str:
    """Create a source and return the page one ends on."""
    answer = browser.post("/sources/new", {"name": name, "kind": kind, "mark": mark}, follow=True)
    return answer.content.decode()


def key_in(page: str, lead: str) -> str:
    """The first key of a kind shown on a page."""
    found = re.search(rf"{lead}_[\w-]{{20,}}", page)
    assert found is not None
    return found[0]


def test_a_website_gets_a_public_key_that_stays_readable(desk: Client) -> None:
    page = make(desk, "Website chính", "website")

    key = key_in(page, "kqp")
    holder = load_keyring().find(key)
    assert holder is not None
    assert not holder.trusted
    [source] = list_sources()
    assert key in desk.get(f"/sources/{source.id}").content.decode()
    assert "/v1/" in page  # the code to paste


def test_a_server_gets_a_secret_key_shown_once(desk: Client) -> None:
    page = make(desk, "Máy tính tiền", "server")

    key = key_in(page, "kqs")
    holder = load_keyring().find(key)
    assert holder is not None
    assert holder.trusted
    [source] = list_sources()
    assert key not in desk.get(f"/sources/{source.id}").content.decode()


def test_reloading_makes_no_second_source(desk: Client) -> None:
    make(desk, "Máy tính tiền", "server", mark="same")
    make(desk, "Máy tính tiền 2", "server", mark="same")

    assert [source.name for source in list_sources()] == ["Máy tính tiền"]


def test_the_same_name_twice_is_refused_beside_the_field(desk: Client) -> None:
    make(desk, "Website", "website", mark="1")

    page = make(desk, "Website", "website", mark="2")

    assert 'id="id_name-error"' in page
    assert len(list_sources()) == 1


def test_a_kind_that_is_not_offered_is_refused(desk: Client) -> None:
    make(desk, "Demo", "demo")

    assert list_sources() == []


def test_a_revoked_key_opens_nothing_and_the_trail_says_who(desk: Client, hoa: User) -> None:
    key = key_in(make(desk, "Website", "website"), "kqp")
    [source] = list_sources()

    desk.post(f"/sources/{source.id}/keys/{source.keys[0].id}/revoke")

    assert load_keyring().find(key) is None
    entry = list_audit()[0]
    assert (entry.actor, entry.action) == ("hoa@example.vn", "key.revoke")


def test_a_key_is_not_revoked_through_another_source(desk: Client) -> None:
    key = key_in(make(desk, "Website", "website", mark="1"), "kqp")
    make(desk, "Khác", "website", mark="2")
    other, website = list_sources()

    answer = desk.post(f"/sources/{other.id}/keys/{website.keys[0].id}/revoke")

    assert answer.status_code == 404
    assert load_keyring().find(key) is not None


def test_a_source_is_switched_off_and_on_with_its_keys_kept(desk: Client) -> None:
    key = key_in(make(desk, "Website", "website"), "kqp")
    [source] = list_sources()

    desk.post(f"/sources/{source.id}/switch", {"enabled": "no"})
    off = load_keyring().find(key)
    desk.post(f"/sources/{source.id}/switch", {"enabled": "yes"})
    on = load_keyring().find(key)

    assert off is not None
    assert not off.enabled
    assert on is not None
    assert on.enabled


def test_the_list_says_what_came_in_from_each_source(desk: Client) -> None:
    make(desk, "Website", "website")
    [source] = list_sources()
    ends = {
        (source.id, "stored", ""): 1200,
        (source.id, "quarantined", "bad_time"): 3,
        (source.id, "dropped", "not_json"): 4,
    }
    add_counts(datetime.now(UTC).replace(minute=0, second=0, microsecond=0), ends)
    add_counts(datetime.now(UTC) - timedelta(days=8), {(source.id, "stored", ""): 5})

    listed = desk.get("/sources").content.decode()
    shown = desk.get(f"/sources/{source.id}").content.decode()

    for page in (listed, shown):
        assert ">1.200</a>" in page
        assert ">7</a>" in page
        assert f"/events?source={source.id}" in page


def test_a_source_that_is_not_there_is_a_404(desk: Client) -> None:
    assert desk.get("/sources/999").status_code == 404
    assert desk.post("/sources/999/keys", {"mark": "m"}).status_code == 404
    assert desk.post("/sources/999/switch", {"enabled": "no"}).status_code == 404


def test_a_hostile_name_is_only_words(desk: Client) -> None:
    page = make(desk, "<script>alert(1)</script>", "website")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_key_is_replaced_and_the_old_one_stays_open_for_a_week(desk: Client) -> None:
    old = key_in(make(desk, "Máy tính tiền", "server", mark="1"), "kqs")
    [source] = list_sources()
    address = f"/sources/{source.id}/keys/{source.keys[0].id}/replace"

    shown = desk.post(address, {"mark": "2", "days": "7"}).content.decode()

    new = key_in(shown, "kqs")
    assert new != old
    assert load_keyring().find(old) is not None
    assert load_keyring().find(new) is not None
    [was, now] = list_sources()[0].keys
    assert was.expires_at is not None
    assert timedelta(days=6) < was.expires_at - datetime.now(UTC) <= timedelta(days=7)
    assert now.expires_at is None
    later = desk.get(f"/sources/{source.id}").content.decode()
    assert new not in later
    assert "Đã thay" in later
    desk.post(address, {"mark": "2", "days": "7"})  # a reload
    assert len(list_sources()[0].keys) == 2
    assert list_audit()[0].action == "key.replace"


def test_a_leaked_key_is_replaced_at_once(desk: Client) -> None:
    old = key_in(make(desk, "Website", "website", mark="1"), "kqp")
    [source] = list_sources()

    desk.post(f"/sources/{source.id}/keys/{source.keys[0].id}/replace", {"mark": "2", "days": "0"})

    assert load_keyring().find(old) is None
    shown = desk.get(f"/sources/{source.id}").content.decode()
    assert old not in shown
    assert key_in(shown, "kqp") != old


def test_a_key_is_not_replaced_through_another_source(desk: Client) -> None:
    make(desk, "Website", "website", mark="1")
    make(desk, "Khác", "website", mark="2")
    other, website = list_sources()

    answer = desk.post(f"/sources/{other.id}/keys/{website.keys[0].id}/replace", {"mark": "3"})

    assert answer.status_code == 404
    assert [len(source.keys) for source in list_sources()] == [1, 1]


def test_who_does_not_administer_the_shop_changes_no_source(desk: Client, nam: User) -> None:
    make(desk, "Website", "website", mark="1")
    [before] = list_sources()
    his = Client()
    his.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    key = f"/sources/{before.id}/keys/{before.keys[0].id}"

    for address, form in [
        ("/sources/new", {"name": "Của Nam", "kind": "server"}),
        (f"/sources/{before.id}/keys", {}),
        (f"{key}/replace", {"days": "0"}),
        (f"{key}/revoke", {}),
        (f"/sources/{before.id}/switch", {"enabled": "no"}),
        (f"/sources/{before.id}/settings", {"expect_hours": "1"}),
        (f"/sources/{before.id}/names", {}),
    ]:
        answer = his.post(address, {**form, "mark": "n"})
        assert answer.status_code == 403, address
        assert "Chỉ quản trị viên được đổi nguồn và khóa." in answer.content.decode()

    assert list_sources() == [before]
    assert his.get(f"/sources/{before.id}").status_code == 200


def test_what_holds_for_a_source_is_chosen_on_its_page(desk: Client) -> None:
    make(desk, "Website", "website")
    [source] = list_sources()
    address = f"/sources/{source.id}/settings"

    desk.post(address, {"expect_hours": "6", "events_per_second": "250", "drop_robots": "on"})

    [changed] = list_sources()
    assert (changed.expect_hours, changed.events_per_second) == (6, 250)
    assert (changed.rules.honour_consent, changed.rules.drop_robots) == (False, True)
    page = desk.get(f"/sources/{source.id}").content.decode()
    assert '<option value="6" selected>' in page
    assert 'value="250"' in page

    refused = desk.post(address, {"expect_hours": "5", "events_per_second": "-1"})
    assert refused.status_code == 400
    assert refused.content.decode().count("field-error") >= 2
    assert list_sources() == [changed]

    desk.post(address, {"expect_hours": "", "events_per_second": "", "honour_consent": "on"})
    [again] = list_sources()
    assert (again.expect_hours, again.events_per_second) == (None, None)
    assert (again.rules.honour_consent, again.rules.drop_robots) == (True, False)


def test_a_source_shows_its_pace_and_why_messages_were_refused(desk: Client) -> None:
    make(desk, "Website", "website")
    [source] = list_sources()
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    ends = {(source.id, "quarantined", "bad_time"): 3, (source.id, "dropped", "robot"): 40}
    add_counts(hour, ends)
    add_counts(hour - timedelta(hours=30), {(source.id, "stored", ""): 5})

    page = desk.get(f"/sources/{source.id}").content.decode()

    assert page.index("Do máy tự động gửi") < page.index("Thời điểm không đọc được.")
    assert f"/events?source={source.id}&amp;outcome=dropped" in page
    day, week = re.findall(r"<svg class=\"sparkline.*?</svg>", page)
    assert (day.count("<rect"), week.count("<rect")) == (1, 2)


def test_a_silent_source_is_an_alarm_on_three_pages(desk: Client) -> None:
    make(desk, "Website nhamay.vn", "website")
    [source] = list_sources()
    assert "im lặng quá" not in desk.get("/sources").content.decode()

    long_ago = datetime.now(UTC) - timedelta(days=3)
    note_arrivals({source.id: Arrival(long_ago, long_ago)})
    tell_the_story()  # the overview is the first steps until something came

    for address in ("/sources", f"/sources/{source.id}", "/"):
        page = desk.get(address).content.decode()
        assert f'<a href="/sources/{source.id}">Website nhamay.vn</a> im lặng quá 24 giờ' in page
    assert "chưa gửi email" in desk.get(f"/sources/{source.id}").content.decode()


def test_names_forged_by_somebody_are_cleared(desk: Client) -> None:
    make(desk, "Website", "website")
    [source] = list_sources()
    KnownName.objects.create(source_id=source.id, kind="event", name="rác")
    KnownName.objects.create(source_id=source.id + 1, kind="event", name="của nguồn khác")
    assert "Xóa danh sách tên" in desk.get(f"/sources/{source.id}").content.decode()

    desk.post(f"/sources/{source.id}/names")

    assert [known.name for known in KnownName.objects.all()] == ["của nguồn khác"]
