"""``khachquen bench send``: letters personalised, signed and accounted for, beside the same lines
carrying letters that were made before and are nobody's.

Run as a program of its own in an installation made for it: what is measured is a sender's process,
its writers and its database.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from khachquen.base import system_clock
from khachquen.bench.figure import HIGHER, LOWER, Figure
from khachquen.bench.shop import children_of, cpu_s, free_port

_FROM = "tin@gom-moc.example"
_STARTER = "welcome"
_CHUNK = 20_000
_MAIN = "import sys; from khachquen.bench import sending; sending.main(*sys.argv[1:])"


def bench_send(
    *, letters: int, connections: int, processes: int, say: Callable[[str], None]
) -> list[Figure]:
    """So many letters to a mail server of this machine that takes everything, from the moment the
    audience is written down to the last answer kept; then the same lines flat out."""
    with tempfile.TemporaryDirectory(prefix="khachquen-bench-") as folder:
        command = [sys.executable, "-c", _MAIN, folder]
        numbers = [str(letters), str(connections)]
        env = {
            name: value
            for name, value in os.environ.items()
            if name != "DATABASE_URL" and not name.startswith("KHACHQUEN_")
        }
        env |= {"KHACHQUEN_DATA": folder, "DJANGO_SETTINGS_MODULE": "khachquen.settings"}
        env |= {
            "KHACHQUEN_SENDING_PROCESSES": str(processes),
            "KHACHQUEN_SERVER_BASE_URL": "https://gom-moc.example",
        }
        done = subprocess.run(  # noqa: S603 - ourselves
            [*command, *numbers], env=env, check=True, stdout=subprocess.PIPE
        )
    told = json.loads(done.stdout)
    say(f"{told['sent']:,} letters in {told['seconds']:.1f} s")
    work = f"{letters:,} letters over {connections} connections, {processes} writers"
    bare = "the same connections, one letter made before"
    return [
        Figure("send.throughput", work, told["rate"], "letters/s", told["bare"], bare, HIGHER),
        Figure("send.cpu", work, told["cpu_ms"], "ms/letter", told["bare_cpu_ms"], bare, LOWER),
        Figure("send.missing", work, letters - told["accepted"], "letters", 0, "promised", LOWER),
        Figure(
            "send.memory_growth", work, told["grown_mb"], "MB", 64, "promised, to the end", LOWER
        ),
    ]


def main(folder: str, letters: str, connections: str) -> None:
    """The program: one JSON object on standard output."""
    import django

    (Path(folder) / "khachquen.toml").touch()
    django.setup()
    told = _measure(Path(folder), int(letters), int(connections))
    sys.stdout.write(json.dumps(told))


def _measure(folder: Path, letters: int, connections: int) -> dict[str, float]:
    with _sink(folder) as (port, file):
        run_id = _make_shop(letters, port, connections)
        began = time.perf_counter()
        grown_mb, cpu = _send(run_id)
        seconds = time.perf_counter() - began
        accepted = file.read_bytes().count(b"\n")
        few = min(letters, 20_000)
        bare_began, bare_cpu = time.perf_counter(), _cpu_s()
        _send_bare(port, few, connections, run_id)
        bare_s, bare_cpu = time.perf_counter() - bare_began, _cpu_s() - bare_cpu
    return {
        "sent": letters,
        "accepted": accepted,
        "seconds": seconds,
        "rate": letters / seconds,
        "cpu_ms": 1000 * cpu / letters,
        "bare": few / bare_s,
        "bare_cpu_ms": 1000 * bare_cpu / few,
        "grown_mb": grown_mb,
    }


def _make_shop(people: int, port: int, connections: int) -> int:
    from django.core.management import call_command
    from django.db import transaction

    import khachquen.flows.sending  # noqa: F401 - what is imported now is not measured as sending
    from khachquen.activate.campaigns import running
    from khachquen.activate.campaigns.making import add_account, add_campaign
    from khachquen.base import to_micros
    from khachquen.unify.filling import write_addressees

    call_command("migrate", verbosity=0)
    now = system_clock()
    account = add_account(
        {
            "name": "bench",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "from_address": _FROM,
            "from_name": "Gốm Mộc",
            "connections": connections,
        },
        by="bench",
        at=now,
    )
    campaign = add_campaign(
        {
            "name": "bench",
            "purpose": "care",
            "segment_id": 1,
            "account": account,
            "version_id": _write_words(),
        },
        by="bench",
        at=now,
    )
    run = running.begin(campaign.pk, start_at=now, links_open=True, by="bench", at=now)
    running.start_due(now)
    for start in range(1, people + 1, _CHUNK):
        numbers = range(start, min(start + _CHUNK, people + 1))
        with transaction.atomic():
            write_addressees(numbers, to_micros(now))
            _agree_to_be_followed(numbers)
        running.write_down(run, numbers, is_last=numbers[-1] == people, now=now)
    return run.pk


def _agree_to_be_followed(numbers: Iterable[int]) -> None:
    """Each agreed that their opens and clicks are seen: their letters bear marks of their own."""
    from khachquen.govern.consent import Told, record
    from khachquen.govern.consent.purposes import LETTERS

    told = (
        Told([f"email:khach-{number}@example.vn"], LETTERS, "granted", channels=["email"])
        for number in numbers
    )
    record(told, now=system_clock())


def _write_words() -> int:
    """The version of a starter, as a shop would send it."""
    from khachquen.activate.content.identity import Identity, save_identity
    from khachquen.activate.content.reading import get_template
    from khachquen.activate.content.starters import start
    from khachquen.activate.content.writing import add_template
    from khachquen.govern import create_first_admin

    now = system_clock()
    admin = create_first_admin(email="bench@gom-moc.example", password=token_urlsafe(), at=now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=admin, at=now)
    return get_template(add_template("bench", start(_STARTER), user=admin, at=now)).version.id


def _send(run_id: int) -> tuple[float, float]:
    """Until the run is over; by how many MB the sender grew after its first seconds, and how many
    seconds of processor it took with all its processes."""
    from django.conf import settings

    from khachquen.activate.campaigns.running import get_run
    from khachquen.flows.sending import Mailer

    # The mail server it is measured against is this machine's.
    egress = replace(settings.CONFIG.egress, inside=["127.0.0.0/8"])
    mailer = Mailer(replace(settings.CONFIG, egress=egress), system_clock)
    pause = threading.Event()
    began, cpu, early_mb, looked = time.perf_counter(), _cpu_s(), 0.0, 0.0
    while True:
        if not mailer.step():
            pause.wait(0.002)
        at = time.perf_counter() - began
        if not early_mb and at > 3:
            early_mb = _memory_mb()
        if at - looked > 0.25:
            looked = at
            if get_run(run_id).state == "done":
                break
    grown, cpu = _memory_mb() - (early_mb or _memory_mb()), _cpu_s() - cpu
    mailer.close()
    return grown, cpu


def _send_bare(port: int, letters: int, connections: int, run_id: int) -> None:
    """The same words, made a letter once, as often over as many lines; nothing is kept of it."""
    from khachquen.activate.campaigns.running import get_run
    from khachquen.activate.channels.email import Connection, Envelope, Letter, Login, Sender
    from khachquen.activate.channels.email import write_letter as write
    from khachquen.activate.content import get_version

    words = get_version(get_run(run_id).version_id or 0)
    letter = Letter("0" * 32, "hoa@example.vn", "Gốm", words.html, words.text, system_clock())
    message, to = write(letter, Sender(_FROM)), Envelope("hoa@example.vn", "example.vn")

    def carry() -> None:
        line = Connection(Login("127.0.0.1", port, "none"))
        line.open()
        for _ in range(letters // connections):
            line.send(_FROM, to, message)
        line.close()

    carriers = [threading.Thread(target=carry) for _ in range(connections)]
    for one in carriers:
        one.start()
    for one in carriers:
        one.join()


@contextmanager
def _sink(folder: Path) -> Iterator[tuple[int, Path]]:
    port, file = free_port(), folder / "accepted"
    file.touch()
    command = [sys.executable, "-m", "khachquen.bench.sink", str(port), str(file)]
    process = subprocess.Popen(command)  # noqa: S603 - ourselves
    try:
        yield port, file
    finally:
        process.terminate()
        process.wait()


def _cpu_s() -> float:
    """Processor time of this process and of all below it that live: the sink, the writers, and the
    processes templates are rendered in, which are nobody's once their writer has ended."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + sum(map(cpu_s, _below(os.getpid())))


def _below(pid: int) -> Iterator[int]:
    for child in children_of(pid):
        yield child
        yield from _below(child)


def _memory_mb() -> float:
    pages: Any = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
