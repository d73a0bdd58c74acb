"""The data folder of a new installation. Needs no Django: it comes before the settings."""

import os
from pathlib import Path

from khachquen.base import CONFIG_FILE, ConflictError, Text


def prepare_folder(data: Path, *, settings: str = "") -> None:
    """The data folder with its settings file, readable by its owner only.

    Raises:
        ConflictError: there is an installation in it already (code ``flows.already_installed``).
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (data / CONFIG_FILE).exists():
        raise ConflictError(
            "flows.already_installed",
            Text(
                vi=f"Thư mục {data} đã có một bản cài đặt.",
                en=f"There is an installation in {data} already.",
            ),
            path=str(data),
            hint=Text(vi="Chọn thư mục khác.", en="Choose another folder with --data."),
        )
    descriptor = os.open(data / CONFIG_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            "# KhachQuen: every setting and its default stands in docs/reference/settings.md\n"
            + settings
        )
