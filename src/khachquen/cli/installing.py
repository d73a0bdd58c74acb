"""``khachquen init``."""

from dataclasses import asdict
from pathlib import Path

import click

from khachquen.base import system_clock
from khachquen.cli.shared import (
    data_option,
    json_option,
    open_installation,
    print_json,
    says_errors,
)


@click.command()
@data_option
@click.option("--admin-email", required=True, help="E-mail address of the first administrator.")
@click.option("--admin-password", required=True, help="Password, at least 10 characters.")
@click.option("--shop-name", default="Cửa hàng của tôi", help="What the shop is called.")
@json_option
@says_errors
def init_command(
    data: Path, admin_email: str, admin_password: str, shop_name: str, as_json: bool
) -> None:
    """Create an installation without asking anything.

    Prints a public write key, a secret write key and an API token; the last two are shown once.
    """
    from khachquen.flows.folder import prepare_folder

    prepare_folder(data)
    try:
        config = open_installation(data)
        from khachquen.flows.install import install

        done = install(
            config,
            shop_name=shop_name,
            admin_email=admin_email,
            admin_password=admin_password,
            clock=system_clock,
        )
    except BaseException:
        (data / "khachquen.toml").unlink(missing_ok=True)  # so that the next try may begin again
        raise
    if as_json:
        print_json(asdict(done))
        return
    click.echo(f"Đã cài đặt vào {done.data} / Installed in {done.data}")
    click.echo(f"  public write key  {done.public_write_key}")
    click.echo(f"  secret write key  {done.secret_write_key}")
    click.echo(f"  API token         {done.api_token}")
