"""Words to begin with for what people are asked: an empty page is the hardest to write on."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from khachquen.base import Text

__all__ = ["sample_of"]


def sample_of(purpose: str, *, shop: str) -> Text | None:
    """What a shop of this name could ask for a purpose that comes with KhachQuen; none for one of
    its own. Only a beginning: nobody is shown it before somebody saves it as theirs.

    >>> sample_of("letters", shop="Gốm Mộc").vi[:62]
    'Tôi đồng ý để Gốm Mộc ghi nhận việc tôi mở thư và bấm liên kết'
    """
    told = _all().get(purpose)
    return Text(vi=_of(told["vi"], shop), en=_of(told["en"], shop)) if told else None


def _of(words: str, shop: str) -> str:
    return words.strip().replace("{shop}", shop)


@cache
def _all() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("samples.toml").read_text(encoding="utf-8"))
