"""The receipt of one message: find it by its id, read what became of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from khachquen.web.receipts import read_receipt


@require_safe
def show_message(request: HttpRequest) -> HttpResponse:
    """Every copy of one message id and its fate; without an id, the question for one."""
    message_id = request.GET.get("id", "").strip()[:300]
    told = read_receipt(message_id) if "id" in request.GET else []
    context = {"message_id": message_id, "fates": told}
    status = 404 if message_id and not told else 200
    return render(request, "events/message.html", context, status=status)
