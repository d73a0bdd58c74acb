"""Pictures for mails: looked at, drawn anew, and kept under the digest of their bytes.

Whatever was uploaded, what is served is pixels this machine drew: no script, no comment, no place
where the photo was taken. Animations keep their first picture.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from khachquen.activate.content.models import Picture
from khachquen.activate.content.permission import must_write
from khachquen.base import InputError, NotFoundError, Text
from khachquen.govern import User, record_audit

__all__ = [
    "MOST_BYTES",
    "TYPES",
    "PictureView",
    "add_picture",
    "list_pictures",
    "read_picture",
]

MOST_BYTES = 5 * 1024 * 1024
_MOST_PIXELS = 24_000_000
_WIDEST = 1200  # twice the width of a mail, for fine screens
_KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "WEBP": "png"}
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture; ``path`` is where it is served for ever."""

    digest: str
    name: str
    kind: str
    width: int
    height: int
    size: int
    by: str
    at: datetime

    @property
    def path(self) -> str:
        return f"/i/{self.digest}.{self.kind}"


def list_pictures(limit: int = 200) -> list[PictureView]:
    """The pictures uploaded last."""
    return [_view(row) for row in Picture.objects.defer("content").order_by("-pk")[:limit]]


def read_picture(digest: str, kind: str) -> bytes:
    """The bytes of a picture.

    Raises:
        NotFoundError: there is none (``content.no_picture``).
    """
    row = Picture.objects.filter(digest=digest, kind=kind).only("content").first()
    if row is None:
        raise NotFoundError(
            "content.no_picture", Text(vi="Không có ảnh này.", en="There is no such picture.")
        )
    return bytes(row.content)


def add_picture(name: str, given: bytes, *, user: User, at: datetime) -> PictureView:
    """Keep a picture; the same one twice is kept once.

    Raises:
        InputError: it is no picture we draw, or too large (``content.bad_picture``).
    """
    actor = must_write(user)
    drawn, kind, width, height = _draw(given)
    digest = hashlib.sha256(drawn).hexdigest()[:32]
    told = {
        "name": " ".join(name.split())[:200] or digest,
        "kind": kind,
        "width": width,
        "height": height,
        "size": len(drawn),
        "content": drawn,
        "by": actor[:200],
        "at": at,
    }
    with transaction.atomic():
        row, is_new = Picture.objects.get_or_create(digest=digest, defaults=told)
        if is_new:
            record_audit(actor=actor, action="content.picture", subject=f"picture:{row.pk}", at=at)
    return _view(row)


def _draw(given: bytes) -> tuple[bytes, str, int, int]:
    from PIL import Image, ImageOps

    if len(given) > MOST_BYTES:
        raise _bad("Ảnh lớn hơn 5 MB.", "The picture is larger than 5 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(given), formats=tuple(_KINDS)) as opened:
                kind, size = _KINDS[opened.format or ""], opened.size
                if size[0] * size[1] > _MOST_PIXELS:
                    raise _bad("Ảnh có quá nhiều điểm.", "The picture has too many pixels.")
                opened.seek(0)
                whole = ImageOps.exif_transpose(opened)
                image = whole.convert("RGB" if kind == "jpg" else "RGBA")
    except InputError:
        raise
    except Exception as error:  # whatever a file made to break decoders raises
        raise _bad(
            "Tệp này không phải ảnh đọc được.", "This file is no picture we read."
        ) from error
    if image.width > _WIDEST:
        image = image.resize((_WIDEST, max(1, round(image.height * _WIDEST / image.width))))
    written = io.BytesIO()
    if kind == "jpg":
        image.save(written, "JPEG", quality=85, optimize=True)
    else:
        image.save(written, "PNG", optimize=True)
    return written.getvalue(), kind, image.width, image.height


def _bad(vi: str, en: str) -> InputError:
    return InputError(
        "content.bad_picture",
        Text(vi=vi, en=en),
        path="picture",
        hint=Text(
            vi="Dùng ảnh JPEG, PNG, GIF hoặc WebP dưới 5 MB; SVG không dùng được trong email.",
            en="Use a JPEG, PNG, GIF or WebP below 5 MB; SVG cannot be used in mail.",
        ),
    )


def _view(row: Picture) -> PictureView:
    return PictureView(
        row.digest, row.name, row.kind, row.width, row.height, row.size, row.by, row.at
    )
