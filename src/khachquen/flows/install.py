"""A new installation: the folder, its settings file, the tables, the shop, the first keys."""

from dataclasses import dataclass

from django.core.management import call_command

from khachquen.base import Clock, Config
from khachquen.collect import create_source, issue_key
from khachquen.govern import create_first_admin, issue_token, save_shop


@dataclass(frozen=True, slots=True)
class Installed:
    """What a new installation hands out once: keep it, secrets are not shown again."""

    data: str
    admin_email: str
    public_write_key: str
    secret_write_key: str
    api_token: str


def migrate() -> None:
    """Bring the tables to the present schema."""
    call_command("migrate", verbosity=0, interactive=False)


def install(
    config: Config, *, shop_name: str, admin_email: str, admin_password: str, clock: Clock
) -> Installed:
    """Tables, shop, first admin, a website source with a public key, a server source with a secret.

    Raises:
        InputError: the e-mail or the password will not do.
    """
    now = clock()
    migrate()
    admin = create_first_admin(email=admin_email, password=admin_password, at=now)
    shop = config.shop
    save_shop(
        name=shop_name, trade="retail", currency=shop.currency, timezone=shop.timezone, at=now
    )
    website = create_source(name="Website", kind="website", at=now)
    server = create_source(name="Máy chủ", kind="server", at=now)
    return Installed(
        data=str(config.data),
        admin_email=admin.email,
        public_write_key=issue_key(website.id, trusted=False, at=now).value,
        secret_write_key=issue_key(server.id, trusted=True, at=now).value,
        api_token=issue_token(admin, name="init", at=now).value,
    )
