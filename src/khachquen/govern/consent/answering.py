"""May we send this kind on this channel to this person now, and why? The one place that says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from khachquen.base import Text
from khachquen.govern.consent.ledger import iter_words
from khachquen.govern.consent.purposes import PurposeView, get_purpose
from khachquen.govern.consent.standing import SAYS, Standing, Word, stand
from khachquen.govern.consent.suppressing import REASONS, Suppressed, list_suppressed


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person: where the message would go, and every identifier that is theirs."""

    to: str
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message may go, with the word or the suppression that decides.

    ``reason`` is ``no_address``, ``not_needed``, a state of ``SAYS`` or a key of ``REASONS``.
    """

    may: bool
    reason: str
    standing: Standing
    suppressed: Suppressed | None = None

    @property
    def words(self) -> Text:
        """The reason for people."""
        if self.suppressed is not None:
            return REASONS[self.suppressed.reason].name
        if self.reason == "no_address":
            return Text(vi="Chưa có địa chỉ trên kênh này", en="No address on this channel")
        if self.reason == "not_needed":
            return Text(vi="Không cần hỏi, khách chưa từ chối", en="Not needed, and not refused")
        return SAYS[self.reason]


def may_send(purpose: str, channel: str, addressee: Addressee, *, now: datetime) -> Answer:
    """Whether a message of this purpose may go to this person on this channel, and why.

    In order: addresses and people to be left alone; then what the basis of the purpose asks for.
    Ask again at the moment of sending: an answer is of its instant.

    Raises:
        NotFoundError: a purpose nobody knows.
    """
    return may_send_all([(purpose, channel)], {0: addressee}, now=now)[purpose, channel][0]


def may_send_all(
    asked: Collection[tuple[str, str]], people: Mapping[int, Addressee], *, now: datetime
) -> dict[tuple[str, str], dict[int, Answer]]:
    """The same for many people, and of several purposes and channels: (purpose, channel) → person
    → answer, in two questions for every 500 identifiers however much is asked."""
    heard = Heard([key for one in people.values() for key in (*one.keys, one.to)])
    found = {}
    for purpose, channel in asked:
        view = get_purpose(purpose)
        found[purpose, channel] = {
            person: heard.answer(view, channel, one, now) for person, one in people.items()
        }
    return found


def answer_each(
    purposes: Sequence[PurposeView], addressees: Mapping[str, Addressee], *, now: datetime
) -> dict[tuple[str, str], Answer]:
    """The same for one person: every purpose on every channel, the addressee of each by channel."""
    heard = Heard([key for one in addressees.values() for key in (*one.keys, one.to)])
    return {
        (view.key, channel): heard.answer(view, channel, one, now)
        for view in purposes
        for channel, one in addressees.items()
    }


class Heard:
    """All that some identifiers said, and which of them are to be left alone, read once."""

    def __init__(self, keys: Iterable[str]):
        named = sorted({key for key in keys if key})
        self._words: dict[str, list[Word]] = defaultdict(list)
        self._alone: dict[str, list[Suppressed]] = defaultdict(list)
        for word in iter_words(named):
            self._words[word.subject].append(word)
        for one in list_suppressed(named):
            self._alone[one.key].append(one)

    def has(self, keys: Iterable[str]) -> bool:
        """Whether anything at all is known of some of them."""
        return any(key in self._words or key in self._alone for key in keys)

    def reasons(self, keys: Iterable[str]) -> set[str]:
        """Why some of them are left alone, on whatever channel."""
        return {one.reason for key in keys for one in self._alone.get(key, ())}

    def answer(self, view: PurposeView, channel: str, one: Addressee, now: datetime) -> Answer:
        own = dict.fromkeys((*one.keys, one.to))
        said = [word for key in own for word in self._words.get(key, ())]
        standing = stand(said, purpose=view.key, channel=channel, now=now)
        held = [found for key in own for found in self._alone.get(key, ())]
        return _answer(view, channel, one.to, standing, held)


def _answer(
    view: PurposeView, channel: str, to: str, standing: Standing, held: Iterable[Suppressed]
) -> Answer:
    if not to:
        return Answer(False, "no_address", standing)
    for one in held:
        reaches = one.key == to or REASONS[one.reason].is_of_person
        stops = view.is_advertising or one.reason != "on_register"
        if reaches and stops and one.channel in (channel, "any"):
            return Answer(False, one.reason, standing, one)
    if view.basis == "always":
        return Answer(True, "not_needed", standing)
    if standing.is_refused:
        return Answer(False, standing.state, standing)
    if standing.is_granted:
        return Answer(True, "granted", standing)
    if view.basis == "may_refuse":
        return Answer(True, "not_needed", standing)
    return Answer(False, standing.state, standing)
