"""One wording, many people: what each of them gets."""

import pickle
from collections.abc import Iterator

import pytest

from khachquen.activate.content import Reader, render_batch
from khachquen.activate.content.rendering import Worker
from tests.activate.content.wordings import TODAY, hoa, raw, version, wording


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def test_hoa_and_nam_get_their_own_words(worker: Worker) -> None:
    told = version(
        wording(
            "Chào {{ person.greeting }}, chị đã mua {{ person.spent | money }}, đơn"
            " {{ order.number }} {{ order.total | money }}, sinh {{ person.birthday | date }},"
            " {{ person.birthday | date: '%d/%m' }}, hôm nay {{ today | date }}.",
            preheader="Riêng cho {{ person.given_name | default: 'bạn' }}",
        )
    )
    nam = Reader(2, {"greeting": "Anh Nam"})
    first, second = render_batch(told, [hoa(), nam], today=TODAY, worker=worker)
    assert (first.reader_id, second.reader_id) == (1, 2)
    assert first.subject == "Quà của Nhà Mây"
    assert (first.preheader, second.preheader) == ("Riêng cho Hoa", "Riêng cho bạn")
    said = (
        "Chào Chị Hoa, chị đã mua 1.250.000\xa0đ, đơn DH-7 450.000\xa0đ, sinh 08/03/1990, 08/03,"
        " hôm nay 22/11/2026."
    )
    assert said in first.html
    assert first.text == f"{said}\n"
    assert "Chào Anh Nam, chị đã mua , đơn  , sinh , ," in second.html
    assert first.problems == second.problems == ()


def test_a_section_between_marks_comes_only_to_whom_it_is_for(worker: Worker) -> None:
    mjml = (
        "<mjml><mj-body>{% if person.orders_count > 1 and person.spent < 9000000 %}<mj-section>"
        "<mj-column><mj-text>Cảm ơn</mj-text></mj-column></mj-section>{% else %}<mj-section>"
        "<mj-column><mj-text>Mới gặp</mj-text></mj-column></mj-section>{% endif %}</mj-body></mjml>"
    )
    told = version(wording(mjml=mjml))
    old, new = render_batch(told, [hoa(), Reader(2)], today=TODAY, worker=worker)
    assert ("Cảm ơn" in old.html, "Mới gặp" in old.html, old.text) == (True, False, "Cảm ơn\n")
    assert ("Cảm ơn" in new.html, "Mới gặp" in new.html, new.text) == (False, True, "Mới gặp\n")


def test_the_same_people_and_day_give_the_same_bytes(worker: Worker) -> None:
    told = version()
    once = render_batch(told, [hoa(n) for n in range(50)], today=TODAY, worker=worker)
    other = Worker()
    try:
        again = render_batch(told, [hoa(n) for n in range(50)], today=TODAY, worker=other)
    finally:
        other.close()
    assert once == again
    assert pickle.loads(pickle.dumps(once)) == once
    assert [one.reader_id for one in once] == list(range(50))


def test_a_name_is_text_wherever_it_stands(worker: Worker) -> None:
    evil = '"><script>alert(1)</script>{{ shop.address }}'
    told = version(
        wording(
            '<a href="https://nhamay.vn/?t={{ person.name | url_encode }}"'
            ' title="{{ person.name }}">{{ person.name }}</a>',
            subject="Chào {{ person.name }}",
        )
    )
    made = render_batch(told, [hoa(name=evil)], today=TODAY, worker=worker)[0]
    assert "<script" not in made.html
    assert "12 Hàng Bông" not in made.html  # what is in a value is not run
    assert "?t=%22%3E%3Cscript%3E" in made.html
    assert 'title="&#34;&gt;&lt;script&gt;alert(1)' in made.html
    assert made.subject == f"Chào {evil}"


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00"])
def test_a_value_cannot_begin_a_header_of_its_own(worker: Worker, line_end: str) -> None:
    told = version(wording(subject="Chào {{ person.name }}", preheader="{{ person.name }}"))
    name = f"Hoa{line_end}Bcc: ai-do@example.vn"
    made = render_batch(told, [hoa(name=name)], today=TODAY, worker=worker)[0]
    assert made.subject.isprintable()
    assert made.subject.startswith("Chào Hoa")
    assert made.preheader.isprintable()


def test_who_lacks_everything_still_gets_a_mail(worker: Worker) -> None:
    made = render_batch(version(), [Reader(9)], today=TODAY, worker=worker)[0]
    assert made.problems == ()
    assert made.subject == "Quà của Nhà Mây"


def test_nobody_costs_nothing() -> None:
    assert render_batch(raw("{{"), [], today=TODAY) == []
