"""What mail systems send back is understood, and nothing a stranger writes breaks the reader."""

import random
import time
from collections import Counter

import pytest

from khachquen.activate.channels.email.reports import MOST_BYTES, read_reports
from tests.activate.channels.returned_mail import (
    BOUNCE,
    CASES,
    KEY,
    PEOPLE,
    SYSTEMS,
    UNSUBSCRIBE,
    Sample,
    arf,
    block,
    dsn,
    letter_head,
    make_all,
    plain_mail,
)

SAMPLES = make_all()


def read(sample: Sample) -> tuple[tuple[str, str], ...]:
    return tuple((one.kind, one.address) for one in read_reports(sample.raw).reports)


def is_right(sample: Sample) -> bool:
    """Kind and recipient; the recipient of what nobody could read does not matter."""
    told = read(sample)
    folded = [(kind, "" if kind == "unreadable" else who.casefold()) for kind, who in told]
    return folded == [
        (kind, "" if kind == "unreadable" else who.casefold()) for kind, who in sample.labels
    ]


def test_the_corpus_is_understood_and_silences_nobody_wrongly() -> None:
    assert len(SAMPLES) >= 200
    assert len({one.name for one in SAMPLES}) == len(SAMPLES)
    wrong = [(one.name, read(one), one.labels) for one in SAMPLES if not is_right(one)]
    assert len(wrong) <= len(SAMPLES) * 0.01, wrong
    silencing = {"hard", "complaint"}
    for sample in SAMPLES:
        may = {label for label in sample.labels if label[0] in silencing}
        did = {(kind, who.casefold()) for kind, who in read(sample) if kind in silencing}
        assert did <= {(kind, who.casefold()) for kind, who in may}, sample.name
    kinds = Counter(kind for one in SAMPLES for kind, _ in one.labels)
    assert min(kinds[kind] for kind in ("hard", "soft", "policy", "auto", "complaint")) >= 8


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_letter_is_known_again_by_what_the_report_carries(system: str) -> None:
    mail = read_reports(SYSTEMS[system](PEOPLE[0], CASES[0]))
    assert BOUNCE in mail.returned_to
    if system != "old-exchange":  # carries nothing of the letter
        assert (mail.message_ids, mail.unsubscribes) == ((f"{KEY}@nhamay.vn",), (UNSUBSCRIBE,))


def test_a_complaint_without_a_name_still_says_which_letter_it_was() -> None:
    mail = read_reports(arf("abuse", PEOPLE[0], letter_to="redacted@redacted.invalid"))
    assert (mail.reports[0].address, mail.returned_to[-1]) == ("", BOUNCE)
    assert mail.unsubscribes == (UNSUBSCRIBE,)


def test_a_report_about_another_report_is_not_opened() -> None:
    """What lies inside the letter that came back was written by whoever wrote that letter."""
    inner = dsn([block(PEOPLE[1], "5.1.1", "user unknown")]).replace(b"=_kq", b"=_in").decode()
    outer = dsn([block(PEOPLE[0], "5.2.2", "full")], letter=inner)
    assert [one.address for one in read_reports(outer).reports] == [PEOPLE[0]]


def test_a_letter_within_an_ordinary_mail_reports_nothing() -> None:
    forwarded = plain_mail("Fwd: Undeliverable", letter_head(PEOPLE[0]), sender="la@noinao.example")
    assert read_reports(forwarded).reports[0].kind == "unreadable"


_NESTED = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(_NESTED % (n, n) for n in range(5_000)),
        b"Content-Type: message/rfc822\n\n" * 5_000,
        b"Subject: " + b"=?utf-8?b?" * 50_000,
        b"A: b\n" * 200_000,
        b"Content-Type: text/html\n\n" + b"<style" * 80_000,
        b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n" + b"a" * 400_000 + b"@",
        b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n" + b"a@b.example " * 40_000,
        dsn([block(f"k{n}@x.example", "5.1.1", "x") for n in range(3_000)]),
        b"Content-Type: text/plain; charset=hex\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: multipart/report; boundary=\n\n--\n" + b"x" * MOST_BYTES * 3,
    ],
    ids=range(10),
)  # fmt: skip
def test_hostile_messages_cost_little_and_break_nothing(raw: bytes) -> None:
    began = time.process_time()
    assert len(read_reports(raw).reports) <= 200
    assert time.process_time() - began < 3


def test_random_damage_never_raises() -> None:
    dice = random.Random(20261119)
    for _ in range(400):
        raw = bytearray(dice.choice(SAMPLES).raw or b"x")
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        for report in read_reports(bytes(raw)).reports:
            assert len(report.words) <= 500
            assert len(report.address) <= 320
