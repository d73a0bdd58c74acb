"""Where the letter of a sign-up leads: whoever reads the mailbox says yes or no, by POST only.

Mail programs and virus scanners open every link of a letter, so opening this page says nothing.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from khachquen.base import system_clock
from khachquen.flows.choosing import Seen
from khachquen.flows.confirming import Opened, answer_confirmation, open_confirmation
from khachquen.govern.consent.links import TRIAL, Link, Links
from khachquen.web.measuring import in_language
from khachquen.web.pages.preferences import masked
from khachquen.web.public import answer_with, public_page


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def show_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """What was signed up for, in the words that were read, with two buttons; then what was said."""
    if token == TRIAL:
        return answer_with(request, "public/said.html", {"about": "trial"})
    opened = open_confirmation(settings.CONFIG, token, now=system_clock())
    if opened is None:
        raise Http404
    said, is_answer = opened.answer, request.POST.get("answer") in ("yes", "no")
    if request.method == "POST" and is_answer and not opened.is_over:
        seen = Seen(str(request.META.get("REMOTE_ADDR") or ""), get_language() or "vi")
        yes = request.POST["answer"] == "yes"
        said = answer_confirmation(settings.CONFIG, opened, yes=yes, seen=seen, clock=system_clock)
    status = 400 if request.method == "POST" and not is_answer else 200
    return answer_with(request, "public/confirm.html", _told(opened, said), status=status)


def _told(opened: Opened, said: str) -> dict[str, object]:
    return {
        "address": masked(opened.identifier),
        "form_name": opened.form_name,
        "waiting": [
            {
                "name": in_language(one.name),
                "words": in_language(one.words),
                "is_vietnamese": get_language() == "en" and one.words.en == one.words.vi,
                "at_most": one.at_most,
                "per_days": one.per_days,
            }
            for one in opened.waiting
        ],
        "said": said,
        "is_over": opened.is_over and not said,
        "preferences": Links(settings.CONFIG).path(Link("p", opened.identifier)) if said else "",
    }
