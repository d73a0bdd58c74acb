"""A letter leaves, is opened and clicked, and the shop reads who did, if they agreed to that."""

import asyncio
import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from khachquen.activate.campaigns.marking import read_mark
from khachquen.activate.campaigns.models import Campaign, Outcome, Recipient, Run
from khachquen.activate.campaigns.outcome_counts import Happened, count_outcomes, count_tracked
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base.config import Egress, Sending, Server
from khachquen.flows import tracking
from khachquen.flows.holding import HELD
from khachquen.flows.taking_in import Ingested
from khachquen.govern import User
from khachquen.govern.consent.purposes import LETTERS
from khachquen.receive import PagesApp, Visits
from khachquen.store.eventlog import LogWriter
from khachquen.unify.models import Edge, Profile
from khachquen.web.pages import tracking as pages
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.post import TickingClock, add_account, add_people, add_run, say, send_all
from tests.flows.test_refreshing import Keeping
from tests.served import free_port

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "https://gom-moc.example"
HTML = (
    "<html><body><p>Chào {{ name | bạn }}</p>"
    '<a href="https://shop.gom-moc.example/den?mau=xanh">Đèn</a>'
    '<a href="https://shop.gom-moc.example/chen">Chén</a>'
    '<a href="https://shop.gom-moc.example/binh">Bình</a>'
    '<a href="{{ unsubscribe }}">Hủy</a></body></html>'
)
TEXT = "Đèn: https://shop.gom-moc.example/den?mau=xanh\nHủy: {{ unsubscribe }}\n"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
LAN, NAM, MAI = 1, 2, 3


@dataclass
class House:
    """The shop, its clock and its line; letters by whose they are."""

    line: Line
    clock: FrozenClock
    letters: dict[int, tuple[str, str]]
    run: Run

    def links(self, person: int) -> list[str]:
        """The addresses of ours in somebody's letter: the trap, then the links in order."""
        return re.findall(rf'href="{HOME}(/l/[^"]+)"', self.letters[person][0])

    def picture(self, person: int) -> str:
        found = re.search(rf'<img src="{HOME}(/o/[^"]+)"', self.letters[person][0])
        assert found
        return found[1]

    def settle(self) -> Ingested:
        """Until nothing can change any more whose the last visit was; it is taken in."""
        self.clock.advance(seconds=HELD.total_seconds())
        return self.line.take_in()

    def numbers(self) -> dict[str, Happened]:
        return {kind: one for kind, one in count_outcomes(self.run.pk).items() if one != Happened()}


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[None]:
    told = replace(
        settings.CONFIG,
        data=data,
        sending=Sending(quiet_from=0, quiet_until=0, processes=1),
        server=Server(base_url=HOME),
        egress=Egress(inside=["127.0.0.0/8"]),
    )
    monkeypatch.setattr(settings, "CONFIG", told)
    monkeypatch.setattr("tests.flows.post.config", lambda **more: told)
    yield
    tracking.close_witness(told)


@pytest.fixture
def house(
    stranger: Client, data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Letters to three people: Lan and Nam agreed that opens and clicks are seen, Mai did not."""
    box = Box()
    line = Line(data)
    monkeypatch.setattr(pages, "system_clock", line.clock)
    people = add_people("Trần Thị Lan", "Phạm Văn Nam", "Lê Thị Mai", at=now)
    say("email:khach-1@example.vn", "email:khach-2@example.vn", says="granted", at=now,
        purpose=LETTERS)  # fmt: skip
    with mail_server(box, port=free_port()) as port:
        run = add_run(add_account(port, at=now), people, at=now, html=HTML, text=TEXT)
        send_all(TickingClock(now), run)
    Campaign.objects.update(segment_id=None)
    line.clock.advance(minutes=30)
    return House(line, line.clock, read_letters(box), run)


def read_letters(box: Box) -> dict[int, tuple[str, str]]:
    """HTML and text of what arrived, by whose it is."""
    letters = {}
    for _, (to,), raw in box.letters:
        found = email.message_from_bytes(raw, policy=email.policy.default)
        html, text = (found.get_body((kind,)) for kind in ("html", "plain"))
        assert html is not None
        assert text is not None
        letters[int(to[6])] = (html.get_content(), text.get_content())
    return letters


def test_a_letter_is_opened_and_clicked_and_the_shop_reads_who_did(
    house: House, stranger: Client, desk: Client
) -> None:
    picture = stranger.get(house.picture(LAN), headers={"user-agent": IPHONE})
    house.clock.advance(minutes=1)
    _, lamp, *_ = house.links(LAN)
    answer = stranger.get(lamp, headers={"user-agent": IPHONE})

    assert (picture.status_code, picture["Content-Type"]) == (200, "image/gif")
    assert picture.content[:6] == b"GIF89a"
    assert "no-store" in picture["Cache-Control"]
    assert answer.status_code == 302
    assert answer["Location"] == (
        "https://shop.gom-moc.example/den?mau=xanh"
        "&utm_source=khachquen&utm_medium=email&utm_campaign=gom-moi&utm_content=link-1"
    )
    assert not picture.cookies
    assert not answer.cookies
    assert not Outcome.objects.exists(), "a GET changes nothing"

    people = Profile.objects.count()
    house.settle()
    assert house.numbers() == {
        "opened": Happened(people=1, times=1),
        "clicked": Happened(people=1, times=1),
    }
    assert Profile.objects.count() == people, "the event is hers"
    assert not Edge.objects.exists(), "and joins nobody"
    events = house.line.ask(
        "select name, profile_id, properties->>'email_subject', properties->>'link_id',"
        " properties->>'is_machine' from events order by event_id"
    )
    subject = "[QC] Gốm mới cho {{ name | bạn }}"
    assert events == [
        ("Email Opened", LAN, subject, None, None),
        ("Email Link Clicked", LAN, subject, "1", None),
    ]

    page = desk.get(f"/campaigns/{house.run.campaign_id}").content.decode()
    assert "2 trong 3 người nhận đã đồng ý" in page
    assert re.search(r'id="became-opened".*?kind=opened">1</a>', page, re.DOTALL)
    assert "https://shop.gom-moc.example/den?mau=xanh" in page
    behind = desk.get(f"/campaigns/runs/{house.run.pk}/happened?kind=clicked&link=1")
    assert "khach-1@example.vn" in behind.content.decode()
    nobody = desk.get(f"/campaigns/runs/{house.run.pk}/happened?kind=clicked&link=2")
    assert "Không có ai." in nobody.content.decode()


def test_a_template_is_marked_as_plain_words_are(
    house: House, hoa: User, stranger: Client, now: datetime
) -> None:
    inside = (
        "Chào {{ person.greeting }}. {{ shop.sender }}, {{ shop.address }}."
        " {% if person.name %}"
        '<a href="https://shop.gom-moc.example/vip?ai={{ person.name }}">Quà</a>'
        ' {% endif %}<a href="https://shop.gom-moc.example/den">Đèn</a>'
        ' <a href="{{ links.unsubscribe }}">Hủy</a>'
    )
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(inside, subject="[QC] Gốm mới")
    template = get_template(add_template("Gốm mới", words, user=hoa, at=now))
    box = Box()
    with mail_server(box, port=free_port()) as port:
        version = template.version.id
        run = add_run(add_account(port, at=now), [LAN, MAI], at=now, version_id=version, html="")
        send_all(TickingClock(now), run)
    letters = read_letters(box)

    marks = [
        read_mark("l", token, tracking.keys_of(settings.CONFIG.data))
        for token in re.findall(rf'href="{HOME}/l/([^"]+)"', letters[LAN][0])
    ]
    assert [(one.link, one.links) for one in marks if one] == [(0, 2), (1, 2), (2, 2)]
    assert marks[1] is not None
    assert marks[1].to.startswith("https://shop.gom-moc.example/vip?ai=Trần%20Thị%20Lan&utm_")
    assert f"{HOME}/l/" not in letters[MAI][0]
    assert "data-kq" not in letters[LAN][0] + letters[MAI][0]


def test_who_did_not_agree_is_not_tracked(house: House) -> None:
    html, text = house.letters[MAI]

    assert "/l/" not in html + text
    assert "<img" not in html
    assert "https://shop.gom-moc.example/den?mau=xanh&amp;utm_source=khachquen" in html
    assert Recipient.objects.get(run=house.run, person_id=MAI).is_tracked is False
    assert count_tracked(house.run.pk) == 2


def test_machines_are_kept_apart_and_a_scanner_is_found_out_before_anybody_moves(
    house: House, stranger: Client, desk: Client
) -> None:
    """It opens anh Nam's letter, then follows its links four seconds apart while the engine goes on
    working. Chị Lan follows one, a minute after her mail program loaded the picture."""
    keeping = Keeping(house.line)
    did = {"kind": "did", "event": "Email Link Clicked"}
    opened = {"kind": "did", "event": "Email Opened"}
    clickers, openers = keeping.add("Đã bấm thư", did), keeping.add("Đã mở thư", opened)
    stranger.get(house.picture(LAN), headers={"user-agent": "Mozilla/5.0"})
    stranger.get(house.picture(NAM), headers={"user-agent": IPHONE})
    for link in house.links(NAM)[1:]:
        house.clock.advance(seconds=4)
        stranger.get(link, headers={"user-agent": IPHONE})
        house.line.take_in()
        keeping.keep()
    for _ in range(9):
        house.clock.advance(seconds=4)
        house.line.take_in()
        keeping.keep()
        assert [keeping.changes(one) for one in (clickers, openers)] == [[], []]
    stranger.get(house.links(LAN)[1], headers={"user-agent": IPHONE})
    house.settle()
    keeping.keep()

    assert house.numbers() == {
        "opened": Happened(only_machines=2),
        "clicked": Happened(people=1, only_machines=1, times=1),
    }
    names = house.line.ask(
        "select profile_id, name, properties->>'machine_reason' from events"
        ' order by "at", event_id'
    )
    assert names == [
        (LAN, "Email Opened By Machine", "apple"),
        (NAM, "Email Opened By Machine", "with_scanner"),
        *[(NAM, "Email Link Clicked By Machine", "all_links")] * 3,
        (LAN, "Email Link Clicked", None),
    ]
    assert keeping.changes(clickers) == [(LAN, True, "event")]
    assert keeping.changes(openers) == []
    page = desk.get(f"/campaigns/{house.run.campaign_id}").content.decode()
    assert "kind=opened&amp;by=machines" in page
    behind = desk.get(f"/campaigns/runs/{house.run.pk}/happened?kind=clicked&by=machines")
    assert "khach-2@example.vn" in behind.content.decode()


@pytest.mark.parametrize(
    "killed_after", ["read_letters", "write_segments", "save_outcomes", "move_watermark", "commit"]
)
def test_a_visit_survives_the_death_of_the_engine_and_counts_once(
    house: House, stranger: Client, killed_after: str
) -> None:
    """Two processes saw anh Nam's letter, so two streams hold what was one scanner; the engine is
    killed while it takes in the first of it."""
    for link in house.links(NAM)[1:]:
        house.clock.advance(seconds=4)
        stranger.get(link, headers={"user-agent": IPHONE})
        tracking.close_witness(settings.CONFIG)
    stranger.get(house.picture(LAN), headers={"user-agent": IPHONE})
    house.clock.advance(seconds=HELD.total_seconds() - 6)

    def die(step: str) -> None:
        if step == killed_after:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        house.line.take_in(die)
    house.line.ingester = Line(house.line.data).ingester
    house.line.ingester.recover()
    house.settle()
    house.settle()

    names = house.line.ask("select profile_id, name, count(*) from events group by all order by 1")
    assert names == [(LAN, "Email Opened", 1), (NAM, "Email Link Clicked By Machine", 3)]
    assert house.numbers()["clicked"] == Happened(only_machines=1)


def test_a_clock_that_was_put_back_keeps_no_visit_waiting(house: House, stranger: Client) -> None:
    stranger.get(house.picture(LAN), headers={"user-agent": IPHONE})
    house.clock.advance(hours=-2)
    house.line.take_in()
    assert house.numbers() == {"opened": Happened(people=1, times=1)}


def test_networks_the_operator_lists_are_machines(
    house: House, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data centre opens and clicks; behind Apple's relay a person clicks; Gmail asks for its
    reader from a data centre, too."""
    told = settings.CONFIG
    listed = replace(told, sending=replace(told.sending, machine_networks="nets.txt"))
    monkeypatch.setattr(settings, "CONFIG", listed)
    lines = ["203.0.113.0/24  # a cloud", "no network", "198.51.100.0/24 opens", "2001:db8::/32"]
    (told.data / "nets.txt").write_text("\n".join(lines), encoding="utf-8")

    def ask(address: str, ip: str, agent: str = IPHONE) -> None:
        house.clock.advance(minutes=2)
        stranger.get(address, headers={"user-agent": agent}, REMOTE_ADDR=ip)

    ask(house.links(LAN)[1], "203.0.113.9")
    ask(house.links(LAN)[2], "2001:db8::7")
    ask(house.picture(LAN), "198.51.100.1")
    ask(house.links(NAM)[1], "198.51.100.1")
    ask(house.picture(NAM), "203.0.113.9", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
    house.settle()

    events = house.line.ask(
        "select profile_id, name, properties->>'machine_reason', context from events"
        ' order by "at"'
    )
    assert [event[:3] for event in events] == [
        (LAN, "Email Link Clicked By Machine", "network"),
        (LAN, "Email Link Clicked By Machine", "network"),
        (LAN, "Email Opened By Machine", "network"),
        (NAM, "Email Link Clicked", None),
        (NAM, "Email Opened", None),
    ]
    assert "203.0.113" not in str(events), "where from is looked at and not kept"


def test_the_trap_and_a_head_request_are_machines(house: House, stranger: Client) -> None:
    trap, lamp, *_ = house.links(LAN)
    assert stranger.get(trap, headers={"user-agent": IPHONE}).status_code == 204
    house.clock.advance(minutes=5)
    looked = stranger.head(lamp, headers={"user-agent": IPHONE})
    house.settle()

    assert looked.status_code == 302
    assert house.numbers() == {"clicked": Happened(only_machines=1)}


def test_taking_back_ones_consent_ends_it_at_once(
    house: House, stranger: Client, now: datetime
) -> None:
    say("email:khach-1@example.vn", says="withdrawn", at=house.clock(), purpose=LETTERS)
    house.clock.advance(minutes=1)
    answer = stranger.get(house.links(LAN)[1], headers={"user-agent": IPHONE})
    house.settle()

    assert answer.status_code == 302, "the link still leads where it leads"
    assert house.numbers() == {}
    assert house.line.ask("select count(*) from events") == [(0,)]
    assert house.line.ask("select reason, payload from refusals") == [("no_consent", "")]


def test_nobody_else_is_believed(house: House) -> None:
    letter = Recipient.objects.get(run=house.run, person_id=LAN).pk
    forged = tracking.tell(letter, "opened", "gia-mao")
    house.line.website({**forged, "anonymousId": "a-1"})
    house.line.till({**forged, "userId": "lan"})
    house.settle()

    assert house.line.ask("select name from events") == [("Email Opened",)] * 2
    assert house.numbers() == {}


def test_what_other_witnesses_of_ours_say_needs_no_consent_to_track(house: House) -> None:
    letter = Recipient.objects.get(run=house.run, person_id=MAI).pk
    message = tracking.tell(letter, "bounced", "dsn-1", {"bounce_type": "hard"})
    tracking.tell_at_the_door(settings.CONFIG, [message], clock=house.clock)
    tracking.tell_at_the_door(settings.CONFIG, [message], clock=house.clock)
    house.settle()

    assert house.numbers() == {"bounced": Happened(people=1, times=1)}
    assert Outcome.objects.get().detail == "hard"


@pytest.mark.parametrize("path", ["/l/", "/o/"])
def test_a_forged_address_is_a_page_in_vietnamese_and_leads_nowhere(
    house: House, stranger: Client, path: str
) -> None:
    real = house.links(LAN)[1] if path == "/l/" else house.picture(LAN)
    answer = stranger.get(real[:-9] + real[-8:])

    assert answer.status_code == 404
    assert "Location" not in answer
    assert answer["Content-Language"] == "vi"
    assert stranger.post(real).status_code == 405
    assert house.settle().records == 0


async def ask_beside(
    clock: FrozenClock, method: str, path: str, agent: str = IPHONE
) -> tuple[int, dict[str, str], bytes]:
    """Asked where thousands may come in a minute: status, headers and body; 404 is the pages'."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def pages_answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"pages"})

    headers = [(b"user-agent", agent.encode())]
    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    app = PagesApp(pages_answer, health=lambda: (200, {}), visits=Visits(settings.CONFIG, clock))
    await app({**scope, "client": ("203.0.113.7", 5)}, cast(Any, None), send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(one["body"] for one in sent[1:])


def test_thousands_are_answered_beside_the_pages_in_the_same_words(
    house: House, stranger: Client
) -> None:
    def ask(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        return asyncio.run(ask_beside(house.clock, method, path))

    trap, lamp, *_ = house.links(NAM)
    by_pages = stranger.get(house.links(LAN)[1], headers={"user-agent": IPHONE})
    status, headers, _ = ask("GET", lamp)

    assert (status, headers["location"]) == (by_pages.status_code, by_pages["Location"])
    for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag", "X-Content-Type-Options"):
        assert headers[name.lower()] == by_pages[name]
    assert "set-cookie" not in headers
    status, headers, picture = ask("GET", house.picture(NAM))
    assert (status, headers["content-type"], picture[:6]) == (200, "image/gif", b"GIF89a")
    assert ask("HEAD", house.picture(NAM))[2] == b""
    assert ask("GET", trap)[::2] == (204, b"")
    for method, path in (("POST", lamp), ("GET", lamp[:-9] + lamp[-8:]), ("GET", "/customers")):
        assert ask(method, path)[::2] == (404, b"pages"), "the pages say so"

    house.settle()
    kinds = set(Outcome.objects.values_list("recipient__person_id", "kind"))
    assert kinds == {(LAN, "clicked"), (NAM, "clicked"), (NAM, "opened")}


def test_a_disk_that_cannot_take_it_costs_the_event_and_not_the_way(
    house: House, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    def locked(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(LogWriter, "submit", full)
    answer = stranger.get(house.links(LAN)[1], headers={"user-agent": IPHONE})
    monkeypatch.setattr(tracking, "find_or_create_source", locked)
    monkeypatch.setattr(tracking, "_SOURCE_S", -1.0)
    status, headers, _ = asyncio.run(ask_beside(house.clock, "GET", house.links(NAM)[1]))

    assert (answer.status_code, status) == (302, 302)
    assert answer["Location"].startswith("https://shop.gom-moc.example/den")
    assert headers["location"].startswith("https://shop.gom-moc.example/den")


def test_the_same_visit_is_one_and_a_thousand_are_bounded(house: House, stranger: Client) -> None:
    for _ in range(3):
        stranger.get(house.picture(LAN), headers={"user-agent": IPHONE})
    for number in range(60):
        stranger.get(house.picture(NAM), headers={"user-agent": f"{IPHONE} {number}"})
    house.settle()

    times = dict(Outcome.objects.values_list("recipient__person_id", "times"))
    assert times[LAN] == 1
    assert times[NAM] == 30


def test_a_campaign_may_be_sent_without_either(
    stranger: Client, desk: Client, house: House, now: datetime
) -> None:
    address = f"/campaigns/{house.run.campaign_id}"
    assert "2 trong 3 người sẽ nhận thư" not in desk.get(address).content.decode()
    desk.post(f"{address}/tracking", {})
    house.run.campaign.refresh_from_db()

    assert (house.run.campaign.tracks, house.run.campaign.adds_utm) == (False, False)
    assert stranger.post(f"{address}/tracking", {"tracks": "on"}).status_code == 302
    house.run.campaign.refresh_from_db()
    assert house.run.campaign.tracks is False
