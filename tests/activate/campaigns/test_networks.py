"""A file of networks: what is in it holds, what is wrong is told by its line, looking is fast."""

import time
from ipaddress import ip_address, ip_network
from pathlib import Path
from random import Random

import pytest

from khachquen.activate.campaigns.networks import Listed, read_networks
from tests.waiting import wait_for


def test_lines_as_people_write_them() -> None:
    lines = ["# từ nhà mạng", "", "  203.0.113.0/24\t# Hà Nội", "198.51.100.7",
             "192.0.2.0/24 OPENS", "2001:db8:1::/48"]  # fmt: skip
    found, bad = read_networks(lines)
    assert bad == []
    clicks = {
        "203.0.113.0": True, "203.0.113.255": True, "203.0.114.0": False, "198.51.100.7": True,
        "198.51.100.8": False, "192.0.2.1": False, "2001:db8:1::f": True, "2001:db8:2::": False,
        "fe80::1%eth0": False, "": False, "không phải": False,
    }  # fmt: skip
    assert {one: found.holds(one, "clicked") for one in clicks} == clicks
    assert found.holds("192.0.2.1", "opened")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("203.0.113.0/33", "'203.0.113.0/33' is no network, as 203.0.113.0/24 or 2001:db8::/32"),
        ("10.2.0.9/16", "'10.2.0.9/16' has bits beyond its mask; did you mean 10.2.0.0/16?"),
        ("0.0.0.0/0", "'0.0.0.0/0' is too wide: readers are in it, too"),
        ("::/8", "'::/8' is too wide: readers are in it, too"),
        ("203.0.113.0/24 clicks", "behind a network only “opens” may stand, not 'clicks'"),
    ],
)  # fmt: skip
def test_a_bad_line_says_what_is_wrong_and_the_others_hold(line: str, words: str) -> None:
    found, bad = read_networks(["10.1.0.0/16", line, "10.3.0.0/16"])
    assert [(one.number, one.words.en) for one in bad] == [(2, words)]
    assert [found.holds(f"10.{n}.0.1", "clicked") for n in (1, 2, 3)] == [True, False, True]


def test_a_hundred_thousand_networks_are_one_search() -> None:
    """Held against asking each: random networks that lie in one another."""
    random = Random(2_026)
    starts = [random.getrandbits(32) for _ in range(100_000)]
    lines = [str(ip_network((n, random.randint(16, 32)), strict=False)) for n in starts]
    found, bad = read_networks(lines)
    assert bad == []
    some = [ip_network(line) for line in lines[:300]]
    few, _ = read_networks(lines[:300])
    asked = [str(ip_address(random.getrandbits(32))) for _ in range(1_000)]
    asked += [str(network[-1]) for network in some] + [str(network[0] - 1) for network in some]
    for one in asked:
        assert few.holds(one, "clicked") == any(ip_address(one) in network for network in some)
    began = time.perf_counter()
    for one in asked:
        found.holds(one, "clicked")
    assert (time.perf_counter() - began) / len(asked) < 0.001, "seconds; a few microseconds alone"


def test_a_changed_file_holds_and_one_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    path, now = tmp_path / "nets.txt", [0.0]
    path.write_text("203.0.113.0/24\n", encoding="utf-8")
    listed = Listed(path, lambda: now[0])
    assert listed.get().holds("203.0.113.1", "clicked")
    path.write_text("198.51.100.0/24\n192.0.2.0/24\n", encoding="utf-8")

    def is_read() -> bool:
        now[0] += 11
        return listed.get().holds("192.0.2.1", "clicked")

    wait_for(is_read, every_s=0.01)
    assert not listed.get().holds("203.0.113.1", "clicked")
    path.unlink()
    now[0] += 11
    listed.get()
    assert listed.get().holds("192.0.2.1", "clicked")


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    path, now = tmp_path / "nets.txt", [0.0]
    listed = Listed(path, lambda: now[0])
    assert not listed.get().holds("192.0.2.1", "clicked")
    (tmp_path / "new").write_text("192.0.2.0/24", encoding="utf-8")
    (tmp_path / "new").rename(path)

    def is_read() -> bool:
        now[0] += 11
        return listed.get().holds("192.0.2.1", "clicked")

    wait_for(is_read, every_s=0.01)
