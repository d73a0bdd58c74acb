"""The rules as data: how many identifiers one person may have, and which evidence counts first."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from khachquen.base import InputError, Text, nearest
from khachquen.unify.identity.facts import READERS, Facts, may_contradict

STRENGTH = ("user", "email", "phone", "zalo", "facebook", "card", "device", "anonymous")
"""Kinds of identifier, strongest first. An event belongs for ever to the strongest it carries, so
this order is no rule anybody could change."""

VOUCHED = "vouched"
"""In a tally of kinds: how many strong identifiers a trusted key has told of."""

_LONGEST_BLOCKED = 30  # longer values, as most device ids are, need no grammar
OWN_RULES = "identity.toml"
"""The file in the data folder whose rules take the place of those KhachQuen comes with."""
_PATH = Path(__file__).with_name("rules.toml")
_KIND_KEYS = ("limit", "window_days", "strong", "shared_after")


@dataclass(frozen=True, slots=True)
class KindRules:
    """What holds for one kind of identifier; ``rules.toml`` says what each means."""

    limit: int
    strong: bool = False
    window_days: int | None = None
    shared_after: tuple[tuple[str, int], ...] = ()

    @property
    def window(self) -> int | None:
        """The stretch of time the limit counts in, in microseconds."""
        return self.window_days * 86_400_000_000 if self.window_days else None


@dataclass(frozen=True)
class Rules:
    """Everything that decides who is one person, beside the evidence and what staff decided."""

    kinds: Mapping[str, KindRules]
    evidence: tuple[str, ...]
    may_join_vouched: bool
    blocked_values: frozenset[str]
    blocked_patterns: tuple[str, ...]
    blocked_keys: frozenset[str]
    conflict_on: bool = False
    conflict_fields: tuple[str, ...] = ()
    carriers: frozenset[str] = frozenset()

    @cached_property
    def contested(self) -> tuple[str, ...]:
        """The facts that keep people apart."""
        return self.conflict_fields if self.conflict_on else ()

    def may_contradict(self, facts: Facts) -> bool:
        """Whether more than one thing is told of a fact that keeps people apart."""
        return may_contradict(facts, self.contested)

    def rank(self, kind: str, *, trusted: bool) -> int:
        """The place of some evidence in the order; smaller counts first."""
        return self._ranks.get("trusted" if trusted else kind, self._ranks["event"])

    def is_strong(self, kind: str) -> bool:
        return kind in self.strong_kinds

    @cached_property
    def strong_kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, rules in self.kinds.items() if rules.strong)

    @cached_property
    def limits(self) -> Mapping[str, int]:
        return {kind: rules.limit for kind, rules in self.kinds.items()}

    @cached_property
    def windows(self) -> Mapping[str, int]:
        """Kinds whose limit counts within a stretch of time (microseconds)."""
        return {kind: rules.window for kind, rules in self.kinds.items() if rules.window}

    def may_dispute(self, mine: Mapping[str, int], theirs: Mapping[str, int]) -> bool:
        """Whether two people have, together, more of a kind than the limit.

        >>> load_rules().may_dispute({"user": 1}, {"user": 1, "email": 2})
        True
        """
        return any(
            kind in mine and kind != VOUCHED and mine[kind] + n > self.limits[kind]
            for kind, n in theirs.items()
        )

    def counts(self, kind: str, other: str) -> bool:
        """Whether identifiers of the other kind told beside one of this kind may make it shared."""
        return other in self._counted[kind]

    def is_blocked(self, value: str) -> bool:
        """Whether a value stands for nobody, so that it must never join two people."""
        if len(value) > _LONGEST_BLOCKED:
            return "**" in value or not value.strip("0-")
        return self._blocked.fullmatch(value.strip()) is not None

    @cached_property
    def _counted(self) -> Mapping[str, frozenset[str]]:
        return {kind: frozenset(dict(rules.shared_after)) for kind, rules in self.kinds.items()}

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.evidence)}

    @cached_property
    def _blocked(self) -> re.Pattern[str]:
        plain = [re.escape(value) for value in sorted(self.blocked_values)]
        patterns = [f"(?:{pattern})" for pattern in self.blocked_patterns]
        return re.compile("|".join([*patterns, *plain]), re.IGNORECASE)


@cache
def load_rules() -> Rules:
    """The rules KhachQuen comes with."""
    return read_rules_file(_PATH)


def read_rules_file(path: Path) -> Rules:
    """The rules of a file.

    Raises:
        InputError: the file is no TOML, or says something that cannot hold
            (code ``identity.bad_rules``, with the place in the file).
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(path.name, str(error), str(error)) from None
    return read_rules(told)


def rules_of(data: Path) -> Rules:
    """The rules of an installation: ``identity.toml`` in its data folder, if there is one.

    Raises:
        InputError: as ``read_rules_file``.
    """
    own = data / OWN_RULES
    return read_rules_file(own) if own.exists() else load_rules()


def read_rules(told: Mapping[str, Any]) -> Rules:
    """Rules out of plain data.

    Raises:
        InputError: what it says cannot hold (code ``identity.bad_rules``, with the place).
    """
    _only_known(told, ("kinds", "evidence", "public", "blocked", "conflict"), "")
    kinds = {}
    _only_known(told.get("kinds", {}), STRENGTH, "kinds.")
    for kind in STRENGTH:
        if kind not in told.get("kinds", {}):
            raise _bad(f"kinds.{kind}", "thiếu", "is missing")
        kinds[kind] = _read_kind(kind, told["kinds"][kind], told["kinds"])
    evidence = tuple(told.get("evidence", {}).get("order", ()))
    if (
        evidence[:1] != ("trusted",)
        or "event" not in evidence
        or len(set(evidence)) < len(evidence)
    ):
        wrong = (
            'phải bắt đầu bằng "trusted" và có "event"',
            'must begin with "trusted", have "event"',
        )
        raise _bad("evidence.order", *wrong)
    conflict = told.get("conflict", {})
    _check_conflict(conflict)
    blocked = told.get("blocked", {})
    _only_known(blocked, ("patterns", "values", "keys"), "blocked.")
    return Rules(
        kinds=kinds,
        evidence=evidence,
        may_join_vouched=bool(told.get("public", {}).get("may_join_vouched", False)),
        blocked_values=frozenset(blocked.get("values", ())),
        blocked_patterns=tuple(_pattern(n, p) for n, p in enumerate(blocked.get("patterns", ()))),
        blocked_keys=frozenset(blocked.get("keys", ())),
        conflict_on=bool(conflict.get("on", bool(conflict))),
        conflict_fields=tuple(sorted(conflict.get("fields", ()))),
        carriers=frozenset(conflict.get("carried_by", ())),
    )


def _check_conflict(told: Mapping[str, Any]) -> None:
    _only_known(told, ("on", "fields", "carried_by"), "conflict.")
    _only_known(dict.fromkeys(told.get("fields", ())), tuple(READERS), "conflict.fields.")
    _only_known(dict.fromkeys(told.get("carried_by", ())), STRENGTH, "conflict.carried_by.")


def _read_kind(kind: str, told: Mapping[str, Any], kinds: Mapping[str, Any]) -> KindRules:
    path = f"kinds.{kind}."
    _only_known(told, _KIND_KEYS, path)
    limit = _number(told.get("limit"), f"{path}limit")
    window = told.get("window_days")
    shared = []
    for other, most in told.get("shared_after", {}).items():
        place = f"{path}shared_after.{other}"
        if other not in STRENGTH or other == kind:
            raise _bad(place, "không phải một loại khác", "is no other kind")
        # Below the limit a shared identifier could go unnoticed among people nothing is wrong with.
        if _number(most, place) < kinds[other].get("limit", 0):
            raise _bad(place, f"nhỏ hơn giới hạn của {other}", f"is below the limit of {other}")
        shared.append((other, most))
    return KindRules(
        limit=limit,
        strong=bool(told.get("strong", False)),
        window_days=None if window is None else _number(window, f"{path}window_days"),
        shared_after=tuple(sorted(shared)),
    )


def _number(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise _bad(path, "phải là số từ 1 đến 1.000.000", "must be a number from 1 to 1,000,000")
    return value


def _pattern(number: int, text: object) -> str:
    try:
        re.compile(f"(?:{text})")  # as it will stand among the others
    except re.error:
        path = f"blocked.patterns[{number}]"
        raise _bad(path, "không phải biểu thức chính quy", "is no regular expression") from None
    return str(text)


def _only_known(told: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for name in told:
        if name not in known:
            raise _bad(f"{path}{name}", "không có", "is unknown", nearest(name, known))


def _bad(path: str, vi: str, en: str, hint: Text | None = None) -> InputError:
    return InputError(
        "identity.bad_rules",
        Text(vi=f"Quy tắc nhận diện sai: {path} {vi}.", en=f"Bad identity rules: {path} {en}."),
        path=path,
        hint=hint,
    )
