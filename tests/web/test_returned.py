"""What came back, as chị Hoa sees it, and the address providers call."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Account
from khachquen.activate.returned.boxes import find_box
from khachquen.activate.returned.keeping import Arrived, keep
from khachquen.activate.returned.models import Hook, Returned
from khachquen.flows.fetching_reports import tell_kept
from khachquen.govern import User, list_audit
from tests.activate.channels.returned_mail import block, dsn, plain_mail
from tests.activate.returned.test_hooks import BOUNCE, SECRETS, sendgrid
from tests.flows.post import add_account

pytestmark = pytest.mark.django_db
HOA = "hoa.nguyen@hopthu.example"
BOX = {
    "bounce_address": "bounce@thu.gom-moc.example", "protocol": "imap",
    "host": "mail.gom-moc.example", "port": 993, "security": "tls", "user": "bounce",
    "password": "gốm nâu 5", "folder": "INBOX",
}  # fmt: skip


@pytest.fixture
def account(now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=tmp_path))
    return add_account(2525, at=now)


def test_where_letters_come_back_to_is_set_up_and_its_password_never_shown(
    desk: Client, account: Account
) -> None:
    home = f"/mail-accounts/{account.pk}/returned"
    assert desk.post(f"{home}/box", BOX).status_code == 302
    page = desk.get(home).content.decode()
    assert "bounce@thu.gom-moc.example" in page
    assert "gốm nâu 5" not in page
    box = find_box(account.pk)
    assert box is not None
    secret = box.secret
    assert secret
    assert desk.post(f"{home}/box", {**BOX, "password": "", "deletes": "on"}).status_code == 302
    box = find_box(account.pk)
    assert box is not None
    assert (box.secret, box.deletes) == (secret, True)
    assert [one.action for one in list_audit()][:2] == ["return_box.set"] * 2


@pytest.mark.parametrize(
    "address", ["bounce+x@gom-moc.example", "không@@", f"{'a' * 30}@gom-moc.example"]
)
def test_an_address_that_cannot_take_a_token_is_refused(
    desk: Client, account: Account, address: str
) -> None:
    told = {**BOX, "bounce_address": address}
    answer = desk.post(f"/mail-accounts/{account.pk}/returned/box", told)
    assert answer.status_code == 400
    assert "không dùng làm địa chỉ nhận thư trả về được" in answer.content.decode()
    assert find_box(account.pk) is None


def test_what_nobody_understood_waits_until_somebody_looked(
    desk: Client, account: Account, now: datetime
) -> None:
    odd = plain_mail("Hỏi giá <b>ghế</b>", "<script>alert(1)</script>", sender="la@noinao.example")
    unknown = dsn([block(HOA, "5.1.1", "550 no such user")], to="tin@gom-moc.example")
    keep(account.pk, "imap", [Arrived(odd), Arrived(unknown)], at=now)
    tell_kept(settings.CONFIG, lambda: now)
    home = f"/mail-accounts/{account.pk}/returned"
    page = desk.get(home).content.decode()
    assert "Cần người xem" in page
    assert HOA in page
    assert "Hỏi giá &lt;b&gt;ghế" in page
    first = Returned.objects.order_by("pk")[0]
    shown = desk.get(f"{home}/{first.pk}").content.decode()
    assert "chưa nhận ra" in shown
    for row in Returned.objects.all():
        assert desk.post(f"{home}/{row.pk}").status_code == 302
    assert "Cần người xem" not in desk.get(home).content.decode()
    assert Returned.objects.exclude(raw=b"").count() == 2
    assert desk.get(f"{home}/999").status_code == 404


def test_a_provider_calls_without_signing_in_and_is_checked(
    desk: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, path = f"/mail-accounts/{account.pk}/returned", f"/hooks/mail/{account.pk}/sendgrid"
    told = {"provider": "sendgrid", "secret": SECRETS["sendgrid"]}
    assert desk.post(f"{home}/hooks", told).status_code == 302
    assert path in desk.get(home).content.decode()
    monkeypatch.setattr("khachquen.web.pages.returned.system_clock", lambda: NOW)
    call, stranger = sendgrid(BOUNCE), Client(enforce_csrf_checks=True)
    given = {"content_type": "application/json", "headers": dict(call.headers)}
    assert stranger.post(path, b"[]", **given).status_code == 403
    assert stranger.post("/hooks/mail/999/sendgrid", call.body, **given).status_code == 403
    assert stranger.get(path).status_code == 405
    assert Returned.objects.count() == 0
    for _ in range(2):
        answer = stranger.post(path, call.body, **given)
        assert (answer.status_code, json.loads(answer.content)) == (200, {})
    assert Returned.objects.count() == 1
    assert stranger.post(path, b"x" * (3 << 20), **given).status_code == 413
    assert desk.post(f"{home}/hooks", {"remove": "sendgrid"}).status_code == 302
    assert Hook.objects.count() == 0


def test_only_administrators_change_it(nam: User, account: Account) -> None:
    staff = Client()
    staff.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    home = f"/mail-accounts/{account.pk}/returned"
    assert staff.get(home).status_code == 200
    assert staff.post(f"{home}/box", BOX).status_code == 403
    assert staff.post(f"{home}/hooks", {"provider": "mailgun", "secret": "x"}).status_code == 403
    assert (find_box(account.pk), Hook.objects.count()) == (None, 0)


NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
