"""The tests behind the rules about people: a person and a moment in, a verdict by source out."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from khachquen.unify.normalise import fold, split_name
from khachquen.unify.normalise.reading import propose_repair, read_date, read_email, read_phone
from khachquen.unify.quality.facts import Person, Verdict, Word

Judge = Callable[[Person, datetime], Verdict]

LONG_AGO = timedelta(days=730)
_OLDEST_YEARS = 120
_GENDERS = {
    **dict.fromkeys(("female", "f", "nu", "woman"), "female"),
    **dict.fromkeys(("male", "m", "nam", "man"), "male"),
}


def of_person(test: Callable[[Person, datetime], bool]) -> Judge:
    """One answer for the person, whichever source is asked."""

    def judge(person: Person, now: datetime) -> Verdict:
        return dict.fromkeys(person.sources or (0,), test(person, now))

    return judge


def of_words(field: str, test: Callable[[Person, Word, date], bool]) -> Judge:
    """Each source by what it said of the field; silent ones are not judged."""

    def judge(person: Person, now: datetime) -> Verdict:
        verdict: dict[int, bool] = {}
        for word in person.said(field):
            source = word.source_id
            verdict[source] = verdict.get(source, False) or test(person, word, now.date())
        return verdict

    return judge


def has_no_contact(person: Person, now: datetime) -> bool:
    return not person.phone and not person.email


def has_no_name(person: Person, now: datetime) -> bool:
    return not person.name


def was_not_seen(person: Person, now: datetime) -> bool:
    return person.last_seen < now - LONG_AGO


def names_nobody(person: Person, word: Word, today: date) -> bool:
    """A word that is no name: khách lẻ, test, digits, a masked one."""
    return not split_name(word.text).given or not any(letter.isalpha() for letter in word.text)


def is_from_old_keys(person: Person, word: Word, today: date) -> bool:
    return bool(propose_repair(word.text))


def is_no_phone(person: Person, word: Word, today: date) -> bool:
    read = read_phone(word.text)
    return read.e164 is None and not _is_open(word)


def is_open_phone(person: Person, word: Word, today: date) -> bool:
    return _is_open(word)


def _is_open(word: Word) -> bool:
    read = read_phone(word.text)
    return read.is_ambiguous or read.reason == "several"


def is_no_email(person: Person, word: Word, today: date) -> bool:
    return read_email(word.text).matched is None


def has_typo(person: Person, word: Word, today: date) -> bool:
    return bool(read_email(word.text).suggestion)


def meant_email(text: str) -> str:
    """What was probably meant by an address with a mistyped domain."""
    return read_email(text).suggestion


def meant_name(text: str) -> str:
    """What was probably meant by a name with keystrokes or an old font in it."""
    return propose_repair(text) or ""


def is_no_birthday(person: Person, word: Word, today: date) -> bool:
    """No day at all, one that is still to come, or one nobody alive was born on."""
    on = read_date(word.text, today=today).on
    return on is None or on > today or today.year - on.year > _OLDEST_YEARS


def is_of_another(person: Person, word: Word, today: date) -> bool:
    """The number or address stands in somebody else's record."""
    normal = read_phone(word.text).e164 if word.field == "phone" else read_email(word.text).matched
    return normal is not None and f"{word.field}:{normal}" in person.elsewhere


def contradicts_gender(person: Person, now: datetime) -> Verdict:
    """A source whose gender is not the one the way the person is addressed tells."""
    hints = {split_name(word.text) for word in person.said("name")}
    told = {h.gender_hint for h in hints if h.honorific} - {""}
    if len(told) != 1:
        return {}
    verdict: dict[int, bool] = {}
    for word in person.said("gender"):
        if known := _GENDERS.get(fold(word.text)):
            verdict[word.source_id] = known not in told
    return verdict


def birthdays_differ(person: Person, now: datetime) -> Verdict:
    """Several sources know a birthday and do not agree."""
    days = {w.source_id: read_date(w.text, today=now.date()).on for w in person.said("birthday")}
    known = {source: on for source, on in days.items() if on}
    return dict.fromkeys(known, len(set(known.values())) > 1) if len(known) > 1 else {}
