"""Sources and keys."""

import re
from datetime import UTC, datetime, timedelta

from django.test import Client

from khachquen.collect import list_sources, load_keyring
from khachquen.govern import User, list_audit
from khachquen.store import add_counts


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
