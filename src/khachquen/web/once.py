"""A form that must not act twice when somebody reloads its answer.

Pages that show a secret answer the POST itself, since a secret must not wait anywhere for the next
page. A reload would send the form again; the mark in the form says that it was done.
"""

import secrets

from django.http import HttpRequest

_KEY = "forms-done"
_REMEMBERED = 20


def new_mark() -> str:
    """A mark for one form on one page."""
    return secrets.token_urlsafe(9)


def is_first_time(request: HttpRequest) -> bool:
    """Whether this form was not acted on before; remembers that it was."""
    mark = request.POST.get("mark", "")[:32]
    done: list[str] = request.session.get(_KEY, [])
    if not mark or mark in done:
        return False
    request.session[_KEY] = [*done, mark][-_REMEMBERED:]
    return True
