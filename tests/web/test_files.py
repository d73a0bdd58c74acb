import asyncio
import warnings
from pathlib import Path

from khachquen.web.files import SentFile


async def _pieces(response: SentFile) -> list[bytes]:
    return [piece async for piece in response]


def test_a_large_file_leaves_in_pieces_and_never_stands_in_memory_whole(tmp_path: Path) -> None:
    file = tmp_path / "khach-hang.csv"
    file.write_bytes(b"ma,ten\n" * 100_000)

    with file.open("rb") as opened, warnings.catch_warnings():
        warnings.simplefilter("error")  # Django warns where it reads all of it first
        response = SentFile(opened, as_attachment=True, filename="khach-hang.csv")
        pieces = asyncio.run(_pieces(response))

    assert b"".join(pieces) == file.read_bytes()
    assert max(map(len, pieces)) == 65_536
    assert response["Content-Length"] == "700000"
    assert response["Content-Disposition"] == 'attachment; filename="khach-hang.csv"'
