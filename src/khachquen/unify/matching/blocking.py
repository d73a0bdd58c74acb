"""Which records are compared at all: those that share what is hardly shared by chance."""

from collections.abc import Callable
from dataclasses import dataclass

from khachquen.unify.matching.statements import statement


@dataclass(frozen=True, slots=True)
class Rule:
    """Records are compared when one of the ways of one gives the values a way of the other gives.

    A way is a list of SQL expressions, all of which must have a value.
    """

    name: str
    ways: tuple[tuple[str, ...], ...]

    def keys_sql(self, number: int, table: str) -> str:
        """A statement that gives ``key, id`` for every record of a table."""
        return " UNION ALL ".join(_way_sql(way, number, table) for way in self.ways)


def _way_sql(way: tuple[str, ...], number: int, records: str) -> str:
    known = " AND ".join(f"({part}) IS NOT NULL" for part in way)
    return statement("key", number=number, parts=", ".join(way), records=records, known=known)


def _rule(name: str, *ways: str) -> Rule:
    return Rule(name, tuple(tuple(way.split(" + ")) for way in ways))


EVERYBODY = Rule("everybody", (("1",),))
EVERYBODY_ALONE = ((0, EVERYBODY),)
"""All records with all others: what a small shop can afford."""

# In order of worth: while the budget of pairs lasts, each is taken that fits. Never the family
# name alone: three in ten are called Nguyễn.
RULES: tuple[Rule, ...] = (
    _rule("id number", "id_number"),
    _rule("phone", "phone", "phone_other"),
    _rule("e-mail", "email"),
    _rule("birth date and given name", "birth + given"),
    _rule("street and given name", "street + given"),
    _rule("mailbox and given name", "split_part(email, '@', 1) + given"),
    _rule("start of phone and given name", "left(phone, -3) + given"),
    _rule("end of phone and given name", "right(phone, 6) + given"),
    _rule("full name and ward", "full_name + place"),
    _rule("mailbox", "split_part(email, '@', 1)"),
    _rule("postcode and given name", "postcode + given"),
    _rule("postcode and family name", "postcode + family"),
    _rule("birth date and family name", "birth + family"),
    _rule("birth date and family name as given", "birth + family", "birth + given"),
    _rule("both names in any order", "least(given, family) + greatest(given, family)"),
    _rule("street", "street"),
    _rule("birth date and ward", "birth + place"),
    _rule("postcode and street number", "postcode + nullif(regexp_extract(street, '[0-9]+'), '')"),
    _rule("birth date", "birth"),
    _rule("given name and ward", "given + place"),
)


@dataclass(frozen=True, slots=True)
class Blocking:
    """The rules taken and left, with the pairs each makes; blocks too big to be evidence."""

    rules: tuple[tuple[int, Rule], ...]
    too_many: tuple[str, ...]
    too_big_blocks: int

    def keys_sql(self, table: str) -> str:
        """``key, id`` of every record of a table by every rule taken."""
        return " UNION ALL ".join(rule.keys_sql(number, table) for number, rule in self.rules)


def choose_rules(
    records: int, weigh: Callable[[str], tuple[int, int]], *, budget: int, everybody_below: int
) -> Blocking:
    """Take the rules that fit the budget of pairs; ``weigh`` counts a rule's pairs and big blocks.

    A set small enough is compared everybody with everybody.
    """
    if records <= everybody_below:
        return Blocking(EVERYBODY_ALONE, (), 0)
    taken, left, too_big = [], [], 0
    for number, rule in enumerate(RULES, 1):
        pairs, big = weigh(rule.keys_sql(number, "record"))
        if pairs > budget:
            left.append(rule.name)
        else:
            budget -= pairs
            too_big += big
            taken.append((number, rule))
    return Blocking(tuple(taken), tuple(left), too_big)
