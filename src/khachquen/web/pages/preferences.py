"""What customers see and change by a link of ours, without signing in. Only POST changes it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from khachquen.base import system_clock
from khachquen.flows.choosing import (
    Choices,
    Offer,
    Seen,
    choose,
    prefer,
    show_choices,
    stop_everything,
    unsubscribe,
)
from khachquen.govern.consent import ConsentEntry
from khachquen.govern.consent.links import TRIAL, Link, Links, Use
from khachquen.govern.consent.purposes import get_purpose, list_purposes
from khachquen.govern.consent.standing import CHANNELS, METHODS, SAYS
from khachquen.unify.traits.builtin import built_in
from khachquen.web.measuring import in_language
from khachquen.web.public import answer_with, public_page

_MOST_WORDS = 100


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def show_preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that was asked of this address, to be seen and changed."""
    link, said = _opened("p", token), ""
    if request.method == "POST":
        if request.POST.get("act") == "stop":
            stop_everything(settings.CONFIG, link, seen=_seen(request), clock=system_clock)
            said = gettext("Từ giờ cửa hàng không gửi gì cho quý khách nữa, trên mọi kênh.")
        else:
            way = request.POST.get("way", "")
            is_new = prefer(settings.CONFIG, link, way, clock=system_clock)
            changed = is_new or _choose(request, link)
            said = gettext("Đã lưu. Có hiệu lực ngay.") if changed else gettext("Không có gì đổi.")
    choices = show_choices(link, now=system_clock())
    context = {
        "address": masked(link.identifier),
        "purposes": _purposes(choices),
        "words": [_word(one) for one in choices.words[:_MOST_WORDS]],
        "ways": _ways(choices.preferred),
        "is_stopped": choices.is_stopped,
        "said": said,
    }
    return answer_with(request, "public/preferences.html", context)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def show_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a POST unsubscribes at once, whoever's mail program sends it; GET shows a button.

    Nothing is asked back and nowhere is it redirected to.
    """
    if token == TRIAL:
        return answer_with(request, "public/said.html", {"about": "trial"})
    link = _opened("u", token)
    is_meant = request.POST.get("List-Unsubscribe") == "One-Click"
    if is_meant:
        unsubscribe(settings.CONFIG, link, seen=_seen(request), clock=system_clock)
    context = {
        "address": masked(link.identifier),
        "purpose": in_language(get_purpose(link.purpose).name),
        "is_done": is_meant,
        "preferences": Links(settings.CONFIG).path(Link("p", link.identifier)),
    }
    status = 400 if request.method == "POST" and not is_meant else 200
    return answer_with(request, "public/unsubscribe.html", context, status=status)


def masked(identifier: str) -> str:
    """The address as its owner knows it again, and nobody else learns it.

    >>> masked("email:lan.tran@nhamay.vn"), masked("phone:+84912345678")
    ('l•••@nhamay.vn', '•••678')
    """
    kind, _, value = identifier.partition(":")
    if kind == "email":
        name, _, host = value.rpartition("@")
        return f"{name[:1]}•••@{host}"
    return f"•••{value[-3:]}"


def _opened(use: Use, token: str) -> Link:
    link = Links(settings.CONFIG).read(use, token)
    if link is None:
        raise Http404
    return link


def _seen(request: HttpRequest) -> Seen:
    return Seen(str(request.META.get("REMOTE_ADDR") or ""), get_language() or "vi")


def _choose(request: HttpRequest, link: Link) -> int:
    told = request.POST
    ticked = set(told.getlist("yes"))
    offered = (one.partition(":") for one in told.getlist("shown"))
    wanted = {(key, channel): f"{key}:{channel}" in ticked for key, _, channel in offered}
    read = (one.rpartition(":") for one in told.getlist("read"))
    versions = {key: int(n) for key, _, n in read if n.isascii() and n.isdigit() and len(n) < 6}
    seen = _seen(request)
    return choose(settings.CONFIG, link, wanted, versions, seen=seen, clock=system_clock)


def _ways(preferred: str) -> list[dict[str, Any]]:
    """Every way one may like best, and which they said."""
    choices = built_in()["preferred_channel"].choices
    return [
        {"key": one.value, "words": in_language(one.label), "is_on": one.value == preferred}
        for one in choices
    ]


def _purposes(choices: Choices) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for one in choices.offers:
        line = lines.setdefault(one.purpose.key, _purpose(one))
        line["channels"].append(_channel(one))
    return list(lines.values())


def _purpose(one: Offer) -> dict[str, Any]:
    text = one.text
    return {
        "key": one.purpose.key,
        "name": in_language(one.purpose.name),
        "words": in_language(text.words) if text else "",
        "read": f"{one.purpose.key}:{text.version}" if text else "",
        "channels": [],
    }


def _channel(one: Offer) -> dict[str, Any]:
    standing = one.answer.standing
    is_open = one.purpose.basis == "may_refuse" and not standing.is_refused
    return {
        "value": f"{one.purpose.key}:{one.channel}",
        "id": f"yes-{one.purpose.key}-{one.channel}",
        "name": in_language(CHANNELS[one.channel]),
        "is_on": standing.is_granted or is_open,
        "why": "" if one.answer.may else in_language(one.answer.words),
        "may": one.may_agree,
        "at_most": one.at_most,
        "per_days": one.per_days,
    }


def _word(entry: ConsentEntry) -> dict[str, Any]:
    names = {one.key: in_language(one.name) for one in list_purposes(with_archived=True)}
    return {
        "says": in_language(SAYS[entry.says]),
        "purpose": names.get(entry.purpose, entry.purpose),
        "channel": in_language(CHANNELS[entry.channel]),
        "method": in_language(METHODS[entry.method]),
        "at": entry.at,
        "text": entry.text.text_vi if entry.text else "",
    }
