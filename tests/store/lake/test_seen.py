"""Which messages were already stored: the runs answer like a set."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.base import from_micros
from khachquen.store.lake import SeenMessages, hash_message, write_run
from khachquen.store.lake.seen import merge_runs

# Hashes that share their first word are as rare as can be, so they are made here.
DIGESTS = st.binary(min_size=1, max_size=2).map(
    lambda b: b"same " + b.ljust(11, b"\0")
) | st.binary(min_size=16, max_size=16)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(DIGESTS, min_size=1, max_size=12, unique=True), max_size=4),
    st.lists(DIGESTS, max_size=12),
    st.booleans(),
)
def test_the_runs_together_are_a_set(
    runs: list[list[bytes]], strangers: list[bytes], merged: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder)
        paths = [
            write_run(lake, run, label=f"r{number}", first_at=0, last_at=0).path
            for number, run in enumerate(runs)
        ]
        if merged and paths:
            times = (from_micros(0), from_micros(0))
            one = merge_runs(lake, [(path, *times) for path in paths], label="all", level=1)
            assert one.rows == sum(map(len, runs))
            paths = [one.path]
        asked = [digest for run in runs for digest in run] + strangers
        known = {digest for run in runs for digest in run}

        found = SeenMessages(lake).find(asked, paths)

        assert found == {n for n, digest in enumerate(asked) if digest in known}


def test_runs_come_and_go_under_the_same_memory(tmp_path: Path) -> None:
    seen = SeenMessages(tmp_path)
    hoa, nam = hash_message(1, "hoa"), hash_message(1, "nam")
    first = write_run(tmp_path, [hoa], label="1", first_at=0, last_at=0).path
    assert seen.find([hoa, nam], [first]) == {0}

    second = write_run(tmp_path, [nam], label="2", first_at=0, last_at=0).path
    (tmp_path / first).unlink()  # expired and swept
    assert seen.find([hoa, nam], [second]) == {1}
    assert seen.find([], [second]) == set()


def test_sources_have_messages_of_their_own() -> None:
    assert hash_message(1, "1") != hash_message(11, "")
    assert hash_message(1, "m") != hash_message(2, "m")
    assert len(hash_message(1, "m")) == 16
