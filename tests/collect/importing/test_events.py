"""A file of raw messages goes through as it is; lines that are no messages are named."""

from pathlib import Path

import pytest

from khachquen.base import InputError
from tests.collect.importing.told import open_here, told_by, write


def test_each_line_is_a_message_and_the_nameless_get_a_name(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        {"type":"track","event":"Signed Up","userId":"KH01","messageId":"m-1"}

        { "type":"page","anonymousId":"a-1"}
        ["không phải sự kiện"]
        {"type":"track",
        {}
        """,
        name="su-kien.jsonl",
    )

    messages, summary = told_by(path, "events")
    again, _ = told_by(path, "events")

    assert messages == again
    assert messages[0] == {
        "type": "track",
        "event": "Signed Up",
        "userId": "KH01",
        "messageId": "m-1",
    }
    assert messages[1]["anonymousId"] == "a-1"
    assert messages[1]["messageId"].startswith("imp-")
    assert messages[2] == {"messageId": messages[2]["messageId"]}
    assert messages[1]["messageId"] != messages[2]["messageId"]
    assert summary.rows_by_fate == {"event": 3, "refused": 2}
    assert [(p.row, p.code) for p in summary.problems] == [(4, "not_an_object"), (5, "not_json")]


def test_ten_thousand_levels_are_refused_and_the_neighbour_lives(tmp_path: Path) -> None:
    deep = '{"type":"track","properties":' + "[" * 10_000 + "]" * 10_000 + "}"
    path = write(tmp_path, f'{deep}\n{{"type":"page","anonymousId":"a-1"}}', name="sau.jsonl")

    [message], summary = told_by(path, "events")

    assert message["anonymousId"] == "a-1"
    assert summary.rows_by_fate == {"refused": 1, "event": 1}


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("events", "event,userId\nSigned Up,1", "import.wrong_format"),
        ("customers", '{"email":"hoa@example.vn"}', "import.wrong_format"),
        ("deals", "email\nhoa@example.vn", "import.unknown_kind"),
    ],
)
def test_what_cannot_be_imported_yet_is_refused_plainly(
    tmp_path: Path, kind: str, text: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        open_here(write(tmp_path, text), kind)

    assert caught.value.code == code
    assert caught.value.hint is not None
