"""Views of the customer list: saved, shared, taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q

from khachquen.base import ForbiddenError, InputError, NotFoundError, Text
from khachquen.govern import User, record_audit
from khachquen.relate.lists.models import FirstView, SavedView

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
    is_default: bool = False


def list_views(user: User) -> list[ViewShown]:
    """The user's own views, then those others share, by name."""
    rows = SavedView.objects.filter(Q(owner=user.email) | Q(is_shared=True)).order_by("name", "pk")
    first = FirstView.objects.filter(owner=user.email).values_list("view_id", flat=True).first()
    views = [replace(_view(row, user), is_default=row.pk == first) for row in rows]
    return sorted(views, key=lambda one: not one.is_own)


def save_view(
    name: str,
    asks: Mapping[str, Sequence[str]],
    *,
    user: User,
    at: datetime,
    is_shared: bool = False,
) -> ViewShown:
    """Keep a view under a name; one of the same name of the same owner is replaced.

    Raises:
        InputError: no name, too long a name, or too many views (``lists.bad_name``,
            ``lists.too_many``).
    """
    name = _read_name(name)
    mine = SavedView.objects.filter(owner=user.email)
    if not mine.filter(name=name).exists() and mine.count() >= _MOST:
        raise _too_many()
    kept = {key: [one[:8000] for one in asks[key]] for key in ASKED if asks.get(key)}
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


def rename_view(view_id: int, name: str, *, user: User, at: datetime) -> ViewShown:
    """Call a view otherwise.

    Raises:
        NotFoundError, ForbiddenError: as ``remove_view``.
        InputError: no name, too long a name, or one another view of the owner has.
    """
    row, name = _of(view_id, user), _read_name(name)
    others = SavedView.objects.filter(owner=row.owner, name=name).exclude(pk=row.pk)
    if others.exists():
        raise _taken(name)
    detail = {"name": row.name, "new": name}
    record_audit(
        actor=user.email, action="view.rename", subject=f"view:{row.pk}", detail=detail, at=at
    )
    row.name = name
    row.save(update_fields=["name"])
    return _view(row, user)


def open_first(view_id: int | None, *, user: User, at: datetime) -> None:
    """Whose list opens with which view: one's own, or one that is shared; None: with none.

    Raises:
        NotFoundError: the user has no such view.
    """
    if view_id is None:
        FirstView.objects.filter(owner=user.email).delete()
    elif not any(one.id == view_id for one in list_views(user)):
        raise _gone()
    else:
        FirstView.objects.update_or_create(owner=user.email, defaults={"view_id": view_id})
    subject = f"view:{view_id}" if view_id else ""
    record_audit(actor=user.email, action="view.first", subject=subject, detail={}, at=at)


def remove_view(view_id: int, *, user: User, at: datetime) -> None:
    """Take a view away: one's own, or any for an administrator.

    Raises:
        NotFoundError: there is none (``lists.not_found``).
        ForbiddenError: it is somebody else's (``lists.not_yours``).
    """
    row = _of(view_id, user)
    detail = {"name": row.name}
    record_audit(
        actor=user.email, action="view.remove", subject=f"view:{row.pk}", detail=detail, at=at
    )
    row.delete()


def _of(view_id: int, user: User) -> SavedView:
    """The view, if the user may change it."""
    row = SavedView.objects.filter(pk=view_id).first()
    if row is None:
        raise _gone()
    if row.owner != user.email and not user.is_admin:
        raise ForbiddenError(
            "lists.not_yours",
            Text(vi=f"Chế độ xem này của {row.owner}.", en=f"This view belongs to {row.owner}."),
        )
    return row


def _read_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise _bad_name()
    return name


def _gone() -> NotFoundError:
    return NotFoundError(
        "lists.not_found", Text(vi="Không còn chế độ xem này.", en="This view is gone.")
    )


def _taken(name: str) -> InputError:
    return InputError(
        "lists.taken",
        Text(vi=f"Đã có chế độ xem tên {name!r}.", en=f"There is a view called {name!r}."),
        path="name",
        hint=Text(vi="Đặt tên khác.", en="Choose another name."),
    )


def _view(row: SavedView, user: User) -> ViewShown:
    asks = {key: row.asks[key] for key in ASKED if key in row.asks}  # no database keeps an order
    address = f"?{urlencode(asks or {'who': 'known'}, doseq=True)}"
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
