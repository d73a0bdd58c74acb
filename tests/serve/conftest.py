"""An installation of the test's own, served by real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import Installation, installation


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation that nobody serves yet."""
    with installation(tmp_path, KHACHQUEN_SERVER_ENGINE_SILENCE_S="3") as made:
        yield made


@pytest.fixture
def running(shop: Installation) -> Installation:
    """A fresh installation with a supervisor, a web and an engine process."""
    shop.serve()
    return shop
