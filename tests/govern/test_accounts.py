"""Who may sign in, and how the very first administrator comes to be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from khachquen.base import ConflictError, InputError
from khachquen.govern import User, create_first_admin, create_user, has_admin

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
GOOD = "mua-roi-tren-pho-cu"


@pytest.mark.django_db
def test_chi_hoa_gets_an_account_with_only_a_hash_of_her_password() -> None:
    hoa = create_user(email=" Hoa@Example.VN ", password=GOOD, name="Nguyễn Thị Hoa", at=NOW)

    kept = User.objects.get(pk=hoa.pk)
    assert kept.email == "hoa@example.vn"
    assert kept.password.startswith("argon2$argon2id$")
    assert GOOD not in kept.password
    assert kept.check_password(GOOD)
    assert not kept.is_admin
    assert not has_admin()


@pytest.mark.django_db
def test_a_second_account_with_the_same_email_is_refused_whatever_its_case() -> None:
    create_user(email="hoa@example.vn", password=GOOD, at=NOW)

    with pytest.raises(ConflictError) as caught:
        create_user(email="HOA@example.vn", password=GOOD, is_admin=True, at=NOW)

    assert caught.value.code == "accounts.email_taken"
    assert User.objects.count() == 1
    assert not has_admin()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["ngan", "1234567890", "password123", "hoa@example.vn"])
def test_a_weak_password_is_refused_in_both_languages_and_nothing_is_kept(password: str) -> None:
    with pytest.raises(InputError) as caught:
        create_user(email="hoa@example.vn", password=password, at=NOW)

    assert caught.value.code == "accounts.weak_password"
    assert caught.value.path == "password"
    assert "password" in caught.value.message.en
    assert caught.value.message.vi != caught.value.message.en
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", "hoa", "hoa@", "hoa@example.vn\nBcc: x@y.z", "a b@c.vn"])
def test_what_is_not_an_email_is_refused(email: str) -> None:
    with pytest.raises(InputError) as caught:
        create_user(email=email, password=GOOD, at=NOW)

    assert caught.value.code == "accounts.bad_email"
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_one_administrator_comes_of_a_hundred_who_try_at_once() -> None:
    people = 100
    start = Barrier(20)

    def try_to_be_first(number: int) -> str:
        if number < start.parties:
            start.wait()
        try:
            create_first_admin(email=f"nguoi{number}@example.vn", password=GOOD, at=NOW)
        except ConflictError as error:
            return error.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(max_workers=start.parties) as pool:
        outcomes = list(pool.map(try_to_be_first, range(people)))

    assert outcomes.count("made") == 1
    assert outcomes.count("accounts.already_set_up") == people - 1
    assert User.objects.count() == 1
    assert has_admin()
