"""``khachquen bench ingest``: accepted → resolved → queryable, beside a bare append."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from khachquen.bench.figure import HIGHER, LOWER, Figure, percentile
from khachquen.bench.load import Batches, send_load
from khachquen.bench.newcomers import watch_newcomers
from khachquen.bench.shop import NO_LIMITS, new_shop
from khachquen.bench.singles import measure_singles

_BATCH = 100


def bench_ingest(
    *,
    rate: int,
    seconds: int,
    visitors: int,
    singles: tuple[int, int],
    say: Callable[[str], None],
) -> list[Figure]:
    """Figures of one run on a fresh installation of its own.

    ``rate`` is events a second, sent in batches of 100 for ``seconds``; the run lasts until every
    acknowledged event can be asked for. The limits of the public key are lifted. The baseline
    appends the same bytes to a file with one fdatasync a batch and nothing else: flat out for the
    rate, at the load's own pace for the times. ``singles`` are sent afterwards, so many single
    events a second for so many seconds; none when the first is 0.
    """
    with tempfile.TemporaryDirectory(prefix="khachquen-bench-") as folder:
        file = Path(folder) / "append.log"
        # As fast as it goes for a second only: a gigabyte would keep the disk busy for a minute.
        flat_out = _bare_append(file, rate=1e9, seconds=1)
        append_rate = _BATCH * 1000 * len(flat_out) / sum(flat_out)
        append_p99 = percentile(_bare_append(file, rate=rate / _BATCH, seconds=10), 0.99)
        with new_shop(Path(folder) / "shop", **NO_LIMITS) as shop:
            say(f"ready after {shop.ready_s:.1f} s")
            time.sleep(3)
            idle_mb = shop.memory_mb()
            started = time.perf_counter()
            batches = Batches(_BATCH, visitors=visitors, seed=1)
            with watch_newcomers(shop) as newcomers:
                sent = asyncio.run(
                    send_load(
                        shop.port, shop.public_key, batches, rate=rate / _BATCH, seconds=seconds
                    )
                )
                lasted = time.perf_counter() - started
            say(f"{sent.events:,} events acknowledged in {lasted:.1f} s, {sent.refused} refused")
            accepted = sent.events + newcomers.acknowledged
            queryable = shop.wait_until_queryable(accepted, timeout_s=120)
            total = time.perf_counter() - started
            busy_mb = shop.memory_mb()
            alone = measure_singles(shop, singles, stored=queryable, say=say)
    acks, known = sent.ack_ms, percentile(newcomers.seconds, 0.95)
    work = f"{rate:,} events/s offered for {seconds} s in batches of {_BATCH}"
    bare, promised = "bare append with fdatasync (p99 for times)", "promised"
    return [
        Figure("ingest.throughput", work, queryable / total, "events/s", append_rate, bare, HIGHER),
        Figure("ingest.ack_p50", work, percentile(acks, 0.5), "ms", append_p99, bare, LOWER),
        Figure("ingest.ack_p99", work, percentile(acks, 0.99), "ms", append_p99, bare, LOWER),
        Figure("ingest.lag", work, total - lasted, "s", 5.0, promised, LOWER),
        Figure("ingest.to_profile_p95", work, known, "s", 5.0, promised, LOWER),
        Figure("ingest.missing", work, accepted - queryable, "events", 0.0, promised, LOWER),
        Figure("serve.ready", "empty installation", shop.ready_s, "s", 5.0, promised, LOWER),
        Figure("serve.idle_memory", "PSS of the group", idle_mb, "MB", 350.0, promised, LOWER),
        Figure("serve.busy_memory", "PSS after the load", busy_mb, "MB", idle_mb, "idle", LOWER),
        *alone,
    ]


def _bare_append(path: Path, *, rate: float, seconds: float) -> list[float]:
    """Milliseconds each batch took to write and sync to a file, at most ``rate`` a second."""
    batches = Batches(_BATCH, visitors=1000, seed=2)
    bodies = [batches.next_body() for _ in range(200)]
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    took: list[float] = []
    started = time.perf_counter()
    while (at := time.perf_counter()) - started < seconds:
        os.write(descriptor, bodies[len(took) % len(bodies)])
        os.fdatasync(descriptor)
        took.append((time.perf_counter() - at) * 1000)
        time.sleep(max(0.0, started + len(took) / rate - time.perf_counter()))
    os.close(descriptor)
    path.unlink()
    return took
