"""Settings: one typed object, read once, from ``khachquen.toml`` and the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import msgspec

from khachquen.base.errors import InputError
from khachquen.base.text import Text, nearest

CONFIG_FILE = "khachquen.toml"
_PREFIX = "KHACHQUEN_"


@dataclass(frozen=True, slots=True)
class Server:
    """``[server]``: how the web part listens and what address people use for it."""

    host: str = "127.0.0.1"
    """The address to listen on; ``0.0.0.0`` behind a proxy on another machine."""
    port: int = 8900
    """The port to listen on."""
    base_url: str = ""
    """What people type, as ``https://khach.example.vn``; turns on cookies for HTTPS only."""
    allowed_hosts: list[str] = field(default_factory=lambda: ["*"])
    """Host names the pages answer to; name yours once the installation is on the internet."""
    trusted_proxies: list[str] = field(default_factory=list)
    """Networks of your own proxies, as ``10.0.0.0/8``: only they are believed when they say whose
    request they pass on (``X-Forwarded-For``, ``X-Forwarded-Proto``)."""
    max_connections: int = 4000
    """How many connections are held at a time; more are answered 503."""
    engine_silence_s: int = 15
    """After how many seconds without a word from the engine ``/healthz`` says 503."""


@dataclass(frozen=True, slots=True)
class Database:
    """``[database]``: where state lives; empty means SQLite in the data folder."""

    url: str = ""
    """``postgresql://user:password@host/name`` for PostgreSQL 15 or newer; ``DATABASE_URL``
    is its short name."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """``[ingest]``: how events are taken in."""

    max_event_bytes: int = 32 * 1024
    """The largest event a public key may send; trusted keys may use a whole body for one."""
    max_batch_bytes: int = 500 * 1024
    """The largest batch a public key may send."""
    max_body_bytes: int = 4 * 1024 * 1024
    """The largest request anybody may send, and the largest event of a trusted key or import."""
    max_batch_events: int = 2500
    """How many messages of one batch are taken; those beyond are kept as refused."""
    max_event_names: int = 500
    """How many event names of its own the public keys of one source may use; those of the
    standard dictionary are free, trusted keys are not counted."""
    max_property_names: int = 2000
    """The same for the names of properties and traits."""
    batch_events: int = 20_000
    """How many events one round of the ingest flow works on."""
    poll_ms: int = 500
    """How long the ingest flow rests after a round that did not come out full."""
    public_events_per_second: int = 2000
    """How many events a second one public key may send, on average; more are answered 429.
    0 switches the limit off."""
    address_events_per_second: int = 0
    """The same for one network address, with public keys. Only where addresses are the visitors'
    own: behind a proxy name it in ``server.trusted_proxies`` first. 0 switches it off."""
    burst_seconds: int = 20
    """How many seconds' worth of events may come at once after a quiet while."""
    max_waiting_mb: int = 64
    """The most memory for requests that are being read or wait for the disk; then 429."""
    max_wait_ms: int = 500
    """When the oldest request waits longer for the disk while many wait, new ones get 429."""
    max_backlog_mb: int = 8192
    """How much of the log may wait for the ingest flow before new events are answered 429."""
    min_free_mb: int = 256
    """Events are answered 503 while the disk has less room than this; the engine needs the rest
    to take in what was acknowledged."""
    dedupe_days: int = 30
    """How long a messageId is remembered, so that a retry counts once."""
    log_file_mb: int = 64
    """How large a file of the event log grows before the next one is begun."""
    keep_log_hours: int = 48
    """How long the event log is kept after it was read, to show a message as it came and take
    it in again."""
    keep_log_mb: int = 1024
    """The most disk the read part of the event log may take; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """``[privacy]``: what is left out of what is kept of people."""

    truncate_ip: bool = True
    """Keep network addresses without their last octet (IPv4) or beyond 48 bits (IPv6)."""
    seal_keys: str = ""
    """The file of the keys that ID numbers, incomes and the like are sealed with; empty means
    ``keys/seal.json`` in the data folder. Back it up apart from the database."""


@dataclass(frozen=True, slots=True)
class Lake:
    """``[lake]``: how questions over events are run, and when small files are joined."""

    memory_mb: int = 512
    """The most memory DuckDB may use in one process."""
    threads: int = 2
    """How many threads DuckDB may use in one process."""
    compact_files: int = 8
    """How many small files of a month are joined into one larger file."""
    retire_s: int = 120
    """How long a file that was replaced stays, for readers that still hold it."""


@dataclass(frozen=True, slots=True)
class Api:
    """``[api]``: how often the REST interface may be asked."""

    per_minute: int = 600
    """Requests a minute with one token; more are answered 429."""
    anonymous_per_minute: int = 60
    """Requests a minute without a valid token from one network address; more are answered 429."""


@dataclass(frozen=True, slots=True)
class Forms:
    """``[forms]``: the pages customers open without signing in."""

    per_minute: int = 20
    """How many submissions a minute one network address may send to each process of the web part;
    more are answered 429. Raise it when many people fill in forms from behind one address."""
    letters_per_address: int = 1
    """Letters asking to confirm that an address ever gets without answering; the law (Decree
    91/2020, Article 13) means one."""
    letters_per_origin: int = 10
    """Such letters an hour for submissions from one network address."""
    letters_per_form: int = 200
    """Such letters an hour for each form."""
    confirm_days: int = 7
    """For how many days such a letter can be answered; then the address in it is forgotten."""


@dataclass(frozen=True, slots=True)
class Shop:
    """``[shop]``: defaults of a new installation; changed later on the settings page."""

    timezone: str = "Asia/Ho_Chi_Minh"
    """Where a day begins and ends."""
    currency: str = "VND"
    """The currency of amounts that do not name one."""
    language: str = "vi"
    """The language of pages before somebody chooses: ``vi`` or ``en``."""


@dataclass(frozen=True, slots=True)
class Matching:
    """``[matching]``: who is suggested to be one person, and who is joined without asking."""

    join_by_itself: bool = False
    """Join people whom a run finds alike with ``join_at``, without asking anybody. Off, staff
    decides about every pair."""
    join_at: float = 0.98
    """How likely it must be that two records are one person to be joined without asking."""
    ask_at: float = 0.3
    """From which likelihood on staff is asked."""
    memory_mb: int = 3000
    """The most memory one comparison of everybody may use, in a process of its own; a million
    people need about this much, a few thousand a tenth of it."""


@dataclass(frozen=True, slots=True)
class Egress:
    """``[egress]``: which machines this one may call by itself, as for webhooks."""

    inside: list[str] = field(default_factory=list)
    """Networks of your own that may be called beside the internet, as ``192.168.10.0/24``;
    ``127.0.0.0/8`` also allows plain http to this very machine. Where a cloud keeps its machines'
    secrets (``169.254.0.0/16``) is never called."""
    timeout_s: int = 10
    """How long a called machine may take, from the look-up of its name to the end of its answer."""


@dataclass(frozen=True, slots=True)
class Sending:
    """``[sending]``: how letters leave, and when advertising stays at home."""

    at_once: int = 5
    """Letters a connection may have on the wire at once. After a crash at most this many for each
    connection are of unknown end; fewer cost a little speed."""
    processes: int = 2
    """Processes that write and sign letters beside the sender."""
    lease_s: int = 60
    """After how long another sender may take over from one that is not heard of any more."""
    ads_in_24_hours: int = 3
    """Advertising letters an address gets in 24 hours at most, from all campaigns together (Decree
    91/2020, Article 13)."""
    quiet_from: int = 22
    """The hour from which advertising waits, by the clock of who gets it; the shop's where none is
    known. The same as ``quiet_until`` is no quiet hours."""
    quiet_until: int = 7
    """The hour from which it goes out again."""
    try_outs_per_hour: int = 30
    """Letters on trial that staff may send in an hour, all together."""
    needs_approval: bool = False
    """Whether a campaign goes only after an administrator other than who asked has approved exactly
    what is sent; a change after that withdraws it."""
    own_ads_in_24_hours: int = 0
    """The shop's own cap beside the law's: advertising letters a person gets in 24 hours; 0 is
    none."""
    own_ads_in_7_days: int = 0
    """The same in seven days; 0: none."""
    own_ads_in_a_day: int = 0
    """The same in a calendar day, by the clock of who gets them; 0: none."""
    repeat_late_hours: int = 6
    """How late a recurring campaign may still go, after the program was down; later ones are left
    out, and the page says so."""
    soft_bounces: int = 3
    """After how many letters that came back softly (a full mailbox, a server that is away), each a
    day or more after the one before, an address is written to no more."""
    soft_bounce_days: int = 30
    """Within how many days those must have come."""
    kept_percent: int = 5
    """How much of a mail account's daily limit a broadcast leaves for letters that cannot wait:
    about orders, and those that ask to confirm a sign-up. 0 leaves nothing."""
    machine_networks: str = ""
    """A file of networks whose machines open and click letters (data centres, scanners), one a line
    as ``203.0.113.0/24``; ``opens`` behind one where people click from it too. ``#`` begins a
    comment. In the data folder, or with its whole path; it may be changed at any time."""
    returned_mail_days: int = 30
    """For how long a returned letter is kept as it came; what was understood of it stays. One that
    nobody understood or could place is kept until somebody has looked at it, a year at most."""
    message_data_days: int = 30
    """For how long what programs tell of a message (``data``) is kept after they asked for it."""


@dataclass(frozen=True, slots=True)
class Zalo:
    """``[zalo]``: where Zalo is. Only a shop with a gateway of its own in between changes it."""

    business_url: str = "https://business.openapi.zalo.me"
    """Where template messages are posted and templates are read."""
    oauth_url: str = "https://oauth.zaloapp.com"
    """Where tokens are renewed."""


@dataclass(frozen=True, slots=True)
class Sms:
    """``[sms]``: the gateway texts leave by, as JSON posted over HTTP. Lists are ``name=value``; a
    dot in a name is one inside another. Nothing is sent before name, url, brandname and accepted
    are there."""

    name: str = ""
    """What it is called here, and in the address it tells us things at (``/hooks/sms/NAME``)."""
    url: str = ""
    """Where a text is posted."""
    brandname: str = ""
    """The registered name texts come from."""
    secret_headers: list[str] = field(default_factory=list)
    """What is sent along to be let in, as ``Authorization: Bearer …``."""
    number_in: str = "to"
    """Where in the JSON the number goes."""
    text_in: str = "text"
    """Where the text goes."""
    brandname_in: str = "from"
    """Where the brand name goes."""
    id_in: str = "id"
    """Where our own id of the text goes; the gateway's receipts name it again."""
    also: list[str] = field(default_factory=list)
    """What else stands in the JSON, as ``type=2``."""
    number_form: Literal["+84", "84", "0"] = "84"
    """How a number begins."""
    accepted: list[str] = field(default_factory=list)
    """Which answers mean that it will be sent, as ``code=100`` or ``status=200``. An answer that is
    in no list leaves the end of a text unknown, and it is not sent again."""
    later: list[str] = field(default_factory=list)
    """Which mean: not taken, try again in some minutes."""
    refused: list[str] = field(default_factory=list)
    """Which mean: not taken, and never will be."""
    wrong_number: list[str] = field(default_factory=list)
    """Which mean: there is no such number."""
    held: list[str] = field(default_factory=list)
    """Which mean that the gateway lets us send nothing (no money, no right): everybody waits."""
    per_second: int = 0
    """Texts a second at most; 0 is as fast as the gateway answers."""
    unaccented: bool = True
    """Send texts without Vietnamese marks: 160 letters a message in place of 70."""
    hook_secret: str = ""
    """What the gateway signs with what it tells us; empty: nothing it tells is believed."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, and the data folder they were read for."""

    data: Path
    server: Server = Server()
    database: Database = Database()
    ingest: Ingest = Ingest()
    privacy: Privacy = Privacy()
    lake: Lake = Lake()
    api: Api = Api()
    forms: Forms = Forms()
    shop: Shop = Shop()
    matching: Matching = Matching()
    egress: Egress = Egress()
    sending: Sending = Sending()
    zalo: Zalo = Zalo()
    sms: Sms = Sms()

    def sources_of(self, env: Mapping[str, str]) -> dict[str, str]:
        """Setting name → where its value came from: ``environment``, ``file`` or ``default``."""
        in_file = _read_file(self.data / CONFIG_FILE)
        return {
            f"{section}.{key}": (
                "environment"
                if _env_name(section, key) in env
                else "file"
                if key in in_file.get(section, {})
                else "default"
            )
            for section, keys in _KNOWN.items()
            for key in keys
        }

    def masked(self) -> dict[str, dict[str, Any]]:
        """Every value by section and key, with passwords and secrets hidden."""
        values = {section: asdict(getattr(self, section)) for section in _KNOWN}
        if "@" in values["database"]["url"]:
            scheme, _, rest = values["database"]["url"].partition("://")
            values["database"]["url"] = f"{scheme}://***@{rest.rpartition('@')[2]}"
        for name, value in values["sms"].items():
            if "secret" in name and value:
                values["sms"][name] = "***"
        return values


_SECTIONS: dict[str, type] = {
    section.name: type(section.default) for section in fields(Config) if section.name != "data"
}
_KNOWN: dict[str, list[str]] = {
    name: [f.name for f in fields(kind)] for name, kind in _SECTIONS.items()
}


def load_config(data: Path, env: Mapping[str, str] | None = None) -> Config:
    """The settings of the installation in ``data``: defaults, then the file, then the environment.

    ``KHACHQUEN_SECTION_KEY`` overrides ``[section] key``; ``DATABASE_URL`` is the usual short name
    of ``database.url``.

    Raises:
        InputError: an unknown section or key, or a value of the wrong type; names the nearest
            known one.
    """
    env = os.environ if env is None else env
    config = Config(data=data.resolve())
    for section, values in _read_file(data / CONFIG_FILE).items():
        config = _apply(config, section, values, where=CONFIG_FILE)
    if env.get("DATABASE_URL"):
        config = _apply(config, "database", {"url": env["DATABASE_URL"]}, where="DATABASE_URL")
    for section, keys in _KNOWN.items():
        given = {k: env[_env_name(section, k)] for k in keys if _env_name(section, k) in env}
        if given:
            config = _apply(config, section, given, where="environment")
    return config


def _env_name(section: str, key: str) -> str:
    return f"{_PREFIX}{section}_{key}".upper()


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            "config.not_toml",
            Text(
                vi=f"Tệp cấu hình không đọc được: {error}.",
                en=f"The configuration file cannot be read: {error}.",
            ),
            path=str(path),
        ) from None


def _apply(config: Config, section: str, values: Any, *, where: str) -> Config:
    if section not in _SECTIONS:
        raise _unknown(section, list(_SECTIONS), where)
    if not isinstance(values, dict):
        raise _wrong_value(section, values, "a table", where)
    current = getattr(config, section)
    for key, value in values.items():
        if key not in _KNOWN[section]:
            raise _unknown(f"{section}.{key}", [f"{section}.{k}" for k in _KNOWN[section]], where)
        kind = next(f.type for f in fields(current) if f.name == key)
        current = replace(current, **{key: _convert(f"{section}.{key}", value, kind, where)})
    return replace(config, **{section: current})


def _convert(name: str, value: Any, kind: Any, where: str) -> Any:
    if kind == list[str] and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        raise _wrong_value(name, value, getattr(kind, "__name__", str(kind)), where) from None


def _wrong_value(name: str, value: object, kind: str, where: str) -> InputError:
    return InputError(
        "config.wrong_value",
        Text(
            vi=f"Giá trị {value!r} của {name} không đúng kiểu.",
            en=f"{name} cannot be {value!r}.",
        ),
        path=where,
        hint=Text(vi=f"Cần kiểu {kind}.", en=f"It must be of type {kind}."),
    )


def _unknown(name: str, known: list[str], where: str) -> InputError:
    return InputError(
        "config.unknown_key",
        Text(vi=f"Không có thiết lập {name!r}.", en=f"There is no setting {name!r}."),
        path=where,
        hint=nearest(name, known),
    )
