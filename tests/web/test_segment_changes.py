"""Who entered and left: on the segment's page, on a page of its own, and beside the person."""

import re

import pytest
from django.test import Client

from khachquen.understand.segments import put_in, take_out
from tests.web.segmented import keep_segments
from tests.web.story import NOON, Sources
from tests.web.test_segments import KNOWN, make, page, story

__all__ = ["story"]
pytestmark = pytest.mark.django_db


def test_who_entered_and_left_is_told_with_time_and_cause(desk: Client, story: Sources) -> None:
    by_hand = make("Khách mời", None)
    assert "Chưa có ai vào hay rời" in page(desk, f"/segments/{by_hand}/changes")
    put_in(by_hand, [1], actor="hoa@example.vn", at=NOON)
    keep_segments(NOON)
    take_out(by_hand, [1], actor="hoa@example.vn", at=NOON)
    keep_segments(NOON)

    for path in (f"/segments/{by_hand}", f"/segments/{by_hand}/changes"):
        words = page(desk, path)
        assert re.findall(r"</svg>(Vào|Rời)</span>", words) == ["Rời", "Vào"], path
        assert words.count('href="/customers/1"') == 2
        assert "thời gian trôi qua" in words, "all that an engine that just began can say"
    beside = desk.get("/segments/of/1", headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r"</svg>(Vào|Rời)</span>", beside) == ["Rời", "Vào"]
    assert f'href="/segments/{by_hand}"' in beside


def test_many_changes_are_paged_and_a_made_up_place_is_the_beginning(
    desk: Client, story: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("khachquen.web.pages.segments.PAGE", 1)
    known = make("Khách đã biết", KNOWN)
    seen, path = [], f"/segments/{known}/changes"
    while True:
        words = page(desk, path)
        seen += re.findall(r'class="primary person" href="/customers/(\d+)"', words)
        found = re.search(r'rel="next" href="(\?before=[^"]+)"', words)
        if not found:
            break
        path = f"/segments/{known}/changes{found[1]}"
    assert len(seen) == len(set(seen)) > 1
    for odd in ("x", "1~", f"{2**70}~1", "1~2~3"):
        assert seen[0] in page(desk, f"/segments/{known}/changes?before={odd}")
