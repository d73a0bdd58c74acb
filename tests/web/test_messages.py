"""Every word of the pages has its English, and the compiled catalogue is the written one."""

import pytest

from scripts import messages


def test_every_word_used_has_english_and_nothing_is_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["messages", "--check"])

    assert messages.main() == 0, capsys.readouterr().err


def test_words_are_found_in_templates_and_in_code() -> None:
    template = (
        '{% translate "Một" %}{% translate "Hai" as x %}'
        "{% blocktranslate with name=user %}Chào {{ name }}{% endblocktranslate %}"
        '{{ _("Ba") }}'
    )
    code = 'x = _("Bốn"); y = gettext("Năm"); z = ngettext("%(n)d ngày", "%(n)d ngày", n)'

    assert sorted(messages.words_of_template(template)) == [
        ("Ba", ""),
        ("Chào %(name)s", ""),
        ("Hai", ""),
        ("Một", ""),
    ]
    assert sorted(messages.words_of_code(code)) == [
        ("%(n)d ngày", "%(n)d ngày"),
        ("Bốn", ""),
        ("Năm", ""),
    ]


def test_a_word_without_english_and_a_lost_placeholder_are_told() -> None:
    catalogue = messages.build([("Chào %(name)s", ""), ("Một", "")], [])
    catalogue[0].msgstr = "Hello"

    assert messages.problems(catalogue) == [
        "no English for: Một",
        "other placeholders in the English of: Chào %(name)s",
    ]
