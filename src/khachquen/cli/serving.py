"""``khachquen serve``."""

import os
import threading
import time
import urllib.request
from pathlib import Path

import click

from khachquen.base import CONFIG_FILE, InputError, Text, UnavailableError, load_config
from khachquen.cli.shared import data_option, open_installation, says_errors


@click.command()
@data_option
@click.option("--port", type=int, help="Port to listen on; default server.port.")
@click.option("--host", help="Address to listen on; default server.host.")
@click.option("--single", is_flag=True, help="Both parts as threads of one process.")
@says_errors
def serve_command(data: Path, port: int | None, host: str | None, single: bool) -> None:
    """Run the installation: a supervisor with a web and an engine process."""
    if not (data / CONFIG_FILE).exists():
        raise InputError(
            "cli.no_installation",
            Text(vi=f"Không có bản cài đặt nào trong {data}.", en=f"No installation in {data}."),
            hint=Text(vi="khachquen init --data THƯ_MỤC", en="khachquen init --data DIR"),
        )
    env = {"KHACHQUEN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "khachquen.settings"}
    if port is not None:
        env["KHACHQUEN_SERVER_PORT"] = str(port)
    if host is not None:
        env["KHACHQUEN_SERVER_HOST"] = host
    os.environ.update(env)
    config = load_config(data)
    _migrate(data)
    address = f"http://{config.server.host}:{config.server.port}"
    threading.Thread(target=_say_when_ready, args=(address,), daemon=True).start()
    if single:
        config = open_installation(data)  # first: the parts need Django to be ready
        from khachquen.serve import run_single

        run_single(config)
    else:
        from khachquen.serve import supervise

        supervise(env, say=lambda text: click.echo(text, err=True))


def _migrate(data: Path) -> None:
    """Bring the tables up to date in a process of its own, so that this one stays small."""
    import subprocess
    import sys

    code = "import django; django.setup(); from khachquen.flows.install import migrate; migrate()"
    if subprocess.run([sys.executable, "-c", code], check=False).returncode:  # noqa: S603
        raise UnavailableError(
            "cli.not_migrated",
            Text(
                vi="Không nâng cấp được các bảng dữ liệu; lý do ở ngay trên.",
                en="The tables could not be brought up to date; the reason stands above.",
            ),
            path=str(data),
        )


def _say_when_ready(address: str) -> None:
    """Print the address once every part works."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    click.echo(f"KhachQuen: {address}")
                    return
        except OSError:
            time.sleep(0.1)
