"""Which messages were already stored: the runs answer like a mapping."""

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.base import from_micros
from khachquen.store.lake import Earlier, Prepared, SeenMessages, hash_message, write_run
from khachquen.store.lake.seen import merge_runs
from tests.laws import tries

# Hashes that share their first word are as rare as can be, so they are made here.
DIGESTS = st.binary(min_size=1, max_size=2).map(
    lambda b: b"same " + b.ljust(11, b"\0")
) | st.binary(min_size=16, max_size=16)


def write(lake: Path, digests: list[bytes], first_event_id: int) -> str:
    messages = [Prepared(b"", digest, 7 * n + 1) for n, digest in enumerate(digests)]
    label = f"r{first_event_id}"
    return write_run(lake, messages, first_event_id, label=label, first_at=0, last_at=0).path


def first_word(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "little")


@settings(max_examples=tries(60), deadline=None)
@given(
    st.lists(st.lists(DIGESTS, min_size=1, max_size=12, unique=True), max_size=4),
    st.lists(DIGESTS, max_size=12),
    st.booleans(),
)
def test_the_runs_together_are_a_mapping(
    runs: list[list[bytes]], strangers: list[bytes], merged: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder)
        paths = [write(lake, run, 100 * number) for number, run in enumerate(runs)]
        if merged and paths:
            times = (from_micros(0), from_micros(0))
            one = merge_runs(lake, [(path, *times) for path in paths], label="all", level=1)
            assert one.rows == sum(map(len, runs))
            paths = [one.path]
        asked = [digest for run in runs for digest in run] + strangers
        known: dict[bytes, set[Earlier]] = defaultdict(set)
        for number, run in enumerate(runs):
            for n, digest in enumerate(run):
                known[digest].add(Earlier(7 * n + 1, 100 * number + n))

        found = SeenMessages(lake).find(asked, paths)

        assert set(found) == {n for n, digest in enumerate(asked) if digest in known}
        assert all(earlier in known[asked[n]] for n, earlier in found.items())


def test_runs_come_and_go_under_the_same_memory(tmp_path: Path) -> None:
    seen = SeenMessages(tmp_path)
    hoa, nam = hash_message(1, "hoa"), hash_message(1, "nam")
    first = write(tmp_path, [hoa], 10)
    assert seen.find([hoa, nam], [first]) == {0: Earlier(1, 10)}

    second = write(tmp_path, [nam], 20)
    (tmp_path / first).unlink()  # expired and swept
    assert seen.find([hoa, nam], [second]) == {1: Earlier(1, 20)}
    assert seen.find([], [second]) == {}


def test_runs_of_the_first_version_know_only_that_a_message_was_there(tmp_path: Path) -> None:
    """Two words a message, as the first release wrote them; joined with newer ones they grow."""
    hoa, nam, lan = (hash_message(1, name) for name in ("hoa", "nam", "lan"))
    words = np.frombuffer(b"".join(sorted([hoa, nam], key=first_word)), np.uint64).reshape(-1, 2)
    (tmp_path / "seen").mkdir()
    np.save(tmp_path / "seen/old.npy", np.asfortranarray(words))
    new = write(tmp_path, [lan], 30)
    expected = {0: Earlier(0, 0), 1: Earlier(0, 0), 2: Earlier(1, 30)}
    assert SeenMessages(tmp_path).find([hoa, nam, lan], ["seen/old.npy", new]) == expected

    runs = [("seen/old.npy", from_micros(0), from_micros(5)), (new, from_micros(5), from_micros(9))]
    one = merge_runs(tmp_path, runs, label="all", level=1)
    assert (one.rows, one.first_at, one.last_at) == (3, from_micros(0), from_micros(9))
    assert SeenMessages(tmp_path).find([hoa, nam, lan], [one.path]) == expected


def test_sources_have_messages_of_their_own() -> None:
    assert hash_message(1, "1") != hash_message(11, "")
    assert hash_message(1, "m") != hash_message(2, "m")
    assert len(hash_message(1, "m")) == 16
