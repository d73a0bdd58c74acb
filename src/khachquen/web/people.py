"""Who is asking."""

from django.http import HttpRequest

from khachquen.govern import User


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; the gate let nobody else through."""
    user = request.user
    assert isinstance(user, User)
    return user
