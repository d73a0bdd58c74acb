"""Sample data of a mail programs ask for: a field for each thing it wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from khachquen.activate.content import get_version
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.sampling import AskedName, asked_by, read_sample, save_sample
from khachquen.base import KhachQuenError, system_clock
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in


@require_POST
def keep_sample(request: HttpRequest, template_id: int) -> HttpResponse:
    """Keep what was typed; previews and test letters say it from then on."""
    told = {one.name: request.POST.get(f"data.{one.name}", "") for one in _asked(template_id)}
    try:
        save_sample(template_id, told, user=signed_in(request), at=system_clock())
    except KhachQuenError as error:
        said = (error.message, error.hint)
        messages.error(request, " ".join(in_language(words) for words in said if words))
    else:
        messages.success(request, gettext("Đã lưu dữ liệu thử."))
    return redirect("template", template_id)


def shown_sample(template_id: int) -> dict[str, Any]:
    """The fields as the mail's page shows them, each with what was typed."""
    typed = read_sample(template_id)
    return {"sample": [(one, typed.get(one.name, "")) for one in _asked(template_id)]}


def _asked(template_id: int) -> list[AskedName]:
    return asked_by(get_version(get_template(template_id).version.id))
