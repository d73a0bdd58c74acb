"""Finding what must be sealed in what was said, at next to no cost where there is nothing.

Names seen before and found harmless are remembered: a message that uses only such names is passed
by one comparison of sets at each of its objects.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from khachquen.unify.traits.definition import Definition, spellings_of, squeeze
from khachquen.unify.traits.sealing import Box, SealKeys, is_token, seal

_MOST_REMEMBERED = 50_000
_DEEPEST = 32
_NUMBERS = re.compile(rb"\d[\d .\-]{6,}\d")
Replace = Callable[[Definition, Any], Any]
HIDDEN = "(niêm phong)"
"""Stands where a sealed value was, on pages that show a message as it came."""


class Sealer:
    """Knows the names of sealed traits; takes their values out of messages."""

    def __init__(self, sealed: Iterable[Definition]):
        self._by_spelling: Mapping[str, Definition] = {
            squeeze(name): definition for definition in sealed for name in spellings_of(definition)
        }
        self._harmless: set[str] = set()

    def seal(self, told: dict[str, Any], keys: Callable[[], SealKeys], said_in: str) -> list[Box]:
        """Put tokens in place of sealed values, anywhere in ``told``; the boxes of the values.

        ``keys`` are asked for only when there is something to seal. A token is left as it is.
        """
        boxes: list[Box] = []
        if self._is_harmless(told):
            return boxes

        def close(definition: Definition, value: Any) -> Any:
            box = seal(definition, value, keys(), said_in=said_in)
            boxes.append(box)
            return box.token

        self._walk(told, close, 0)
        return boxes

    def may_concern(self, *told: dict[str, Any]) -> bool:
        """Whether something in it may have to be sealed; once its names are known, only then."""
        return not all(map(self._is_harmless, filter(None, told)))

    def seal_payload(
        self, payload: bytes, keys: Callable[[], SealKeys], said_in: str
    ) -> tuple[bytes, list[Box]]:
        """The same for a message that is still text. Of text that is no JSON, and in which a sealed
        name stands, long numbers are blanked out: what cannot be read cannot be sealed."""
        told = _read(payload)
        if told is None:
            return self._blank_numbers(payload), []
        boxes = self.seal(told, keys, said_in)
        return (msgspec.json.encode(told) if boxes else payload), boxes

    def hide(self, payload: bytes) -> bytes:
        """A message as it came, to be shown: words in place of its sealed values."""
        told = _read(payload)
        if told is None:
            return self._blank_numbers(payload)
        found: list[str] = []

        def cover(definition: Definition, value: Any) -> str:
            found.append(definition.key)
            return HIDDEN

        self._walk(told, cover, 0)
        return msgspec.json.encode(told) if found else payload

    def _is_harmless(self, told: dict[str, Any], depth: int = 0) -> bool:
        """Whether every name in it was found harmless before: the usual case, kept quick."""
        if not self._harmless.issuperset(told) or depth > _DEEPEST:
            return False
        for value in told.values():
            kind = type(value)
            if kind is dict:
                if not self._is_harmless(value, depth + 1):
                    return False
            elif kind is list:
                for one in value:
                    kind = type(one)
                    if kind is list or (kind is dict and not self._is_harmless(one, depth + 1)):
                        return False
        return True

    def _walk(self, told: dict[str, Any], replace: Replace, depth: int) -> None:
        self._replace_named(told, replace)
        if depth < _DEEPEST:
            self._walk_inside(told.values(), replace, depth + 1)

    def _walk_inside(self, values: Iterable[Any], replace: Replace, depth: int) -> None:
        for value in values:
            kind = type(value)
            if kind is dict:
                self._walk(value, replace, depth)
            elif kind is list and depth < _DEEPEST:
                self._walk_inside(value, replace, depth + 1)

    def _replace_named(self, told: dict[str, Any], replace: Replace) -> None:
        for name, value in told.items():
            if name in self._harmless:
                continue
            definition = self._by_spelling.get(squeeze(name))
            if definition is None:
                self._remember(name)
            elif value not in (None, "", [], {}) and not is_token(value):
                told[name] = replace(definition, value)

    def _remember(self, name: str) -> None:
        if len(self._harmless) >= _MOST_REMEMBERED:
            self._harmless.clear()
        self._harmless.add(name)

    def _blank_numbers(self, payload: bytes) -> bytes:
        if not any(s in squeeze_text(payload) for s in self._by_spelling):
            return payload
        return _NUMBERS.sub(lambda found: b"*" * len(found.group()), payload)


def squeeze_text(payload: bytes) -> str:
    """A whole text in the form names are compared in."""
    text = payload.decode("utf-8", "replace")
    return "".join(squeeze(text[start : start + 200]) for start in range(0, len(text), 200))


def _read(payload: bytes) -> dict[str, Any] | None:
    try:
        told = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return told if isinstance(told, dict) else None
