"""Code to paste: the pages and the guide say the same, and on a page it needs no editing."""

import pytest
from django.test import Client, RequestFactory

from khachquen.web import snippets
from tests.needs import ROOT
from tests.web.test_sources import key_in, make


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_guide_shows_every_snippet_word_for_word(language: str) -> None:
    guide = (ROOT / f"docs/guide/connect.{language}.md").read_text()

    shown = [snippet for kind in ("website", "server") for snippet in snippets._OF_KIND[kind]]
    assert len(shown) == 18
    assert [snippet.title for snippet in shown if snippet.code not in guide] == []


@pytest.mark.parametrize("kind", ["website", "server"])
@pytest.mark.parametrize("base", ["http://127.0.0.1:8901", "https://khach.gom-moc.example"])
def test_a_snippet_has_its_shop_in_it_and_nothing_of_the_example(kind: str, base: str) -> None:
    scheme, _, host = base.partition("://")
    request = RequestFactory().get("/", HTTP_HOST=host, secure=scheme == "https")

    for snippet in snippets.snippets_for(kind, "kq?_khoa-that", request):
        if snippet.code.count("kq(") < 2:  # what the tag is told afterwards names no host
            assert host.partition(":")[0] in snippet.code, snippet.title
        assert "khach.example.vn" not in snippet.code
        assert "kqp_…" not in snippet.code
        assert "kqs_…" not in snippet.code


def test_a_website_is_offered_the_web_tag_first(desk: Client) -> None:
    page = make(desk, "Website chính", "website")

    key = key_in(page, "kqp")
    tag = f"&lt;script async src=&quot;http://testserver/kq.js&quot; data-key=&quot;{key}&quot;&gt;"
    assert tag in page
    assert page.index(tag) < page.index("/kq-contact.js") < page.index("cdnURL")
