"""Sample data of letters programs ask for: found in the template, typed in plain words, said on
trial and to no customer."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings

from khachquen.activate.content import get_version, read_readers, render_batch
from khachquen.activate.content.checking import check_template, check_unsaved
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.sampling import (
    AskedName,
    asked_by,
    data_for,
    list_asked,
    made_of,
    read_sample,
    save_sample,
)
from khachquen.activate.content.trying import try_saved, try_unsaved
from khachquen.activate.content.writing import add_template
from khachquen.base import ForbiddenError, InputError
from khachquen.flows.saying import say_as
from khachquen.govern import User, list_audit
from tests.activate.content.wordings import TODAY, wording
from tests.flows.post import add_people

SAID = (
    "Chào {{ person.greeting }}, đơn {{ data.code }} giao cho {{ data.to.name }}:"
    "{% for one in data.items %} {{ one.name }} x{{ one.count }}{% endfor %}"
    "{% for tag in data.tags %} {{ tag }}{% endfor %}."
)
TYPED = {
    "code": "HD1203",
    "to.name": "Chị Lan <b>",
    "items": "Bát men lam | 2\n\nĐĩa hoa|1",
    "tags": "nhanh\n012",
}


@pytest.fixture
def hoa(db: None, now: datetime, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=tmp_path))
    return User.objects.create(email="hoa@nhamay.vn", is_admin=True, created_at=now)


@pytest.fixture
def shipped(hoa: User, now: datetime) -> int:
    """The letter that says that an order left."""
    words = wording(SAID, subject="Đơn {{ data.code }}", purpose_kind="transactional")
    return add_template("Đơn đi rồi", words, user=hoa, at=now)


def test_every_name_the_template_asks_for_is_found_once_and_lists_with_their_parts(
    shipped: int,
) -> None:
    version = get_version(get_template(shipped).version.id)
    found = {one.name: (one.is_list, one.parts) for one in asked_by(version)}
    assert found == {
        "code": (False, ()),
        "to.name": (False, ()),
        "items": (True, ("name", "count")),
        "tags": (True, ()),
    }
    assert list_asked(["{{ person.name }}", "{{ broken", "data.code"]) == []


def test_what_is_typed_becomes_what_a_program_would_tell() -> None:
    asked = [
        AskedName("code"),
        AskedName("to.name"),
        AskedName("items", True, ("name", "count")),
        AskedName("tags", True),
        AskedName("paid"),
    ]
    assert made_of(asked, TYPED | {"paid": "125000", "other": "x"}) == {
        "code": "HD1203",
        "to": {"name": "Chị Lan <b>"},
        "items": [{"name": "Bát men lam", "count": 2}, {"name": "Đĩa hoa", "count": 1}],
        "tags": ["nhanh", "012"],
        "paid": 125000,
    }


def test_previews_and_letters_on_trial_say_it_and_letters_to_customers_never(
    shipped: int, hoa: User, now: datetime
) -> None:
    version = get_version(get_template(shipped).version.id)
    assert data_for(version) == {}
    [before] = try_saved(version.id, ["nameless"], now=now)
    assert before.message.subject == "Đơn"
    save_sample(shipped, TYPED, user=hoa, at=now)
    assert list_audit()[0].action == "content.sample"

    [tried] = try_saved(version.id, ["nameless"], now=now)
    assert tried.message.subject == "Đơn HD1203"
    assert "Bát men lam x2 Đĩa hoa x1 nhanh 012." in tried.message.html
    assert "Chị Lan &lt;b&gt;" in tried.message.html
    words = get_template(shipped).version.wording
    [unsaved] = try_unsaved(words, ["new"], template_id=shipped, now=now)
    assert unsaved.message.subject == "Đơn HD1203"
    on_trial = say_as(version.id, "nameless", {}, is_trial=True, now=now)
    assert on_trial is not None
    assert on_trial.subject == "Đơn HD1203"

    [lan] = add_people("Nguyễn Thị Lan", at=now)
    [letter] = render_batch(version, read_readers(version, [lan], now=now), today=TODAY)
    assert letter.subject == "Đơn"
    meant = say_as(version.id, "nameless", {}, now=now)
    assert meant is not None
    assert meant.subject == "Đơn"


def test_who_may_not_write_keeps_nothing_and_nothing_long_is_kept(
    shipped: int, hoa: User, now: datetime
) -> None:
    nam = User.objects.create(email="nam@nhamay.vn", created_at=now)
    with pytest.raises(ForbiddenError):
        save_sample(shipped, TYPED, user=nam, at=now)
    with pytest.raises(InputError, match="too long") as said:
        save_sample(shipped, {"code": "x" * 2001}, user=hoa, at=now)
    assert (said.value.code, said.value.path) == ("content.sample_long", "code")
    assert read_sample(shipped) == {}
    save_sample(shipped, {"code": " HD1 ", "items": " "}, user=hoa, at=now)
    assert read_sample(shipped) == {"code": "HD1"}


def test_the_link_to_confirm_by_is_taught_where_it_would_be_empty(
    shipped: int, hoa: User, now: datetime
) -> None:
    said = "Mời <a href='{{ links.confirm }}'>bấm</a>"

    def found(kind: str) -> list[tuple[str, int]]:
        words = wording(said, subject="[QC] Gốm", purpose_kind=kind)
        every = check_unsaved(words)
        return [(one.level, one.line) for one in every if one.code == "content.confirm_link"]

    assert found("advertising") == [("error", 3)]
    assert found("transactional") == [("hint", 3)]
    assert "content.confirm_link" not in {one.code for one in check_template(shipped)}
