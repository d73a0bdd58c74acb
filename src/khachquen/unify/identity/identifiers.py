"""What an identifier is, and which identifiers an event carries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from khachquen.unify.identity.rules import STRENGTH, Rules, load_rules
from khachquen.unify.normalise import normalise_email, normalise_phone

_NOTHING: Mapping[str, Any] = {}


class Identifier(NamedTuple):
    """One identifier in normal form."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        """``kind:value``, unique in the installation."""
        return f"{self.kind}:{self.value}"


def is_blocked(value: str) -> bool:
    """Whether a value stands for nobody, by the rules KhachQuen comes with.

    >>> [is_blocked(v) for v in ("0", "null", "Khách lẻ", "N*** H", "17850")]
    [True, True, True, True, False]
    """
    return load_rules().is_blocked(value)


def identifiers_of(
    user_id: str | None,
    anonymous_id: str | None,
    traits: Mapping[str, Any],
    properties: Mapping[str, Any],
    rules: Rules | None = None,
    *,
    context: Mapping[str, Any] = _NOTHING,
) -> list[Identifier]:
    """Everything in an event that names its person, strongest first.

    E-mail and phone count in their normal form only; a phone that is not surely one person's
    number is left out. Zalo and Facebook accounts, cards and devices stand in traits, in
    properties, or in the context as Segment's clients send them (``externalIds``, ``device.id``).

    >>> identifiers_of("17850", "a-1", {"phone": "0912 345 678"}, {})[1]
    Identifier(kind='phone', value='+84912345678')
    """
    rules = rules or load_rules()
    found: list[Identifier] = []
    if user_id and not rules.is_blocked(user_id):
        found.append(Identifier("user", user_id))
    email = traits.get("email") or properties.get("email")
    if isinstance(email, str) and (normal := normalise_email(email)):
        found.append(Identifier("email", normal))
    phone = traits.get("phone") or properties.get("phone")
    if isinstance(phone, str | int) and (number := normalise_phone(str(phone))):
        found.append(Identifier("phone", number))
    if context or not _NAMES.isdisjoint(traits) or not _NAMES.isdisjoint(properties):
        found = _with_others(found, (traits, properties), context, rules)
    if anonymous_id and not rules.is_blocked(anonymous_id):
        found.append(Identifier("anonymous", anonymous_id))
    if rules.blocked_keys:
        found = [identifier for identifier in found if identifier.key not in rules.blocked_keys]
    return found


def _with_others(
    found: list[Identifier],
    told: Sequence[Mapping[str, Any]],
    context: Mapping[str, Any],
    rules: Rules,
) -> list[Identifier]:
    """Zalo, Facebook, cards and devices among the others, in the order of strength."""
    others = [one for mapping in told for one in _named(mapping)]
    listed = context.get("externalIds")
    if isinstance(listed, list):
        others += filter(None, map(_external, listed[:_MOST_EXTERNAL]))
    device = context.get("device")
    if isinstance(device, dict) and (own := _identifier("device", device.get("id"))):
        others.append(own)
    fresh = [one for one in others if not rules.is_blocked(one.value.rpartition("/")[2])]
    return sorted(dict.fromkeys([*found, *fresh]), key=lambda one: STRENGTH.index(one.kind))


def _named(told: Mapping[str, Any]) -> Iterator[Identifier]:
    for name in _NAMES.intersection(told):
        kind = _KIND_OF[name]
        scope = next((told[key] for key in _SCOPES.get(kind, ()) if told.get(key)), "")
        if found := _identifier(kind, told[name], scope):
            yield found


def _external(told: Any) -> Identifier | None:
    """One of ``externalIds``: id, type, collection. Those of companies name no person."""
    if not isinstance(told, dict) or told.get("collection", "users") != "users":
        return None
    kind = _EXTERNAL.get(str(told.get("type", "")).lower().replace("-", "_").replace(".", "_"))
    return _identifier(kind, told.get("id"), told.get("scope") or "") if kind else None


def _identifier(kind: str, value: Any, scope: Any = "") -> Identifier | None:
    """One identifier in its normal form; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    if not text or len(text) > _LONGEST:
        return None
    if kind == "email":
        normal = normalise_email(text)
        return Identifier(kind, normal) if normal else None
    if kind == "phone":
        normal = normalise_phone(text)
        return Identifier(kind, normal) if normal else None
    if kind == "card":
        text = "".join(letter for letter in text.upper() if letter.isalnum())
    if kind == "device":
        text = text.lower()
    if kind in _SCOPES and "/" not in text:
        text = f"{str(scope).strip()[:_LONGEST]}/{text}"
    return Identifier(kind, text) if text else None


_LONGEST = 100
_MOST_EXTERNAL = 20
_SCOPES = {
    "zalo": ("zaloOaId", "zalo_oa_id"),
    "facebook": ("facebookPageId", "facebook_page_id"),
}
"""An account's number is the platform's for one official account, or one page."""
_KIND_OF = {
    **dict.fromkeys(("zaloUserId", "zalo_user_id", "zaloUid"), "zalo"),
    **dict.fromkeys(("facebookPsid", "facebook_psid", "psid", "messengerId"), "facebook"),
    **dict.fromkeys(("member_card", "memberCard", "loyaltyCard", "loyalty_card"), "card"),
    **dict.fromkeys(("deviceId", "device_id"), "device"),
}
_NAMES = frozenset(_KIND_OF)
_EXTERNAL = {
    **dict.fromkeys(("zalo", "zalo_id", "zalo_user_id"), "zalo"),
    **dict.fromkeys(("facebook", "facebook_psid", "psid", "messenger_id"), "facebook"),
    **dict.fromkeys(("card", "card_id", "loyalty_card", "member_card", "membership_card"), "card"),
    **dict.fromkeys(("device", "device_id", "ios_id", "android_id"), "device"),
    **dict.fromkeys(("user", "user_id"), "user"),
    "email": "email",
    "phone": "phone",
}
