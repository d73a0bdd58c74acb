"""The file the seal keys are in: outside the database, readable by its owner only.

Whoever has the database and the lake but not this file has no sealed value; whoever loses this
file has lost them too. Back it up apart from the rest.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from khachquen.base import Text, UnavailableError
from khachquen.unify.traits.sealing import SealKeys

_KEY_BYTES = 32


def key_path(data: Path, configured: str = "") -> Path:
    """Where the keys of an installation are: as configured, or ``keys/seal.json``."""
    return Path(configured).expanduser() if configured else data / "keys" / "seal.json"


def read_keys(path: Path) -> SealKeys | None:
    """The keys in the file, or None when there is no file.

    Raises:
        UnavailableError: others may read it (``seal.keys_open``), or it is broken
            (``seal.keys_broken``).
    """
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise _open_to_others(path)
        told = json.loads(path.read_text(encoding="ascii"))
        keys = {name: base64.b64decode(key, validate=True) for name, key in told["keys"].items()}
        found = SealKeys(base64.b64decode(told["index"], validate=True), told["active"], keys)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _broken(path) from None
    sizes = {len(key) for key in (found.index, *keys.values())}
    if found.active not in keys or sizes != {_KEY_BYTES}:
        raise _broken(path)
    return found


def make_keys(path: Path, *, random: Callable[[int], bytes] = secrets.token_bytes) -> SealKeys:
    """The keys of a new installation. Of several makers at once one wins, and all get its keys."""
    keys = SealKeys(random(_KEY_BYTES), "k1", {"k1": random(_KEY_BYTES)})
    written = _write_aside(path, keys)
    try:
        os.link(written, path)
    except FileExistsError:
        pass
    finally:
        written.unlink()
    _sync_folder(path)
    found = read_keys(path)
    assert found is not None
    return found


def add_key(
    path: Path, keys: SealKeys, *, random: Callable[[int], bytes] = secrets.token_bytes
) -> SealKeys:
    """A new active key beside the old ones, on disk before anything is sealed with it."""
    name = f"k{1 + max((int(key[1:]) for key in keys.keys), default=0)}"
    return _save(path, replace(keys, active=name, keys={**keys.keys, name: random(_KEY_BYTES)}))


def drop_keys(path: Path, keys: SealKeys, unused: set[str]) -> SealKeys:
    """The same keys without those nothing is sealed with any more."""
    kept = {name: key for name, key in keys.keys.items() if name not in unused}
    return _save(path, replace(keys, keys=kept))


def _save(path: Path, keys: SealKeys) -> SealKeys:
    _write_aside(path, keys).replace(path)
    _sync_folder(path)
    return keys


def _write_aside(path: Path, keys: SealKeys) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {
        "index": base64.b64encode(keys.index).decode(),
        "active": keys.active,
        "keys": {name: base64.b64encode(key).decode() for name, key in keys.keys.items()},
    }
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_to_others(path: Path) -> UnavailableError:
    return UnavailableError(
        "seal.keys_open",
        Text(
            vi="Tệp khóa niêm phong đang để người khác trên máy đọc được.",
            en="Others on this machine may read the file of seal keys.",
        ),
        path=str(path),
        hint=Text(vi=f"Chạy: chmod 600 {path}", en=f"Run: chmod 600 {path}"),
    )


def _broken(path: Path) -> UnavailableError:
    return UnavailableError(
        "seal.keys_broken",
        Text(
            vi="Tệp khóa niêm phong bị hỏng.",
            en="The file of seal keys is broken.",
        ),
        path=str(path),
        hint=Text(
            vi="Lấy lại tệp này từ bản sao lưu của bạn; đừng xóa nó.",
            en="Put it back from your own backup; do not delete it.",
        ),
    )
