"""What every test stands on: its own data folder, a frozen clock, no network, honest skips."""

import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests import environment

DATA = environment.prepare()  # before anything imports Django

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402

from tests import laws, needs, network, served  # noqa: E402
from tests.clock import FrozenClock  # noqa: E402

laws.keep_house()

# Still argon2id, but with little memory: no test is about guessing.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-kills", type=int, default=8, help="kills of the crash test")
    parser.addoption("--send-people", type=int, default=2_000, help="letters of the send storm")
    parser.addoption("--storm-events", type=int, default=4_000, help="size of the retry storm")
    parser.addoption("--every-look", action="store_true", help="each page in every width and theme")


def pytest_configure() -> None:
    assert Path(settings.CONFIG.data) == DATA.resolve(), "Django was set up before tests/conftest"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit our environment: each is to prepare its own before Django is set up."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


# What takes long to set up is set up once: the tests below such a path stay in one process. (The
# mark of pytest-xdist is not understood by pytest 9.2: it names tests in another way.)
SHARED = ("tests/clients/", "tests/serve/test_live_stream.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests go to whichever process is free, one by one but for those that share a set-up."""
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((path for path in SHARED if nodeid.startswith(path)), nodeid)

    return Sharing(config, log)


def pytest_report_header() -> list[str]:
    return [f"database: {connection.vendor}", f"chromium: {needs.find_chromium() or 'none'}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What says nothing about this run's database is left out, not skipped."""
    elsewhere = [item for item in items if not _runs_here(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if _runs_here(item)]


def _runs_here(item: pytest.Item) -> bool:
    """A test for this database; and SQLite runs those that know none once for both.

    A test without a database cannot reach one: pytest-django refuses it.
    """
    mark = item.get_closest_marker("only_on")
    if mark is not None:
        return connection.vendor in mark.args
    marks = any(item.get_closest_marker(name) for name in ("django_db", "served"))
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return connection.vendor == "sqlite" or marks or bool(fixtures)


def pytest_runtest_setup(item: pytest.Item) -> None:
    served.is_allowed = item.get_closest_marker("served") is not None
    if item.get_closest_marker("chromium") and needs.find_chromium() is None:
        _do_without("no Chromium on this machine (as root, make test installs it through apt)")
    if item.get_closest_marker("published_clients") and (names := needs.find_missing_clients()):
        _do_without(f"not installed: {', '.join(names)} (make clients; needs Node.js and npm)")
    if (mark := item.get_closest_marker("shared_data")) is not None:
        missing = [name for name in mark.args if needs.find_shared_data(name) is None]
        if missing:
            pytest.skip(f"no real data beside the repository: {', '.join(missing)}")


def _do_without(reason: str) -> None:
    """Leave a test out, with the reason; a gate fails instead."""
    if needs.is_ci():
        pytest.fail(f"CI refuses to skip: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The tables, made once; emptying them makes no list of Django's own, which nothing reads.

    Writing the permissions and the kinds of content anew took twenty times as long as emptying.
    """
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", network.guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", network.guarded(socket.socket.connect_ex))


@pytest.fixture
def clock() -> FrozenClock:
    """Friday 2026-11-20, 09:00 in Hanoi, until the test moves it."""
    return FrozenClock()


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    """The time of the frozen clock at the start of the test."""
    return clock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder of this test alone (the database stays the shared test database)."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the repository; mark the test with what it needs of it."""
    return needs.ROOT.parent / "shared" / "data"


@pytest.fixture
def crash_kills(pytestconfig: pytest.Config) -> int:
    """How often the crash test kills: eight times, or as `make crash` says."""
    kills: int = pytestconfig.getoption("--crash-kills")
    return kills


@pytest.fixture
def storm_events(pytestconfig: pytest.Config) -> int:
    """How many events the retry storm sends; a million takes a while."""
    events: int = pytestconfig.getoption("--storm-events")
    return events


@pytest.fixture
def send_people(pytestconfig: pytest.Config) -> int:
    """How many letters leave while the sender is killed; ``make crash-send`` sends more."""
    people: int = pytestconfig.getoption("--send-people")
    return people
