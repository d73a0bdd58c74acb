"""Views of the customer list: saved, shared, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q

from khachquen.base import ForbiddenError, InputError, NotFoundError, Text
from khachquen.govern import User, record_audit
from khachquen.relate.lists.models import SavedView

ASKED = ("q", "who", "sort", "columns", "rule")
"""What of an address a view keeps; never the place somebody had scrolled to."""
_LONGEST, _MOST = 60, 50


@dataclass(frozen=True, slots=True)
class ViewShown:
    """One saved view as somebody sees it."""

    id: int
    name: str
    address: str
    is_shared: bool
    is_own: bool


def list_views(user: User) -> list[ViewShown]:
    """The user's own views, then those others share, by name."""
    rows = SavedView.objects.filter(Q(owner=user.email) | Q(is_shared=True)).order_by("name", "pk")
    views = [_view(row, user) for row in rows]
    return sorted(views, key=lambda one: not one.is_own)


def save_view(
    name: str, asks: Mapping[str, str], *, user: User, at: datetime, is_shared: bool = False
) -> ViewShown:
    """Keep a view under a name; one of the same name of the same owner is replaced.

    Raises:
        InputError: no name, too long a name, or too many views (``lists.bad_name``,
            ``lists.too_many``).
    """
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise _bad_name()
    mine = SavedView.objects.filter(owner=user.email)
    if not mine.filter(name=name).exists() and mine.count() >= _MOST:
        raise _too_many()
    kept = {key: asks[key][:4000] for key in ASKED if asks.get(key)}
    row, _ = SavedView.objects.update_or_create(
        owner=user.email,
        name=name,
        defaults={"asks": kept, "is_shared": is_shared, "saved_at": at},
    )
    detail = {"name": name, "shared": is_shared}
    record_audit(
        actor=user.email, action="view.save", subject=f"view:{row.pk}", detail=detail, at=at
    )
    return _view(row, user)


def remove_view(view_id: int, *, user: User, at: datetime) -> None:
    """Take a view away: one's own, or any for an administrator.

    Raises:
        NotFoundError: there is none (``lists.not_found``).
        ForbiddenError: it is somebody else's (``lists.not_yours``).
    """
    row = SavedView.objects.filter(pk=view_id).first()
    if row is None:
        raise NotFoundError(
            "lists.not_found", Text(vi="Không còn chế độ xem này.", en="This view is gone.")
        )
    if row.owner != user.email and not user.is_admin:
        raise ForbiddenError(
            "lists.not_yours",
            Text(vi=f"Chế độ xem này của {row.owner}.", en=f"This view belongs to {row.owner}."),
        )
    detail = {"name": row.name}
    record_audit(
        actor=user.email, action="view.remove", subject=f"view:{row.pk}", detail=detail, at=at
    )
    row.delete()


def _view(row: SavedView, user: User) -> ViewShown:
    address = f"?{urlencode(row.asks)}" if row.asks else "?"
    return ViewShown(row.pk, row.name, address, row.is_shared, row.owner == user.email)


def _bad_name() -> InputError:
    return InputError(
        "lists.bad_name",
        Text(
            vi=f"Tên chế độ xem cần từ 1 đến {_LONGEST} ký tự.",
            en=f"The name of a view has 1 to {_LONGEST} characters.",
        ),
        path="name",
    )


def _too_many() -> InputError:
    return InputError(
        "lists.too_many",
        Text(
            vi=f"Bạn đã lưu {_MOST} chế độ xem.",
            en=f"You have saved {_MOST} views.",
        ),
        path="name",
        hint=Text(vi="Hãy xóa bớt trước.", en="Remove one first."),
    )
