"""Every published client has spoken once, to one running installation."""

from collections.abc import Iterator

import pytest

from tests import served
from tests.clients.published import CLIENTS, Run
from tests.clients.speaking import Spoken, speak

RUNS = [Run(client.name, client) for client in CLIENTS]


@pytest.fixture(scope="package")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Spoken]]:
    """What became of every run, by its name."""
    with served.installation(tmp_path_factory.mktemp("clients")) as shop:
        yield speak(shop, RUNS, tmp_path_factory.mktemp("pages"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs the packages."""
    for item in items:
        if "tests/clients/" in item.nodeid.replace("\\", "/"):
            item.add_marker(pytest.mark.published_clients)
