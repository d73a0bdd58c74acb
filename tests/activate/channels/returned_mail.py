"""Mail that comes back, as mail systems write it: made by code, in our own words, with labels.

A sample is a system's way of reporting (``SYSTEMS``) said about a case (``CASES``). The shapes are
those of the standards and of what each system is known to send; names and hosts are invented.
"""
# ruff: noqa: E501 - the lines are those of other systems

import base64
import quopri
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BOUNCE = "bounce+7k-5z1-abcdefghijklmnopqrst@thu.nhamay.vn"
KEY = "9f86d081884c7d659a2feaa0c55ad015"
UNSUBSCRIBE = "https://khach.nhamay.vn/u/1a.ads.7.proof"
DAY = "Thu, 19 Nov 2026 09:30:00 +0700"


@dataclass(frozen=True, slots=True)
class Case:
    """What happened: the label a reader must find, and the server's words for it."""

    name: str
    kind: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One message with what is true of it: kind and recipient, in order."""

    name: str
    raw: bytes
    labels: tuple[tuple[str, str], ...]


CASES = (
    Case("unknown", "hard", "5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown"),
    Case("gone", "hard", "5.2.1", "550 5.2.1 The mailbox of {to} is disabled"),
    Case("no-domain", "hard", "5.1.2", "550 5.1.2 Host or domain name not found for {to}"),
    Case("full", "soft", "5.2.2", "552 5.2.2 <{to}>: The mailbox is full, try again later"),
    Case("full-vi", "soft", "5.2.2", "552 5.2.2 Hộp thư của {to} đã đầy"),
    Case("timeout", "soft", "4.4.7", "421 4.4.7 Delivery time expired, gave up on {to}"),
    Case("spam", "policy", "5.7.1", "550 5.7.1 This message looks like spam and was refused"),
    Case("dmarc", "policy", "5.7.26", "550 5.7.26 Unauthenticated mail, see the DMARC policy"),
    Case("listed", "policy", "5.7.0", "554 5.7.0 The sender is listed at a block list"),
    Case("listed-odd", "policy", "5.1.1", "550 5.1.1 Refused, see spamhaus for your address"),
)
PEOPLE = (
    "hoa.nguyen@hopthu.example",
    "minh_tran+sale@cty-anphat.example",
    "lan.pham@truong.edu.example",
    "huong@xn--bnh-ela.example",
)


def make_all() -> list[Sample]:
    """Every sample, in a fixed order."""
    return [*_by_system(), *_several(), *_not_bounces(), *_complaints(), *_answers(), *_others()]


def letter_head(to: str, *, envelope: str = BOUNCE, key: str = KEY) -> str:
    """The head of the letter a report speaks of."""
    return (
        f"Return-Path: <{envelope}>\r\nFrom: Nhà Mây <chao@nhamay.vn>\r\nTo: {to}\r\n"
        f"Subject: =?utf-8?b?{base64.b64encode('Hàng mới về'.encode()).decode()}?=\r\n"
        f"Message-ID: <{key}@nhamay.vn>\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\nDate: {DAY}\r\n"
    )


def dsn(
    blocks: list[str],
    *,
    to: str = BOUNCE,
    words: str = "",
    sender: str = "MAILER-DAEMON@mx.hopthu.example",
    subject: str = "Undelivered Mail Returned to Sender",
    letter: str = "",
    kind: str = "message/delivery-status",
    language: str = "",
    quoted: bool = False,
) -> bytes:
    """A report of RFC 3464 about the letter whose head is given."""
    third = "text/rfc822-headers" if letter.endswith("headers") else "message/rfc822"
    if kind != "message/delivery-status":
        third = "message/global"
    head = letter.removesuffix("headers") or letter_head("hoa.nguyen@hopthu.example")
    text = words or "This is the mail system. The letter below could not be delivered."
    body = quopri.encodestring(text.encode()).decode() if quoted else text
    coded = "Content-Transfer-Encoding: quoted-printable\r\n" if quoted else ""
    status = "\r\n\r\n".join(
        ["Reporting-MTA: dns; mx.hopthu.example\r\nArrival-Date: " + DAY, *blocks]
    )
    return (
        f"Return-Path: <>\r\nDelivered-To: {to}\r\nFrom: Mail Delivery System <{sender}>\r\n"
        f"To: {to}\r\nSubject: {subject}\r\nDate: {DAY}\r\n{language}Auto-Submitted: auto-replied\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
        f' boundary="=_kq"\r\n\r\nThis is a MIME message.\r\n\r\n--=_kq\r\n'
        f"Content-Type: text/plain; charset=utf-8\r\n{coded}\r\n{body}\r\n\r\n--=_kq\r\n"
        f"Content-Type: {kind}\r\n\r\n{status}\r\n\r\n--=_kq\r\nContent-Type: {third}\r\n\r\n"
        f"{head}\r\nXin chào\r\n\r\n--=_kq--\r\n"
    ).encode()


def block(to: str, code: str, words: str, *, action: str = "failed", kind: str = "rfc822") -> str:
    """What a report says of one recipient."""
    told = words.format(to=to).replace("\n", "\r\n    ")
    return (
        f"Final-Recipient: {kind}; {to}\r\nAction: {action}\r\nStatus: {code}\r\n"
        f"Remote-MTA: dns; mx1.hopthu.example\r\nDiagnostic-Code: smtp; {told}\r\n"
    )


def arf(
    feedback: str, to: str, *, told: str = "", envelope: str = BOUNCE, letter_to: str = ""
) -> bytes:
    """A complaint of RFC 5965."""
    rcpt = f"Original-Rcpt-To: <{told}>\r\n" if told else ""
    mail_from = f"Original-Mail-From: <{envelope}>\r\n" if envelope else ""
    return (
        f"From: feedback@fbl.hopthu.example\r\nTo: khieunai@nhamay.vn\r\nSubject: FW: Hang moi\r\n"
        f"Date: {DAY}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;\r\n"
        f' report-type=feedback-report; boundary="fbl-1"\r\n\r\n--fbl-1\r\n'
        f"Content-Type: text/plain; charset=us-ascii\r\n\r\nThis is a report about a letter.\r\n\r\n"
        f"--fbl-1\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {feedback}\r\n"
        f"User-Agent: HopThu-FBL/1.0\r\nVersion: 1\r\n{mail_from}{rcpt}Source-IP: 192.0.2.9\r\n\r\n"
        f"--fbl-1\r\nContent-Type: message/rfc822\r\n\r\n"
        f"{letter_head(letter_to or to, envelope=envelope or 'chao@nhamay.vn')}\r\nXin chào\r\n\r\n"
        f"--fbl-1--\r\n"
    ).encode()


def plain_mail(
    subject: str, text: str, *, sender: str, more: str = "", html: bool = False
) -> bytes:
    """A message of one part."""
    kind = "html" if html else "plain"
    coded = base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")
    words = base64.b64encode(subject.encode()).decode()
    return (
        f"{more}From: {sender}\r\nTo: {BOUNCE}\r\nSubject: =?utf-8?b?{words}?=\r\nDate: {DAY}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{coded}"
    ).encode()


def _postfix(to: str, case: Case) -> bytes:
    return dsn([block(to, case.code, "host mx1.hopthu.example[192.0.2.1] said:\n" + case.words)],
               letter=letter_head(to))  # fmt: skip


def _gmail(to: str, case: Case) -> bytes:
    told = block(to, case.code, case.words) + f"Last-Attempt-Date: {DAY}\r\n"
    words = f"** Address not found **\r\n\r\nYour letter to {to} could not go out."
    return dsn([told], sender="mailer-daemon@googlemail.example", words=words, letter=letter_head(to),
               subject="Delivery Status Notification (Failure)", quoted=True)  # fmt: skip


def _exchange(to: str, case: Case) -> bytes:
    told = block(to, case.code, case.words + "\nX-Store-Info:abc=")
    return dsn([told + "X-Display-Name: Hoa\r\n"], sender="postmaster@cty-anphat.example",
               words=f"Delivery has failed to these recipients or groups:\r\n\r\n{to}\r\n",
               subject="Undeliverable: Hang moi ve", letter=letter_head(to) + "headers")  # fmt: skip


def _outlook(to: str, case: Case) -> bytes:
    told = block(to.upper() if case.name == "unknown" else to, case.code, case.words)
    return dsn([f"Original-Recipient: rfc822;{to}\r\n{told}"], letter=letter_head(to),
               sender="postmaster@outlook.example", subject="Undeliverable: hello")  # fmt: skip


def _zimbra(to: str, case: Case) -> bytes:
    words = "Thư của bạn không gửi được tới người nhận dưới đây."
    return dsn([block(to, case.code, case.words)], words=words, letter=letter_head(to) + "headers",
               subject="Undelivered Mail Returned to Sender")  # fmt: skip


def _mimecast_lf(to: str, case: Case) -> bytes:
    return _postfix(to, case).replace(b"\r\n", b"\n")


def _bare_status(to: str, case: Case) -> bytes:
    """The block knows nothing; the reason stands in the words above it."""
    told = f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: {case.code}\r\n"
    return dsn([told], words=f"<{to}>: {case.words.format(to=to)}", letter=letter_head(to))


def _qmail(to: str, case: Case) -> bytes:
    text = (
        f"Hi. This is the qmail-send program at mx.hopthu.example.\r\nI'm afraid I wasn't able to "
        f"deliver your message to the following addresses.\r\n\r\n<{to}>:\r\n"
        f"{case.words.format(to=to)} (#{case.code})\r\n\r\n--- Below this line is a copy of the message."
        f"\r\n\r\n{letter_head(to)}\r\nXin chào"
    )
    return plain_mail("failure notice", text, sender="MAILER-DAEMON@mx.hopthu.example",
                      more="Return-Path: <>\r\n")  # fmt: skip


def _exim(to: str, case: Case) -> bytes:
    text = (
        "This message was created automatically by mail delivery software.\r\n\r\nA message that you "
        "sent could not be delivered to one or more of its\r\nrecipients. This is a permanent error. "
        f"The following address(es) failed:\r\n\r\n  {to}\r\n    host mx1.hopthu.example [192.0.2.1]\r\n"
        f"    SMTP error from remote mail server after RCPT TO:<{to}>:\r\n    {case.words.format(to=to)}"
        f"\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\n"
        f"{letter_head(to)}"
    )
    more = f"Return-Path: <>\r\nX-Failed-Recipients: {to}\r\nAuto-Submitted: auto-replied\r\n"
    return plain_mail("Mail delivery failed: returning message to sender", text,
                      sender="Mail Delivery System <Mailer-Daemon@mx.hopthu.example>", more=more)  # fmt: skip


def _vnn(to: str, case: Case) -> bytes:
    text = (
        f"Thông báo từ hệ thống thư điện tử\r\n\r\nThư của bạn không gửi được tới địa chỉ sau:\r\n"
        f"  {to}\r\nLý do: {case.words.format(to=to)}\r\n\r\nThư gốc:\r\n{letter_head(to)}"
    )
    return plain_mail("Thông báo thư trả lại", text, sender="postmaster@vnn.example")


def _old_exchange(to: str, case: Case) -> bytes:
    text = (
        "<html><head><style>p {color: red}</style></head><body><p>Your message did not reach some or "
        f"all of the intended recipients.</p><p>Subject: h&agrave;ng</p><p>&lt;{to}&gt;<br>"
        f"{case.words.format(to=f'&lt;{to}&gt;')}</p></body></html>"
    )
    return plain_mail("Undeliverable: mail", text, html=True,
                      sender="Microsoft Exchange <postmaster@cty-anphat.example>")  # fmt: skip


def _sendmail(to: str, case: Case) -> bytes:
    text = (
        f"   ----- The following addresses had permanent fatal errors -----\r\n<{to}>\r\n\r\n"
        f"   ----- Transcript of session follows -----\r\n... while talking to mx1.hopthu.example.:\r\n"
        f"<<< {case.words.format(to=to)}\r\n\r\n   ----- Original message -----\r\n\r\n{letter_head(to)}"
    )
    return plain_mail("Returned mail: see transcript for details", text,
                      sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.hopthu.example>")  # fmt: skip


SYSTEMS: dict[str, Callable[[str, Case], bytes]] = {
    "postfix": _postfix,
    "gmail": _gmail,
    "exchange": _exchange,
    "outlook": _outlook,
    "zimbra": _zimbra,
    "line-feeds": _mimecast_lf,
    "bare-status": _bare_status,
    "qmail": _qmail,
    "exim": _exim,
    "vnn": _vnn,
    "old-exchange": _old_exchange,
    "sendmail": _sendmail,
}


def _by_system() -> Iterator[Sample]:
    for place, (system, write) in enumerate(SYSTEMS.items()):
        for number, case in enumerate(CASES):
            for to in (PEOPLE[(place + number) % 4], PEOPLE[(place + number + 1) % 4]):
                raw, name = write(to, case), f"{system}/{case.name}/{to}"
                yield Sample(name, raw, ((case.kind, to),))


def _several() -> Iterator[Sample]:
    """One report of several recipients, each with an end of its own."""
    hoa, minh, lan, huong = PEOPLE
    told = {
        "two-failed": (("hard", hoa, "failed", CASES[0]), ("soft", minh, "failed", CASES[3])),
        "one-delayed": (("hard", hoa, "failed", CASES[0]), ("delayed", lan, "delayed", CASES[5])),
        "one-delivered": (
            ("delivered", hoa, "delivered", CASES[3]),
            ("policy", huong, "failed", CASES[6]),
            ("delivered", minh, "relayed", CASES[3]),
        ),
    }
    for name, each in told.items():
        blocks = [block(to, case.code, case.words, action=action) for _, to, action, case in each]
        yield Sample(f"several/{name}", dsn(blocks), tuple((kind, to) for kind, to, _, _ in each))
    for to, written in (
        ("hòa@bánh.example", "hòa@bánh.example"),
        ("hòa@bánh.example", r"h\x{F2}a@b\x{E1}nh.example"),
    ):
        for case in CASES[:4]:
            told_of = block(written, case.code, case.words.replace("{to}", "them"), kind="utf-8")
            raw = dsn([told_of], kind="message/global-delivery-status", letter=letter_head(to))
            yield Sample(f"global/{case.name}/{written}", raw, ((case.kind, to),))


def _not_bounces() -> Iterator[Sample]:
    for to in PEOPLE:
        for action, kind, code in (
            ("delayed", "delayed", "4.4.1"),
            ("delivered", "delivered", "2.0.0"),
            ("relayed", "delivered", "2.0.0"),
            ("expanded", "delivered", "2.0.0"),
        ):
            told = block(to, code, "450 4.4.1 no answer from {to} yet", action=action)
            yield Sample(f"{action}/{to}", dsn([told], subject="Delayed Mail"), ((kind, to),))
    hoa = PEOPLE[0]
    late = (
        f"This message was created automatically by mail delivery software.\r\nA message that you sent "
        f"has not yet been delivered to one or more recipients yet.\r\n\r\n  {hoa}\r\n\r\nNo action is "
        "required. Delivery will be retried.\r\n"
    )
    raw = plain_mail(
        "Warning: message 1abc delayed 24 hours", late, sender="Mailer-Daemon@mx.example"
    )
    yield Sample("exim/delayed", raw, (("delayed", hoa),))
    late = f"Thư của bạn chưa gửi được tới {hoa}. Hệ thống sẽ tiếp tục thử gửi trong 2 ngày."
    raw = plain_mail("Thư bị chậm", late, sender="postmaster@vnn.example")
    yield Sample("vnn/delayed", raw, (("delayed", hoa),))


def _complaints() -> Iterator[Sample]:
    for to in PEOPLE:
        yield Sample(f"arf/abuse/{to}", arf("abuse", to, told=to), (("complaint", to),))
        yield Sample(f"arf/not-spam/{to}", arf("not-spam", to, told=to), (("not_spam", to),))
        yield Sample(f"arf/virus/{to}", arf("virus", to, told=to), (("unreadable", to),))
        hidden = arf("abuse", to, letter_to="redacted@redacted.invalid")
        yield Sample(f"arf/redacted/{to}", hidden, (("complaint", ""),))
        yield Sample(f"arf/from-letter/{to}", arf("Abuse", to), (("complaint", to),))


def _answers() -> Iterator[Sample]:
    told = (
        ("Trả lời tự động: Tôi đang nghỉ phép", ""),
        ("Automatic reply: Hàng mới về", "X-Auto-Response-Suppress: All\r\n"),
        ("Out of Office: back on Monday", "Auto-Submitted: auto-replied\r\n"),
        ("Re: Hàng mới về", "Auto-Submitted: auto-replied (vacation)\r\n"),
        ("Nghỉ Tết Nguyên đán", "Precedence: auto_reply\r\n"),
        ("Tôi vắng mặt tới thứ Hai", "X-Autoreply: yes\r\n"),
    )
    text = "Tôi không có mặt. Việc gấp xin gửi tới lan.pham@truong.edu.example.\r\n"
    for number, (subject, more) in enumerate(told):
        for to in (PEOPLE[number % 4], PEOPLE[(number + 1) % 4]):
            raw = plain_mail(subject, text, sender=f"Khách <{to}>", more=more)
            yield Sample(f"auto/{number}/{to}", raw, (("auto", to),))


def _others() -> Iterator[Sample]:
    """What is no report, however much it looks like one: nobody may be silenced by it."""
    hoa = PEOPLE[0]
    talk = (
        ("Re: Hàng mới về", "Cho mình hỏi giá ghế mây ạ?"),
        ("Hỏi về đơn hàng", f"Thư gửi {hoa} bị trả lại, user unknown, shop xem giúp."),
        ("Undeliverable: thư hôm qua", f"Mình gửi cho {hoa} thì báo 550 5.1.1 user unknown."),
        ("Trúng thưởng!!!", "Bấm vào đây"),
    )
    for number, (subject, text) in enumerate(talk):
        raw = plain_mail(subject, text, sender=f"Người Lạ <la{number}@noinao.example>")
        yield Sample(f"talk/{number}", raw, (("unreadable", ""),))
    lost = "This is the qmail-send program. I wasn't able to deliver your message."
    raw = plain_mail("failure notice", lost, sender="MAILER-DAEMON@mx.hopthu.example")
    yield Sample("qmail/nobody-named", raw, (("unreadable", ""),))
    for name, broken in (
        ("empty", b""),
        ("zeros", b"\0" * 5_000),
        ("no-end", dsn([block(hoa, "5.1.1", "x")])[:400]),
        ("letters", b"\xff\xfe" * 3_000),
    ):
        yield Sample(f"broken/{name}", broken, (("unreadable", ""),))
