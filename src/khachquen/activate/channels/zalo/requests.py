"""What is asked of Zalo, as calls, and its answers read: messages, templates, quota, tokens. Pure.

``at`` is where Zalo is; tests are elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from khachquen.activate.channels.zalo.filling import Parameter
from khachquen.activate.channels.zalo.replies import read_count, read_json
from khachquen.activate.egress import Call

__all__ = [
    "Quota",
    "Template",
    "Tokens",
    "Zalo",
    "ask_first_tokens",
    "ask_quota",
    "ask_template",
    "ask_templates",
    "ask_tokens",
    "permission_url",
    "post_message",
    "read_quota",
    "read_template",
    "read_template_ids",
    "read_tokens",
    "read_trouble",
]

PAGE = 100
_LONGEST = 60_000


@dataclass(frozen=True, slots=True)
class Zalo:
    """The two machines of Zalo that are called."""

    business: str = "https://business.openapi.zalo.me"
    oauth: str = "https://oauth.zaloapp.com"


@dataclass(frozen=True, slots=True)
class Template:
    """A message template as Zalo keeps it. ``state``: ENABLE, PENDING_REVIEW, REJECT, DISABLE or
    DELETE; ``price`` in đồng for a message by phone number, None where it is not told."""

    id: str
    name: str
    state: str
    tag: str = ""
    quality: str = ""
    price: int | None = None
    preview_url: str = ""
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A new pair; the refresh token that was given for it is worth nothing from now on."""

    access: str
    refresh: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Quota:
    """Of a day; None where it is not told."""

    daily: int | None
    remaining: int | None


def post_message(at: Zalo, token: str, body: bytes) -> Call:
    """One message, once: it is never posted again on another connection."""
    headers = {"access_token": token, "Content-Type": "application/json"}
    return Call(f"{at.business}/message/template", headers, body, once=True)


def ask_templates(at: Zalo, token: str, offset: int) -> Call:
    """A page of the account's templates."""
    asked = urlencode({"offset": offset, "limit": PAGE})
    return _get(f"{at.business}/template/all?{asked}", token)


def ask_template(at: Zalo, token: str, template_id: str) -> Call:
    """One template with its parameters and price."""
    asked = urlencode({"template_id": template_id})
    return _get(f"{at.business}/template/info/v2?{asked}", token)


def ask_quota(at: Zalo, token: str) -> Call:
    """How many messages are left today."""
    return _get(f"{at.business}/message/quota", token)


def permission_url(at: Zalo, app_id: str, *, back: str, challenge: str, state: str) -> str:
    """Where whoever runs the account says yes; they come ``back`` with a code and the ``state``."""
    asked = {"app_id": app_id, "redirect_uri": back, "code_challenge": challenge, "state": state}
    return f"{at.oauth}/v4/oa/permission?{urlencode(asked)}"


def ask_first_tokens(at: Zalo, app_id: str, app_secret: str, code: str, verifier: str) -> Call:
    """The first pair of tokens, for a code that can be used once within ten minutes."""
    asked = {"code": code, "code_verifier": verifier, "grant_type": "authorization_code"}
    return _post_form(at, app_secret, {**asked, "app_id": app_id})


def ask_tokens(at: Zalo, app_id: str, app_secret: str, refresh: str) -> Call:
    """A new pair of tokens for the refresh token, which can be used once."""
    asked = {"refresh_token": refresh, "app_id": app_id, "grant_type": "refresh_token"}
    return _post_form(at, app_secret, asked)


def _post_form(at: Zalo, app_secret: str, asked: Mapping[str, str]) -> Call:
    headers = {"secret_key": app_secret, "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(asked).encode()
    return Call(f"{at.oauth}/v4/oa/access_token", headers, body, once=True, longest=_LONGEST)


def read_tokens(text: str) -> Tokens | None:
    """The pair; None where there is none.

    >>> read_tokens('{"access_token":"a","refresh_token":"r","expires_in":"90000"}')
    Tokens(access='a', refresh='r', seconds=90000)
    """
    told = read_json(text)
    access, refresh = told.get("access_token"), told.get("refresh_token")
    if not (isinstance(access, str) and isinstance(refresh, str) and access and refresh):
        return None
    return Tokens(access, refresh, read_count(told.get("expires_in")) or 3600)


def read_trouble(text: str) -> str:
    """Why there are no tokens, in Zalo's words.

    >>> read_trouble('{"error":-14014,"error_name":"Invalid refresh token."}')
    '-14014 Invalid refresh token.'
    """
    told = read_json(text)
    words = told.get("error_name") or told.get("error_description") or told.get("message") or ""
    return f"{told['error']} {words}"[:200] if "error" in told else ""


def read_template_ids(text: str) -> list[str]:
    """The templates of a page."""
    rows = read_json(text).get("data")
    found = [row.get("templateId") for row in _list(rows)]
    return [str(one) for one in found if one is not None]


def read_template(text: str) -> Template | None:
    """One template; None when the answer holds none."""
    told = read_json(text)
    data = told.get("data")
    if told.get("error") != 0 or not isinstance(data, dict):
        return None
    rows = data.get("listParams")
    return Template(
        id=str(data.get("templateId") or ""),
        name=str(data.get("templateName") or "")[:200],
        state=str(data.get("status") or "")[:20],
        tag=str(data.get("templateTag") or "")[:40],
        quality=str(data.get("templateQuality") or "")[:20],
        price=read_count(data.get("price_sdt") or data.get("price")),
        preview_url=str(data.get("previewUrl") or "")[:500],
        parameters=tuple(_parameter(row) for row in _list(rows)),
    )


def read_quota(text: str) -> Quota:
    """What is left of the day."""
    data = read_json(text).get("data")
    told = data if isinstance(data, dict) else {}
    return Quota(read_count(told.get("dailyQuota")), read_count(told.get("remainingQuota")))


def _parameter(row: Mapping[str, object]) -> Parameter:
    return Parameter(
        name=str(row.get("name") or "")[:100],
        kind=str(row.get("type") or "STRING")[:20],
        required=row.get("require") is not False and row.get("acceptNull") is not True,
        longest=read_count(row.get("maxLength")) or 200,
        shortest=read_count(row.get("minLength")) or 0,
    )


def _get(url: str, token: str) -> Call:
    return Call(url, {"access_token": token}, b"", method="GET", longest=_LONGEST)


def _list(rows: object) -> list[dict[str, object]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
