"""What the SMS gateway tells by itself; it is declared in the settings and has no page."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from khachquen.base import system_clock
from khachquen.flows.hearing_sms import hear_sms

_LARGEST = 16 << 10


@csrf_exempt
@login_not_required
@require_POST
def sms_hook(request: HttpRequest, gateway: str) -> HttpResponse:
    """A customer's text, or a delivery. Nothing in the answer says why it was not taken."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdecimal() and int(length[:12]) <= _LARGEST):
        return HttpResponse(status=413)
    stamp = request.headers.get("X-Timestamp", "")
    signature = request.headers.get("X-Signature", "")
    is_taken = hear_sms(
        settings.CONFIG, gateway, request.body, stamp, signature, clock=system_clock
    )
    return HttpResponse(status=200 if is_taken else 403)
