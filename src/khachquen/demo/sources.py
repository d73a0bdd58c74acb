"""Where the demo shop's messages come from."""

from dataclasses import dataclass

from khachquen.base import Text


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One source to make before the demo is poured in; ``key`` is what batches name it by."""

    key: str
    name: Text
    kind: str
    trusted: bool


SOURCES = (
    DemoSource("web", Text(vi="Website An Nhiên", en="An Nhiên website"), "website", trusted=False),
    DemoSource("server", Text(vi="Máy chủ bán hàng", en="Shop server"), "server", trusted=True),
    DemoSource("pos", Text(vi="Quầy thu ngân", en="Tills"), "server", trusted=True),
    DemoSource("marketplace", Text(vi="Sàn TMĐT", en="Marketplaces"), "server", trusted=True),
)
