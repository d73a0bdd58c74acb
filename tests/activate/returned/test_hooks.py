"""Providers that tell what became of letters: believed for their signature and nothing else."""
# ruff: noqa: E501 - calls stand on a line each

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from khachquen.activate.returned.hooking import save_hook, take_call
from khachquen.activate.returned.hooks import PROVIDERS, HookCall, read_kept
from khachquen.activate.returned.models import Hook, Returned
from khachquen.base import ForbiddenError, InputError
from tests.flows.post import add_account

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOA = "hoa.nguyen@hopthu.example"
KEY = "9f86d081884c7d659a2feaa0c55ad015@nhamay.vn"
TOPIC = "arn:aws:sns:ap-southeast-1:1234:thu-tra-ve"
CERTIFICATE = "https://sns.ap-southeast-1.amazonaws.com/Simple-1.pem"
SECRET = "khóa của nhà cung cấp"
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(RSA.public_key())
    )
    made = made.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9))
    return made.sign(RSA, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


PEM = certificate()


def fetch(address: str) -> bytes:
    assert address.startswith("https://sns.ap-southeast-1.amazonaws.com/")
    return PEM


def moment(at: datetime = NOW) -> str:
    return str(int(at.timestamp()))


def call(value: Any, **headers: str) -> HookCall:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return HookCall({name.replace("_", "-"): told for name, told in headers.items()}, body, NOW)


def sns(inner: Any, **more: Any) -> HookCall:
    told = {
        "Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC,
        "Message": json.dumps(inner), "Timestamp": "2026-11-20T02:00:00.000Z",
        "SignatureVersion": "2", "SigningCertURL": CERTIFICATE, **more,
    }  # fmt: skip
    names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    if told["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{told[name]}\n" for name in names).encode()
    signature = RSA.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return call({**told, "Signature": base64.b64encode(signature).decode()})


def sendgrid(*events: Any, at: datetime = NOW) -> HookCall:
    body, time = json.dumps(events).encode(), moment(at)
    signature = EC.sign(time.encode() + body, ec.ECDSA(hashes.SHA256()))
    return call(
        body,
        x_twilio_email_event_webhook_signature=base64.b64encode(signature).decode(),
        x_twilio_email_event_webhook_timestamp=time,
    )


def mailgun(event: Any, token: str = "t-1", at: datetime = NOW) -> HookCall:
    proof = hmac.digest(SECRET.encode(), (moment(at) + token).encode(), "sha256").hex()
    signature = {"timestamp": moment(at), "token": token, "signature": proof}
    return call({"signature": signature, "event-data": event})


def forward_email(value: Any) -> HookCall:
    body = json.dumps(value).encode()
    return call(body, x_webhook_signature=hmac.digest(SECRET.encode(), body, "sha256").hex())


def lettermint(value: Any, at: datetime = NOW) -> HookCall:
    body = json.dumps(value).encode()
    proof = hmac.digest(SECRET.encode(), f"{moment(at)}.".encode() + body, "sha256").hex()
    return call(body, x_lettermint_signature=f"t={moment(at)},v1={proof}")


def postmark(value: Any, secret: str = "gom:mộc") -> HookCall:
    told = base64.b64encode(secret.encode()).decode()
    return call(value, authorization=f"Basic {told}")


def azure(*events: Any, secret: str = SECRET) -> HookCall:
    return call(list(events), x_khachquen_secret=secret)


def grid(status: str, words: str = "") -> dict[str, Any]:
    details = {"statusMessage": words}
    data = {"recipient": HOA, "status": status, "internetMessageId": f"<{KEY}>"}
    kind = "Microsoft.Communication.EmailDeliveryReportReceived"
    return {"id": status, "eventType": kind, "data": {**data, "deliveryStatusDetails": details}}


def failed(code: str, words: str, **more: Any) -> dict[str, Any]:
    told = {"enhanced-code": code, "message": words}
    head = {"headers": {"message-id": KEY}}
    return {"event": "failed", "severity": "permanent", "recipient": HOA, "message": head,
            "delivery-status": told, **more}  # fmt: skip


def ses_bounce(kind: str, part: str, status: str, words: str, *people: str) -> dict[str, Any]:
    told = [
        {"emailAddress": one, "status": status, "diagnosticCode": words} for one in people or (HOA,)
    ]
    head = [{"name": "Message-ID", "value": f"<{KEY}>"}]
    block = {"bounceType": kind, "bounceSubType": part, "bouncedRecipients": told}
    return {"notificationType": "Bounce", "bounce": block, "mail": {"headers": head}}


SECRETS = {
    "ses": TOPIC,
    "sendgrid": base64.b64encode(
        EC.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode(),
    "postmark": "gom:mộc",
    "mailgun": SECRET,
    "azure": SECRET,
    "forward-email": SECRET,
    "lettermint": SECRET,
}
COMPLAINED = {"notificationType": "Complaint", "complaint": {
    "complaintFeedbackType": "abuse", "complainedRecipients": [{"emailAddress": HOA}]}}  # fmt: skip
BOUNCE = {"event": "bounce", "email": HOA, "smtp-id": f"<{KEY}>"}
GONE, FULL = "550 5.1.1 no such user", "552 5.2.2 mailbox full"
CALLS: list[tuple[str, str, HookCall]] = [
    ("ses", "hard", sns(ses_bounce("Permanent", "General", "5.1.1", GONE))),
    ("ses", "policy", sns(ses_bounce("Permanent", "General", "5.7.1", "refused as spam"))),
    ("ses", "soft", sns(ses_bounce("Transient", "MailboxFull", "5.2.2", FULL))),
    ("ses", "complaint", sns(COMPLAINED)),
    ("sendgrid", "hard", sendgrid({**BOUNCE, "status": "5.1.1", "reason": GONE})),
    ("sendgrid", "policy", sendgrid({**BOUNCE, "status": "5.1.1", "reason": GONE, "type": "blocked"})),
    ("sendgrid", "soft", sendgrid({**BOUNCE, "status": "5.2.2", "reason": FULL})),
    ("sendgrid", "complaint", sendgrid({**BOUNCE, "event": "spamreport"})),
    ("sendgrid", "delivered", sendgrid({**BOUNCE, "event": "delivered"})),
    ("sendgrid", "unreadable", sendgrid({**BOUNCE, "event": "dropped"})),
    ("postmark", "hard", postmark({"RecordType": "Bounce", "Type": "HardBounce", "Email": HOA})),
    ("postmark", "soft", postmark({"RecordType": "Bounce", "Type": "SoftBounce", "Email": HOA})),
    ("postmark", "complaint",
     postmark({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": HOA})),
    ("mailgun", "hard", mailgun(failed("5.1.1", GONE))),
    ("mailgun", "delayed", mailgun(failed("4.2.2", FULL, severity="temporary"))),
    ("mailgun", "policy", mailgun(failed("5.7.1", "spam"))),
    ("mailgun", "complaint", mailgun({"event": "complained", "recipient": HOA})),
    ("azure", "hard", azure(grid("Bounced", GONE))),
    ("azure", "policy", azure(grid("FilteredSpam"))),
    ("azure", "delivered", azure(grid("Delivered"))),
    ("azure", "unreadable", azure(grid("Suppressed"))),
    ("forward-email", "hard", forward_email(
        {"recipient": HOA, "response": GONE, "bounce": {"category": "recipient", "action": "reject"}})),
    ("forward-email", "policy", forward_email(
        {"recipient": HOA, "response": "550 no", "bounce": {"category": "block", "action": "reject"}})),
    ("forward-email", "delayed", forward_email(
        {"recipient": HOA, "response": "450 wait", "bounce": {"category": "x", "action": "defer"}})),
    ("lettermint", "hard", lettermint(
        {"event": "message.hard_bounced", "data": {"recipient": HOA, "response": {"content": GONE}}})),
    ("lettermint", "soft", lettermint({"event": "message.soft_bounced", "data": {"recipient": HOA}})),
    ("lettermint", "complaint",
     lettermint({"event": "message.spam_complaint", "data": {"recipient": HOA}})),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "kind", "told"), CALLS, ids=lambda one: str(one)[:20])
def test_what_a_provider_says_is_understood(provider: str, kind: str, told: HookCall) -> None:
    known = PROVIDERS[provider]
    assert known.is_genuine(told, SECRETS[provider], fetch)
    (value,) = known.split(told.body)
    (report,) = read_kept(provider, json.dumps(value).encode()).reports
    assert (report.kind, report.address) == (kind, HOA)


@pytest.mark.parametrize("provider", SECRETS)
def test_nothing_else_is_believed(provider: str) -> None:
    """Another key, another body, no key, no header, and none of ours set: all of it is refused."""
    known, secret = PROVIDERS[provider], SECRETS[provider]
    genuine = next(told for name, _, told in CALLS if name == provider)
    assert known.is_genuine(genuine, secret, fetch)
    others = {**SECRETS, "ses": TOPIC + "x", "postmark": "gom:khac", "sendgrid": "AAAA"}
    wrong = others[provider] if others[provider] != secret else secret + "x"
    bare = HookCall({}, b"{}", NOW)
    for told, key in ((genuine, wrong), (genuine, ""), (bare, secret), (bare, "")):
        assert not known.is_genuine(told, key, fetch), (told, key)
    if provider not in ("postmark", "azure", "mailgun"):  # which do not sign the words
        altered = HookCall(genuine.headers, genuine.body.replace(b"hoa", b"lan"), NOW)
        assert altered.body != genuine.body
        assert not known.is_genuine(altered, secret, fetch)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_that_is_not_of_now_is_somebody_s_copy(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    for provider, told in (
        ("sendgrid", sendgrid(BOUNCE, at=at)),
        ("mailgun", mailgun(failed("5.1.1", GONE), at=at)),
        ("lettermint", lettermint({"event": "message.delivered"}, at=at)),
    ):
        assert not PROVIDERS[provider].is_genuine(told, SECRETS[provider], fetch), provider


@pytest.mark.parametrize(
    "address",
    [
        "https://sns.ap-southeast-1.amazonaws.com.ke-xau.example/a.pem",
        "http://sns.ap-southeast-1.amazonaws.com/a.pem",
        "https://ke-xau.example/sns.ap-southeast-1.amazonaws.com/a.pem",
        "https://sns.ap-southeast-1.amazonaws.com@ke-xau.example/a.pem",
        "https://sns.ap-southeast-1.amazonaws.com:8443/a.pem",
        "https://s3.amazonaws.com/ke-xau/a.pem",
    ],
)
def test_a_certificate_comes_from_amazon_or_not_at_all(address: str) -> None:
    def never(url: str) -> bytes:
        raise AssertionError(url)

    told = sns(COMPLAINED, SigningCertURL=address)
    assert not PROVIDERS["ses"].is_genuine(told, TOPIC, never)


def test_one_call_of_several_people_is_a_thing_for_each() -> None:
    two = sns(ses_bounce("Permanent", "General", "5.1.1", GONE, HOA, "lan@hopthu.example"))
    told = [PROVIDERS["ses"].read(one) for one in PROVIDERS["ses"].split(two.body)]
    assert [one.reports[0].address for one in told] == [HOA, "lan@hopthu.example"]
    assert told[0].message_ids == (KEY,)


@pytest.mark.django_db
def test_a_call_is_kept_once_and_strangers_learn_nothing() -> None:
    account = add_account(2525, at=NOW).pk
    told = sendgrid(BOUNCE, {**BOUNCE, "event": "delivered"})
    with pytest.raises(ForbiddenError):
        take_call(account, "sendgrid", told, fetch)
    with pytest.raises(InputError):
        save_hook(account, "sendgrid", " ", by="hoa@gom-moc.example", at=NOW)
    save_hook(account, "sendgrid", SECRETS["sendgrid"], by="hoa@gom-moc.example", at=NOW)
    for _ in range(3):
        assert take_call(account, "sendgrid", told, fetch) is None
    assert Returned.objects.count() == 2
    assert SECRETS["sendgrid"] not in Hook.objects.get().secret
    for stranger in ((account, "nobody"), (account + 1, "sendgrid"), (account, "mailgun")):
        with pytest.raises(ForbiddenError):
            take_call(*stranger, told, fetch)


@pytest.mark.django_db
def test_a_token_of_mailgun_counts_once() -> None:
    account = add_account(2525, at=NOW).pk
    save_hook(account, "mailgun", SECRET, by="hoa@gom-moc.example", at=NOW)
    take_call(account, "mailgun", mailgun(failed("5.2.2", FULL)), fetch)
    take_call(account, "mailgun", mailgun(failed("5.1.1", GONE)), fetch)
    take_call(account, "mailgun", mailgun(failed("5.1.1", GONE), token="t-2"), fetch)
    assert Returned.objects.count() == 2


@pytest.mark.django_db
def test_providers_are_greeted_as_they_want_to_be() -> None:
    account, asked = add_account(2525, at=NOW).pk, []

    def note(url: str) -> bytes:
        asked.append(url)
        return PEM

    for provider in ("azure", "ses"):
        save_hook(account, provider, SECRETS[provider], by="hoa@gom-moc.example", at=NOW)
    begin = {
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "mã-1"},
    }
    answer = take_call(account, "azure", azure(begin), note)
    assert answer is not None
    assert answer.body == {"validationResponse": "mã-1"}
    link = "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=x"
    more = {"Type": "SubscriptionConfirmation", "Token": "x", "SubscribeURL": link}
    take_call(account, "ses", sns({}, **more), note)
    assert asked == [CERTIFICATE, link]
    assert Returned.objects.count() == 0
