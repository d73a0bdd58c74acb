"""What ``make run`` does after installing: make a shop, fill it, serve it, say how to get in.

Run again, it serves the shop that is there. A fill that was interrupted starts over: the same seed
and end tell the same story with the same message ids, so nothing is counted twice.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.error import URLError
from urllib.request import urlopen

EMAIL = "chu@cuahang.example"
NOTE = "first-run.json"
READY_TIMEOUT_S = 60.0
PORTS_TO_TRY = 20


def khachquen(*arguments: str | Path) -> list[str]:
    """The command as this environment has it."""
    return [str(Path(sys.executable).with_name("khachquen")), *map(str, arguments)]


def open_shop(data: Path) -> dict[str, Any]:
    """The login of the shop in ``data``, which is made first where there is none."""
    note = data / NOTE
    if note.exists():
        found: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        return found
    if (data / "khachquen.toml").exists():
        return {"filled": True}  # somebody's own installation: theirs to know the login of
    login = {
        "email": EMAIL,
        "password": secrets.token_urlsafe(12),
        "until": datetime.now(UTC).strftime("%Y-%m-%dT%H:00"),  # the demo's story ends here
        "filled": False,
    }
    print("Tạo cửa hàng … · Making the shop ...", flush=True)
    account = ["--admin-email", EMAIL, "--admin-password", str(login["password"])]
    made = subprocess.run(
        khachquen("init", "--data", data, *account, "--json"),
        check=False,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    if made.returncode:
        sys.exit(made.returncode)
    write_note(note, login)
    return login


def write_note(note: Path, login: dict[str, Any]) -> None:
    """Keep what was made, for its owner's eyes only."""
    descriptor = os.open(note, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(login, file)


def fill(data: Path, login: dict[str, Any]) -> None:
    """The demo shop, once."""
    if login["filled"]:
        return
    print("Đưa khách vào … · Filling it with customers ...", flush=True)
    command = khachquen("demo", "--data", data, "--until", login["until"])
    filled = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    if filled.returncode:
        sys.exit(filled.returncode)
    login["filled"] = True
    write_note(data / NOTE, login)


def find_port(wanted: int) -> int:
    """The wanted port, or the next that is free."""
    for port in range(wanted, wanted + PORTS_TO_TRY):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"No free port from {wanted} to {wanted + PORTS_TO_TRY - 1}.")


def wait_until_ready(server: "subprocess.Popen[bytes]", port: int) -> bool:
    """Whether every part answers within a minute; False too when the server has ended."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def announce(login: dict[str, Any], data: Path, port: int, out: TextIO = sys.stdout) -> None:
    """Where to go and how to get in."""
    lines = [f"KhachQuen  http://127.0.0.1:{port}"]
    if "password" in login:
        lines += [f"Email      {login['email']}", f"Mật khẩu · password  {login['password']}"]
        lines += [f"(giữ trong · kept in {data / NOTE})"]
    lines += ["Dừng: Ctrl-C · Stop: Ctrl-C"]
    out.write("\n" + "\n".join(f"  {line}" for line in lines) + "\n\n")
    out.flush()


def serve(data: Path, port: int, login: dict[str, Any]) -> int:
    """Serve until told to stop; the server gets the same signal and ends in its own time."""
    server = subprocess.Popen(khachquen("serve", "--data", data, "--port", str(port)))

    def pass_on(number: int, _: object) -> None:
        if server.poll() is None:
            server.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    if wait_until_ready(server, port):
        announce(login, data, port)
    return server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("shop"))
    parser.add_argument("--port", type=int, default=8900)
    options = parser.parse_args()
    login = open_shop(options.data)
    fill(options.data, login)
    return serve(options.data, find_port(options.port), login)


if __name__ == "__main__":
    sys.exit(main())
