"""Chị Hoa adds three records at the registrar, and the page says when they are right."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from khachquen.activate.campaigns.accounts import keys_of
from khachquen.activate.campaigns.domains import look_at
from khachquen.activate.campaigns.models import Account, DomainCheck
from khachquen.web.pages import mail_domain
from tests.flows.post import add_account
from tests.flows.test_asking_dns import name_server

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    return add_account(587, at=NOW, from_address="tin@gom-moc.example", host="smtp.gmail.com")


def read(desk: Client, account: Account) -> str:
    answer = desk.get(f"/mail-accounts/{account.pk}/domain")
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode()))


def test_before_the_first_look_the_page_says_what_to_add(desk: Client, account: Account) -> None:
    page = read(desk, account)
    assert "Chưa xem lần nào" in page
    assert "v=spf1 include:_spf.google.com ~all" in page
    assert "kq._domainkey.gom-moc.example" in page
    assert next(iter(keys_of(account))).record in page
    assert "PRIVATE KEY" not in page
    assert not DomainCheck.objects.exists()  # looking changes nothing


def test_the_dns_is_asked_when_somebody_says_so(
    desk: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with name_server({"gom-moc.example": ['"v=spf1 mx +all"']}) as resolver:
        monkeypatch.setattr(mail_domain, "RESOLVER", resolver)
        answer = desk.post(f"/mail-accounts/{account.pk}/domain", {"how": "dns"}, follow=True)
    page = answer.content.decode()
    assert "Còn phải sửa" in page
    assert "cho cả thế giới gửi thay bạn" in page
    assert "Chưa có khóa DKIM." in page


def test_a_dns_that_does_not_answer_leaves_the_last_look(
    desk: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with name_server({"gom-moc.example": ["broken"]}) as resolver:
        monkeypatch.setattr(mail_domain, "RESOLVER", resolver)
        answer = desk.post(f"/mail-accounts/{account.pk}/domain", {"how": "dns"})
    assert answer.status_code == 400
    assert "Hãy dán nội dung các bản ghi" in answer.content.decode()
    assert not DomainCheck.objects.exists()


def test_what_is_pasted_is_judged_the_same_way(desk: Client, account: Account) -> None:
    told = {
        "how": "pasted",
        "spf": '"v=spf1 include:_spf.google.com ~all"',
        "dkim": next(iter(keys_of(account))).record,
        "dmarc": "v=DMARC1; p=none; rua=mailto:hoa@gom-moc.example",
    }
    desk.post(f"/mail-accounts/{account.pk}/domain", told)
    looked = look_at(account)
    assert looked
    assert looked.judgement.is_good
    page = read(desk, account)
    assert "Đủ để gửi" in page
    assert "Theo nội dung được dán," in page


def test_nothing_pasted_can_add_to_the_page(desk: Client, account: Account) -> None:
    told = {"how": "pasted", "spf": "v=spf1 <script>alert(1)</script> -all"}
    answer = desk.post(f"/mail-accounts/{account.pk}/domain", told, follow=True)
    assert "<script>alert(1)" not in answer.content.decode()
