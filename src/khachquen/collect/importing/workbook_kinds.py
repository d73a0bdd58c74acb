"""What a ZIP or an old Office file is: a workbook, a locked one, one too large, or something else.

Told from the archive's own list, before anything of it is unpacked.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from khachquen.base import InputError, Text, nearest

_OLD = b"\xd0\xcf\x11\xe0"
_BOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_UNPACKED = 2 << 30
_MOST_PARTS = 10_000
_CHUNK = 1 << 20


def is_workbook(path: Path, start: bytes) -> bool:
    """Whether a file that begins so is a workbook.

    Raises:
        InputError: it is one, but locked by a password, or too large when unpacked.
    """
    if start.startswith(_OLD):
        if _holds(path, "EncryptedPackage"):
            raise locked(path)
        return _holds(path, "Workbook") or _holds(path, "Book")
    if not start.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as parcel:
            if not _is_book(parcel):
                return False
            parts = parcel.infolist()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return False
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise too_large(path)
    return True


def _is_book(parcel: zipfile.ZipFile) -> bool:
    names = set(parcel.namelist())
    if names.intersection(_BOOKS):
        return True
    if "mimetype" not in names:
        return False
    with parcel.open("mimetype") as told:
        return told.read(len(_OPEN_DOCUMENT)) == _OPEN_DOCUMENT


def _holds(path: Path, name: str) -> bool:
    """Whether an old Office file lists a stream of this name."""
    wanted = f"\0{name}\0".encode("utf-16-le")[1:]
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            if wanted in rest + chunk:
                return True
            rest = chunk[-len(wanted) :]
    return False


def locked(path: Path) -> InputError:
    """The error for a workbook only a password opens."""
    return InputError(
        "import.workbook_locked",
        Text(vi="Tệp Excel này có mật khẩu.", en="This workbook has a password."),
        path=path.name,
        hint=Text(
            vi="Mở bằng Excel, vào Tệp → Thông tin → Bảo vệ sổ làm việc, xóa mật khẩu, lưu lại.",
            en="Open it in Excel, File → Info → Protect Workbook, clear the password, save again.",
        ),
    )


def too_large(path: Path) -> InputError:
    """The error for a workbook that would take more memory, disk or time than an import may."""
    return InputError(
        "import.workbook_too_large",
        Text(
            vi="Tệp Excel quá lớn khi mở ra, hoặc có ô nằm quá xa bảng.",
            en="The workbook is too large when unpacked, or has a cell very far from the table.",
        ),
        path=path.name,
        hint=Text(
            vi="Chép riêng bảng sang tệp mới, chia thành nhiều tệp, hoặc lưu thành CSV UTF-8.",
            en="Copy the table alone into a new file, split it, or save it as CSV UTF-8.",
        ),
    )


def broken(path: Path) -> InputError:
    """The error for a workbook that cannot be read."""
    return InputError(
        "import.workbook_broken",
        Text(vi="Tệp Excel bị hỏng, không đọc được.", en="The workbook is broken."),
        path=path.name,
        hint=Text(
            vi="Mở bằng Excel hay LibreOffice rồi lưu lại thành .xlsx.",
            en="Open it in Excel or LibreOffice and save it again as .xlsx.",
        ),
    )


def nothing_in_it(path: Path) -> InputError:
    """The error for a workbook without a row."""
    return InputError(
        "import.empty_workbook",
        Text(vi="Không trang tính nào có dòng.", en="No sheet of the workbook has rows."),
        path=path.name,
    )


def unknown_sheet(given: str, known: Sequence[str], path: Path) -> InputError:
    """The error for a sheet that is not there; names the nearest, or all."""
    hint = nearest(given, known)
    only = Text(
        vi="Bỏ --sheet: tệp này không phải Excel.", en="Leave --sheet: this is no workbook."
    )
    return InputError(
        "import.unknown_sheet",
        Text(vi=f"Không có trang tính {given[:80]!r}.", en=f"There is no sheet {given[:80]!r}."),
        path=path.name,
        hint=hint if known else only,
    )
