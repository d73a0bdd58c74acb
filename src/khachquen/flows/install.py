"""A new installation: the folder, its settings file, the tables, the shop, the first keys."""

from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command

from khachquen.base import Clock, Config
from khachquen.collect import find_or_create_source, issue_key
from khachquen.govern import create_first_admin, issue_token, save_shop
from khachquen.govern.tokens import SCOPES


@dataclass(frozen=True, slots=True)
class Installed:
    """What a new installation hands out once: keep it, secrets are not shown again."""

    data: str
    admin_email: str
    public_write_key: str
    secret_write_key: str
    api_token: str


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """The keys every new installation begins with; the secret one is not shown again."""

    public: str
    secret: str


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
    keys = make_first_keys(now)
    return Installed(
        data=str(config.data),
        admin_email=admin.email,
        public_write_key=keys.public,
        secret_write_key=keys.secret,
        api_token=issue_token(admin, name="init", at=now, scopes=list(SCOPES)).value,
    )


def make_first_keys(at: datetime) -> FirstKeys:
    """A website source with a public key and a server source with a secret one."""
    website = find_or_create_source(name="Website", kind="website", at=at)
    server = find_or_create_source(name="Máy chủ", kind="server", at=at)
    return FirstKeys(
        public=issue_key(website.id, trusted=False, at=at).value,
        secret=issue_key(server.id, trusted=True, at=at).value,
    )
