"""Every published client has spoken once, to one running installation."""

from collections.abc import Iterator

import pytest

from tests import served
from tests.clients.published import CLIENTS, CROWDED, MIXED, TOO_LARGE, UNLUCKY
from tests.clients.speaking import Spoken, speak

_STRICT = {  # so that a client can exceed it
    "KHACHQUEN_INGEST_MAX_BATCH_BYTES": "200000",
    "KHACHQUEN_INGEST_BURST_SECONDS": "1",
}


@pytest.fixture(scope="package")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Spoken]]:
    """What became of every client, by its name."""
    with served.installation(tmp_path_factory.mktemp("clients"), **_STRICT) as shop:
        clients = [*CLIENTS, *UNLUCKY, *CROWDED, TOO_LARGE, MIXED]
        yield speak(shop, clients, tmp_path_factory.mktemp("pages"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs the packages."""
    for item in items:
        if "tests/clients/" in item.nodeid.replace("\\", "/"):
            item.add_marker(pytest.mark.published_clients)
            item.add_marker(pytest.mark.served)
