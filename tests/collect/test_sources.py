"""Every event comes from a source, with a key whose kind says what may be believed."""

from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import ConflictError, InputError, NotFoundError
from khachquen.collect import (
    KeyHolder,
    create_source,
    find_or_create_source,
    issue_key,
    list_sources,
    load_keyring,
    revoke_key,
    set_source_enabled,
)
from khachquen.collect.models import Source, WriteKey

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_websites_public_key_is_readable_and_not_trusted() -> None:
    website = create_source(name="Website nhamay.vn", kind="website", at=NOW)

    issued = issue_key(website.pk, trusted=False, at=NOW)

    assert issued.value.startswith("kqp_")
    [shown] = list_sources()[0].keys
    assert (shown.public_value, shown.trusted) == (issued.value, False)
    assert load_keyring().find(issued.value) == KeyHolder(website.pk, False, True, issued.key.pk)


def test_the_tills_secret_key_is_trusted_and_kept_only_as_a_hash() -> None:
    till = create_source(name="Máy tính tiền", kind="server", at=NOW)

    issued = issue_key(till.pk, trusted=True, at=NOW)

    assert issued.value.startswith("kqs_")
    assert issued.value not in str(WriteKey.objects.values().get())
    [shown] = list_sources()[0].keys
    assert (shown.public_value, shown.prefix) == ("", issued.value[:12])
    assert load_keyring().find(issued.value) == KeyHolder(till.pk, True, True, issued.key.pk)


@pytest.mark.parametrize("value", ["", "kqp_", "kqs_x", "\x00", "\ud800", "k" * 100_000])
def test_a_key_nobody_issued_opens_nothing(value: str) -> None:
    website = create_source(name="Website", kind="website", at=NOW)
    issue_key(website.pk, trusted=False, at=NOW)

    assert load_keyring().find(value) is None


def test_a_revoked_key_is_gone_from_the_next_keyring_and_stays_listed() -> None:
    website = create_source(name="Website", kind="website", at=NOW)
    old = issue_key(website.pk, trusted=False, at=NOW)
    new = issue_key(website.pk, trusted=False, at=NOW + timedelta(hours=1))

    revoke_key(old.key.pk, at=NOW + timedelta(hours=2))
    revoke_key(old.key.pk, at=NOW + timedelta(hours=3))

    keyring = load_keyring()
    assert keyring.find(old.value) is None
    assert keyring.find(new.value) is not None
    assert [key.revoked_at for key in list_sources()[0].keys] == [NOW + timedelta(hours=2), None]


def test_a_source_that_is_switched_off_says_so_through_its_keys() -> None:
    website = create_source(name="Website", kind="website", at=NOW)
    issued = issue_key(website.pk, trusted=False, at=NOW)

    set_source_enabled(website.pk, False)
    off = load_keyring().find(issued.value)
    set_source_enabled(website.pk, True)
    on = load_keyring().find(issued.value)

    assert off == KeyHolder(website.pk, False, False, issued.key.pk)
    assert on == KeyHolder(website.pk, False, True, issued.key.pk)


def test_two_sources_cannot_share_a_name_but_an_import_finds_its_own_again() -> None:
    first = find_or_create_source(name="Nhập tệp", kind="import", at=NOW)
    again = find_or_create_source(name="Nhập tệp", kind="import", at=NOW)

    with pytest.raises(ConflictError) as caught:
        create_source(name="Nhập tệp", kind="server", at=NOW)

    assert first == again
    assert caught.value.code == "sources.name_taken"
    assert [source.kind for source in list_sources()] == ["import"]


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("", "website", "sources.bad_name"),
        ("x" * 101, "website", "sources.bad_name"),
        ("Website", "web", "sources.bad_kind"),
    ],
)
def test_a_source_needs_a_name_and_a_known_kind(name: str, kind: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        create_source(name=name, kind=kind, at=NOW)

    assert caught.value.code == code
    assert Source.objects.count() == 0


def test_what_does_not_exist_is_not_found() -> None:
    for act, code in [
        (lambda: issue_key(404, trusted=True, at=NOW), "sources.unknown"),
        (lambda: set_source_enabled(404, True), "sources.unknown"),
        (lambda: revoke_key(404, at=NOW), "sources.unknown_key"),
    ]:
        with pytest.raises(NotFoundError) as caught:
            act()
        assert caught.value.code == code
    assert WriteKey.objects.count() == 0


@pytest.mark.parametrize("kind", ["staff", "form", "letters"])
def test_nobody_is_given_a_key_to_speak_as_the_installation_itself(kind: str) -> None:
    ours = create_source(name="Thư đã gửi", kind=kind, at=NOW)
    with pytest.raises(ConflictError) as raised:
        issue_key(ours.pk, trusted=True, at=NOW)
    assert raised.value.code == "sources.is_ours"
    assert list_sources()[0].keys == ()


def test_a_source_that_happens_to_have_our_name_is_not_ours() -> None:
    theirs = create_source(name="Thư đã gửi", kind="server", at=NOW)
    issue_key(theirs.pk, trusted=True, at=NOW)
    ours = find_or_create_source(name="Thư đã gửi", kind="letters", at=NOW)
    assert (ours.name, ours.kind) == ("Thư đã gửi (KhachQuen)", "letters")
    assert find_or_create_source(name="Thư đã gửi", kind="letters", at=NOW).pk == ours.pk
    assert find_or_create_source(name="Thư đã gửi", kind="server", at=NOW).pk == theirs.pk
