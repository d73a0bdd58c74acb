"""A token lets a script act as its owner, until it is revoked or the owner leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import ForbiddenError, InputError, NotFoundError
from khachquen.govern import (
    User,
    create_user,
    issue_token,
    list_audit,
    list_tokens,
    revoke_token,
    verify_token,
)
from khachquen.govern.models import ApiToken

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def hoa() -> User:
    return create_user(email="hoa@example.vn", password="mua-roi-tren-pho-cu", at=NOW)


@pytest.fixture
def nam() -> User:
    return create_user(email="nam@example.vn", password="ca-phe-sua-da-sang", at=NOW)


def test_chi_hoas_token_acts_as_chi_hoa(hoa: User, nam: User) -> None:
    issued = issue_token(hoa, name="Máy tính tiền", at=NOW)
    issue_token(nam, name="Báo cáo", at=NOW)

    assert issued.value.startswith(f"kqt_{issued.token.prefix}_")
    assert verify_token(issued.value) == hoa


def test_only_the_hash_of_a_token_is_kept(hoa: User) -> None:
    issued = issue_token(hoa, name="Máy tính tiền", at=NOW, random=lambda size: "bi-mat" * size)

    kept = ApiToken.objects.filter(pk=issued.token.pk).values().get()
    assert "bi-mat" not in str(kept)
    assert issued.value not in str([entry.__dict__ for entry in list_audit()])
    assert kept["digest"] != issued.value


def test_every_altered_character_makes_a_token_useless(hoa: User) -> None:
    value = issue_token(hoa, name="Máy tính tiền", at=NOW).value

    for place, letter in enumerate(value):
        other = "A" if letter != "A" else "B"
        assert verify_token(value[:place] + other + value[place + 1 :]) is None
    assert verify_token(value) == hoa


@pytest.mark.parametrize(
    "value", ["", "kqt", "kqt__", "kqt_%_x", "Bearer x", "kqt_\x00_x", "kqt_\ud800_x", "k" * 10_000]
)
def test_nonsense_is_nobodys_token(hoa: User, value: str) -> None:
    issue_token(hoa, name="Máy tính tiền", at=NOW)

    assert verify_token(value) is None


def test_a_revoked_token_opens_nothing_and_keeps_its_first_revocation(hoa: User) -> None:
    issued = issue_token(hoa, name="Máy tính tiền", at=NOW)

    revoke_token(issued.token.pk, actor=hoa, at=NOW)
    revoke_token(issued.token.pk, actor=hoa, at=NOW + timedelta(days=1))

    assert verify_token(issued.value) is None
    assert [token.revoked_at for token in list_tokens(hoa)] == [NOW]
    assert [entry.action for entry in list_audit()] == ["token.revoke", "token.issue"]


def test_who_may_no_longer_sign_in_has_no_working_token(hoa: User) -> None:
    issued = issue_token(hoa, name="Máy tính tiền", at=NOW)
    User.objects.filter(pk=hoa.pk).update(is_active=False)

    assert verify_token(issued.value) is None


def test_anh_nam_cannot_revoke_chi_hoas_token_but_an_administrator_can(
    hoa: User, nam: User
) -> None:
    issued = issue_token(hoa, name="Máy tính tiền", at=NOW)

    with pytest.raises(ForbiddenError) as caught:
        revoke_token(issued.token.pk, actor=nam, at=NOW)
    assert caught.value.code == "tokens.not_yours"
    assert verify_token(issued.value) == hoa

    nam.is_admin = True
    revoke_token(issued.token.pk, actor=nam, at=NOW)
    assert verify_token(issued.value) is None


def test_a_token_needs_a_name_and_an_unknown_one_is_not_found(hoa: User) -> None:
    with pytest.raises(InputError) as nameless:
        issue_token(hoa, name="  ", at=NOW)
    with pytest.raises(NotFoundError) as unknown:
        revoke_token(404, actor=hoa, at=NOW)

    assert nameless.value.code == "tokens.no_name"
    assert unknown.value.code == "tokens.unknown"
    assert list_tokens(hoa) == []
