"""Chị Lan signs up on a form: she becomes a customer, and her words are in the ledger, once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Config, InputError, Text, load_config
from khachquen.collect.forms import Ask, FormView, Question, Wish, change_form, list_forms
from khachquen.collect.forms.counting import results
from khachquen.flows.signing_up import Filled, askable, make_form, new_pass, shown_asks, sign_up
from khachquen.govern.consent import Addressee, find_break, list_words, may_send
from khachquen.govern.consent.models import ConsentEntry
from khachquen.govern.consent.purposes import archive_purpose, list_texts, publish_text
from khachquen.unify.profiles import find_profile
from khachquen.unify.traits import Standing, standings
from khachquen.unify.traits.declaring import Wish as TraitWish
from khachquen.unify.traits.declaring import add_attribute
from tests.flows.line import Line

pytestmark = pytest.mark.django_db
LAN, HER_PHONE = "email:lan@nhamay.vn", "phone:+84912345678"
WORDS = Text(vi="Gửi tôi tin khuyến mãi, nhiều nhất 4 thư mỗi tháng.", en="Send me offers.")
ANSWERS = {"name": "Trần Thị Lan", "email": "Lan@nhamay.vn ", "phone": "0912 345 678",
           "birthday": "24/12/1990"}  # fmt: skip
YES = frozenset({("ads", "email"), ("ads", "zalo")})
WISH = Wish(
    title=Text(vi="Đăng ký nhận tin", en="Newsletter"),
    questions=(
        Question("name"),
        Question("email", required=True),
        Question("phone"),
        Question("birthday"),
    ),
    asks=(Ask("ads", ("email", "zalo"), 4, 30), Ask("profiling", ("email",))),
)


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data)


@pytest.fixture
def config(data: Path) -> Config:
    return load_config(data, {})


@pytest.fixture
def form(line: Line) -> FormView:
    for purpose in ("ads", "profiling"):
        publish_text(purpose, WORDS, by="hoa@example.vn", at=line.clock())
    return make_form(WISH, slug="", by="hoa@example.vn", at=line.clock())


def page(form: FormView, line: Line, **rest: object) -> Filled:
    """The form as chị Lan filled it in, a minute after it was shown to her."""
    given = new_pass(form, shown_asks(form), at=line.clock())
    line.clock.advance(minutes=1)
    filled = Filled(
        answers=ANSWERS,
        ticked=YES,
        given_pass=given,
        ip="203.0.113.77",
        user_agent="Mozilla/5.0 (iPhone)",
        page_url="https://khach.example.vn/f/dang-ky-nhan-tin?utm_source=zalo",
    )
    return replace(filled, **rest)  # type: ignore[arg-type]


def log_is_empty(config: Config) -> bool:
    return not list((config.data / "log").rglob("*.log")) if config.data.exists() else True


def test_chi_lan_signs_up_and_is_a_customer_whose_words_are_kept_with_their_text(
    line: Line, config: Config, form: FormView
) -> None:
    filled = page(form, line)

    assert sign_up(config, form, filled, now=line.clock()).is_taken
    line.take_in()

    person = find_profile(LAN)
    assert person is not None
    assert person == find_profile(HER_PHONE)
    assert person.row.name == "Trần Thị Lan"
    assert person.trait("birthday") == "1990-12-24"
    (word, other) = sorted(list_words([LAN]), key=lambda one: one.channel)
    assert (word.purpose, word.channel, other.channel) == ("ads", "email", "zalo")
    assert (word.says, word.method, word.at) == ("granted", "web_form", line.clock())
    assert word.text is not None
    assert (word.text.version, word.text.text_vi) == (1, WORDS.vi)
    assert (word.at_most, word.per_days, word.source_id) == (4, 30, form.source_id)
    proof = word.evidence
    assert (proof["form_id"], proof["ip"]) == ("dang-ky-nhan-tin", "203.0.113.0")
    assert proof["text_digest"] == list_texts("ads")[0].digest
    assert proof["page"] == filled.page_url
    to_her = Addressee(LAN, [LAN, HER_PHONE])
    assert may_send("ads", "email", to_her, now=line.clock()).may
    assert not may_send("profiling", "email", to_her, now=line.clock()).may
    assert line.counts() == {"stored": 3}
    assert find_break() is None


def test_what_she_did_not_tick_nobody_says(line: Line, config: Config, form: FormView) -> None:
    assert sign_up(config, form, page(form, line, ticked=frozenset()), now=line.clock()).is_taken
    line.take_in()

    assert not ConsentEntry.objects.exists()
    assert line.ask("select name from events order by name nulls first") == [
        (None,),
        ("Form Submitted",),
    ]


def test_sending_twice_is_one_and_what_she_corrected_is_told_anew(
    line: Line, config: Config, form: FormView
) -> None:
    filled = page(form, line)
    for _ in range(3):
        assert sign_up(config, form, filled, now=line.clock()).is_taken
    line.take_in()
    assert line.counts() == {"stored": 3}
    assert results([form.id])[form.id].sent == 1

    mended = replace(filled, answers={**ANSWERS, "phone": "0912 345 679"})
    assert sign_up(config, form, mended, now=line.clock()).is_taken
    line.take_in()

    assert line.counts() == {"stored": 6}
    assert results([form.id])[form.id].sent == 2
    assert find_profile("phone:+84912345679") is not None


def test_what_a_page_anybody_may_send_says_weighs_less_than_the_till(form: FormView) -> None:
    assert standings() == {form.source_id: Standing(7)}
    assert Standing().rank == 5


def test_words_that_changed_meanwhile_are_kept_as_she_read_them(
    line: Line, config: Config, form: FormView
) -> None:
    filled = page(form, line)
    publish_text("ads", Text(vi="Bản mới", en=""), by="hoa@example.vn", at=line.clock())

    sign_up(config, form, filled, now=line.clock())
    line.take_in()

    word = list_words([LAN])[0]
    assert word.text is not None
    assert word.text.text_vi == WORDS.vi
    assert word.evidence["text_digest"] == list_texts("ads")[1].digest


@pytest.mark.parametrize(
    ("wrong", "reason", "place"),
    [({"trap": "http://spam.example"}, "trap", "trap"), ({"given_pass": "x.y"}, "old", "")],
)
def test_a_program_is_told_what_is_wrong_and_nothing_is_kept(
    line: Line, config: Config, form: FormView, wrong: dict[str, str], reason: str, place: str
) -> None:
    verdict = sign_up(config, form, page(form, line, **wrong), now=line.clock())

    assert not verdict.is_taken
    assert list(verdict.problems) == [place]
    assert log_is_empty(config)
    assert results([form.id])[form.id].stopped == {reason: 1}


def test_a_form_sent_within_a_second_is_asked_once_more_and_then_taken(
    line: Line, config: Config, form: FormView
) -> None:
    filled = replace(page(form, line), given_pass=new_pass(form, shown_asks(form), at=line.clock()))

    verdict = sign_up(config, form, filled, now=line.clock())

    assert (verdict.is_taken, verdict.ticked) == (False, YES)
    assert verdict.given_pass == filled.given_pass
    assert log_is_empty(config)
    line.clock.advance(seconds=3)
    assert sign_up(config, form, filled, now=line.clock()).is_taken


def test_a_page_left_open_for_days_keeps_her_ticks_only_under_the_same_words(
    line: Line, config: Config, form: FormView
) -> None:
    filled = page(form, line)
    line.clock.advance(days=2)

    same = sign_up(config, form, filled, now=line.clock())
    publish_text("ads", Text(vi="Bản mới", en=""), by="hoa@example.vn", at=line.clock())
    other = sign_up(config, form, filled, now=line.clock())

    assert (same.is_taken, same.ticked) == (False, YES)
    assert (other.is_taken, other.ticked) == (False, frozenset())
    again = replace(filled, given_pass=same.given_pass)
    line.clock.advance(seconds=5)
    assert sign_up(config, form, again, now=line.clock()).is_taken


def test_a_pass_of_another_form_is_none(line: Line, config: Config, form: FormView) -> None:
    other = make_form(WISH, slug="khac", by="hoa@example.vn", at=line.clock())
    filled = page(other, line)

    assert not sign_up(config, form, filled, now=line.clock()).is_taken
    assert sign_up(config, other, filled, now=line.clock()).is_taken


@pytest.mark.parametrize(
    ("answers", "places"),
    [
        ({"email": "lan@"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"phone": "09", "birthday": "31/02/1990"}, ["birthday", "phone"]),
        ({"phone": ""}, ["phone"]),  # Zalo was ticked
        ({"name": "L" * 501}, ["name"]),
    ],
)
def test_each_mistake_stands_at_its_field_and_nothing_is_kept(
    line: Line, config: Config, form: FormView, answers: dict[str, str], places: list[str]
) -> None:
    filled = page(form, line, answers={**ANSWERS, **answers})

    verdict = sign_up(config, form, filled, now=line.clock())

    assert sorted(verdict.problems) == places
    assert (verdict.ticked, verdict.given_pass) == (YES, filled.given_pass)
    assert log_is_empty(config)
    assert results([form.id])[form.id].sent == 0


def test_ticks_nobody_offered_are_not_heard(line: Line, config: Config, form: FormView) -> None:
    odd = {("ads", "sms"), ("sharing", "email"), ("x" * 300, "\x00"), ("ads", "any")}

    assert sign_up(config, form, page(form, line, ticked=YES | odd), now=line.clock()).is_taken
    line.take_in()

    assert {(one.purpose, one.channel) for one in list_words([LAN])} == YES
    assert line.counts() == {"stored": 3}


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "=cmd|'/c calc'!A1", "\u202eannaH", "Lan\ud800", "名" * 500],
)
def test_hostile_names_are_words_like_others(
    line: Line, config: Config, form: FormView, name: str
) -> None:
    filled = page(form, line, answers={**ANSWERS, "name": name})

    verdict = sign_up(config, form, filled, now=line.clock())
    line.take_in()

    assert verdict.is_taken
    assert line.counts() == {"stored": 3}


def test_a_purpose_put_away_is_asked_for_no_longer(line: Line, form: FormView) -> None:
    from khachquen.govern.consent.purposes import add_purpose

    add_purpose(
        key="ban_tin",
        name=Text(vi="Bản tin", en="News"),
        basis="consent",
        is_advertising=True,
        by="hoa@example.vn",
        at=line.clock(),
    )
    publish_text("ban_tin", WORDS, by="hoa@example.vn", at=line.clock())
    wish = replace(WISH, asks=(Ask("ban_tin", ("email",)),))
    changed = change_form(form.slug, wish, traits=askable(), by="hoa@example.vn", at=line.clock())
    assert [one.ask.purpose for one in shown_asks(changed)] == ["ban_tin"]

    archive_purpose("ban_tin", archived=True, by="hoa@example.vn", at=line.clock())

    assert shown_asks(changed) == []


def test_a_purpose_without_words_cannot_be_asked_for(line: Line, form: FormView) -> None:
    wish = replace(WISH, asks=(Ask("sharing", ("email",)),))

    with pytest.raises(InputError) as caught:
        make_form(wish, slug="chia-se", by="hoa@example.vn", at=line.clock())

    assert (caught.value.code, caught.value.path) == ("forms.no_text", "ask_sharing")
    assert [one.slug for one in list_forms()] == [form.slug]


def test_sealed_and_naming_traits_are_never_asked_on_a_public_page(line: Line) -> None:
    by: Any = {"actor": "hoa@example.vn", "at": line.clock()}
    add_attribute(TraitWish("Ngày cưới", "Wedding day", kind="date", pii="linkable"), **by)
    found = askable()

    assert {"name", "phone", "email", "birthday", "gender", "ngay_cuoi"} <= set(found)
    refused = {"national_id", "card_number", "member_card", "zalo", "id", "accepts_marketing"}
    assert not refused & set(found)
