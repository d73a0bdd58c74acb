"""The scripts a website loads from us: small, all ours, kept by browsers for a while."""

import gzip
from collections.abc import Mapping

import pytest

from tests.needs import ROOT
from tests.receive.conftest import Door, Reply

SCRIPTS = ("/kq.js", "/kq-consent.js", "/kq-contact.js")


def get(door: Door, path: str, headers: Mapping[str, str] | None = None) -> Reply:
    return door.ask("GET", path, headers=headers)


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_script_is_under_six_kilobytes(door: Door, path: str) -> None:
    body = get(door, path).body

    assert len(gzip.compress(body, 9, mtime=0)) < 6 * 1024
    assert len(get(door, path, {"Accept-Encoding": "gzip, br"}).body) < 6 * 1024
    assert b"sourceMappingURL" not in body


def test_the_tag_imports_nothing_but_itself() -> None:
    for source in (ROOT / "web/assets/src/tag").glob("*.js"):
        for line in source.read_text().splitlines():
            if " from " in line and line.endswith('";') and "//" not in line:
                assert ' from "./' in line, f"{source.name}: {line}"


@pytest.mark.parametrize("path", SCRIPTS)
def test_any_page_may_load_it_and_keep_it_for_a_while(door: Door, path: str) -> None:
    reply = get(door, path, {"Origin": "https://lua-hoa.example"})

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in reply.headers


def test_both_forms_hold_the_same_and_are_told_apart(door: Door) -> None:
    plain, zipped = get(door, "/kq.js"), get(door, "/kq.js", {"Accept-Encoding": "gzip"})

    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != zipped.headers["etag"]


def test_who_has_it_already_is_sent_nothing(door: Door) -> None:
    first = get(door, "/kq.js")

    again = get(door, "/kq.js", {"If-None-Match": f'"old", W/{first.headers["etag"]}'})
    other = get(door, "/kq.js", {"If-None-Match": '"old"'})

    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-length" not in again.headers
    assert (other.status, other.body) == (200, first.body)


def test_it_is_asked_for_and_never_told_anything(door: Door) -> None:
    head = door.ask("HEAD", "/kq.js")
    asked = door.ask("OPTIONS", "/kq.js")
    told = door.ask("POST", "/kq.js", b"{}")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(get(door, "/kq.js").body))
    assert asked.status == 204
    assert (told.status, told.said["code"]) == (405, "collect.wrong_method")
    assert told.headers["allow"] == "GET, HEAD, OPTIONS"
    assert door.kept() == []


def test_no_other_file_is_given_away(door: Door) -> None:
    for path in ("/kq.js/", "/kq.js.map", "/../kq.js", "/kq", "/tag/kq.js"):
        assert get(door, path).body.startswith(b"the pages:")
