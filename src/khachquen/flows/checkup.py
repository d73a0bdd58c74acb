"""Looking an installation over: the library it stands on, its disk, its log, its tables."""

import shutil
import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from khachquen.activate.campaigns.networks import read_file
from khachquen.activate.returned.boxes import list_silent_boxes
from khachquen.activate.webhooks import list_endpoints
from khachquen.base import Clock, Config, Text, UnavailableError
from khachquen.collect.watching import list_silent
from khachquen.flows.engine import heartbeat_age_s, read_heartbeat
from khachquen.govern import get_shop
from khachquen.store import load_watermarks
from khachquen.store.eventlog import unread_bytes
from khachquen.store.lake import list_segments
from khachquen.unify import quality as data_quality
from khachquen.unify.traits.vault import KeyRing, key_path

NO_HINT = Text("", "")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``level`` is ok, warning or error."""

    id: str
    level: str
    message: Text
    hint: Text = NO_HINT


def examine(config: Config, *, clock: Clock) -> list[Check]:
    """Every check in a fixed order; none of them changes anything.

    A database that does not answer is the first finding; what only it knows is then left out.
    """
    first = database(config, clock)
    checks = CHECKS if first.level == "ok" else WITHOUT_STATE
    return [first, *(check(config, clock) for check in checks)]


def database(config: Config, clock: Clock) -> Check:
    """Which database, and that a safe one."""
    is_sqlite = connection.vendor == "sqlite"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1" if is_sqlite else "SHOW server_version_num")
            number = int(cursor.fetchone()[0])
    except DatabaseError as error:
        kind = type(error).__name__
        return Check(
            "store.database",
            "error",
            Text(f"Cơ sở dữ liệu không trả lời: {kind}.", f"The database has no answer: {kind}."),
            Text("Kiểm tra thiết lập database.url.", "See the setting database.url."),
        )
    if is_sqlite:
        text = f"SQLite {sqlite3.sqlite_version}"
        return Check("store.database", "ok", Text(text, text))
    level = "ok" if number >= 150000 else "error"
    text = f"PostgreSQL {number // 10000}"
    hint = Text("" if level == "ok" else "Cần 15 trở lên.", "" if level == "ok" else "15 or newer.")
    return Check("store.database", level, Text(text, text), hint)


def tables(config: Config, clock: Clock) -> Check:
    """Whether the schema is the present one."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Check(
            "store.tables",
            "warning",
            Text(f"Còn {len(waiting)} bước nâng cấp bảng.", f"{len(waiting)} migrations wait."),
            Text("Chạy khachquen serve để nâng cấp.", "Starting khachquen serve applies them."),
        )
    return Check("store.tables", "ok", Text("Bảng đúng phiên bản.", "The tables are up to date."))


def lake_files(config: Config, clock: Clock) -> Check:
    """Whether every listed file is there with its size."""
    segments = [s for d in ("events", "refusals", "moves", "seen") for s in list_segments(d)]
    lake = config.data / "lake"
    wrong = [
        s.path
        for s in segments
        if not (lake / s.path).exists() or (lake / s.path).stat().st_size != s.size_bytes
    ]
    if wrong:
        text = ", ".join(wrong[:3])
        return Check(
            "store.lake",
            "error",
            Text(f"Thiếu hoặc hỏng tệp: {text}.", f"Files are missing or damaged: {text}."),
            Text("Khôi phục từ bản sao lưu.", "Restore them from a backup."),
        )
    rows = sum(s.rows for s in segments if s.dataset == "events")
    return Check(
        "store.lake",
        "ok",
        Text(
            f"{rows:,} sự kiện trong {len(segments)} tệp.",
            f"{rows:,} events in {len(segments)} files.",
        ),
    )


def log(config: Config, clock: Clock) -> Check:
    """How much waits between acceptance and the lake."""
    waiting = unread_bytes(config.data / "log", load_watermarks())
    level = "warning" if waiting > 256 << 20 else "ok"
    return Check(
        "store.log",
        level,
        Text(f"{waiting:,} byte chờ xử lý.", f"{waiting:,} bytes wait for the engine."),
    )


def engine(config: Config, clock: Clock) -> Check:
    """Whether the engine lives."""
    heartbeat = read_heartbeat(config.data)
    silence_s = config.server.engine_silence_s
    if heartbeat is None or heartbeat_age_s(heartbeat, clock) > silence_s:
        return Check(
            "flows.engine", "warning", Text("Bộ xử lý không chạy.", "The engine is not running.")
        )
    if heartbeat.trouble:
        return Check("flows.engine", "error", Text(heartbeat.trouble, heartbeat.trouble))
    return Check("flows.engine", "ok", Text("Bộ xử lý đang chạy.", "The engine is running."))


def sources(config: Config, clock: Clock) -> Check:
    """Whether every source that should have been heard of was."""
    try:
        shop = get_shop()
        zone = ZoneInfo(shop.timezone if shop else config.shop.timezone)
        silent = ", ".join(silence.name for silence in list_silent(clock(), zone))
    except DatabaseError:  # tables of an older version, which is said above
        silent = "?"
    if not silent:
        return Check("collect.sources", "ok", Text("Không nguồn nào im lặng.", "No silent source."))
    return Check(
        "collect.sources",
        "warning",
        Text(f"Nguồn im lặng quá lâu: {silent}.", f"Sources silent for too long: {silent}."),
        Text("Xem trang Nguồn & khóa.", "See the page Sources & keys."),
    )


def quality(config: Config, clock: Clock) -> Check:
    """Whether the data's quality was measured in the last days."""
    try:
        found = data_quality.latest()
    except DatabaseError:  # tables of an older version, which is said above
        return Check("unify.quality", "ok", Text("?", "?"))
    hint = Text(
        "khachquen serve đo mỗi ngày; hoặc bấm “Đo lại” ở trang Chất lượng dữ liệu.",
        "khachquen serve measures daily; or press Measure again on the page Data quality.",
    )
    if found is None:
        never = Text("Chưa đo chất lượng dữ liệu lần nào.", "Data quality was never measured.")
        return Check("unify.quality", "warning", never, hint)
    days = (clock() - found.at).days
    said = Text(f"Đo chất lượng {days} ngày trước.", f"Quality measured {days} days ago.")
    is_old = days > 3
    return Check("unify.quality", "warning" if is_old else "ok", said, hint if is_old else NO_HINT)


def seal_keys(config: Config, clock: Clock) -> Check:
    """Whether the keys that sealed values were sealed with are there and for their owner only."""
    try:
        KeyRing(key_path(config.data, config.privacy.seal_keys)).check()
    except UnavailableError as error:
        return Check("seal.keys", "error", error.message, error.hint or NO_HINT)
    except DatabaseError:  # tables of an older version, which is said above
        return Check("seal.keys", "warning", Text("Chưa xem được khóa.", "Keys not looked at."))
    return Check("seal.keys", "ok", Text("Khóa niêm phong dùng được.", "Seal keys are in order."))


def webhooks(config: Config, clock: Clock) -> Check:
    """Whether every system that asked to be told is being told."""
    try:
        stopped = [one.name for one in list_endpoints() if one.why in ("failing", "gone")]
    except DatabaseError:  # tables of an older version, which is said above
        return Check("activate.webhooks", "ok", Text("?", "?"))
    if not stopped:
        return Check(
            "activate.webhooks", "ok", Text("Không webhook nào dừng.", "No webhook stopped.")
        )
    names = ", ".join(stopped)
    return Check(
        "activate.webhooks",
        "warning",
        Text(f"Webhook đã tự dừng: {names}.", f"Webhooks that stopped: {names}."),
        Text("Xem trang Webhook.", "See the page Webhooks."),
    )


def mailboxes(config: Config, clock: Clock) -> Check:
    """Whether the mailboxes letters come back to were read in the last day."""
    try:
        silent = list_silent_boxes(clock())
    except DatabaseError:  # tables of an older version, which is said above
        return Check("activate.mailboxes", "ok", Text("?", "?"))
    if not silent:
        said = Text("Mọi hộp thư trả về đọc được.", "Every mailbox of bounces is read.")
        return Check("activate.mailboxes", "ok", said)
    names = ", ".join(f"{name} ({trouble})" if trouble else name for name, trouble in silent)
    return Check(
        "activate.mailboxes",
        "warning",
        Text(
            f"Hơn một ngày chưa đọc được hộp thư trả về của: {names}.",
            f"Mailboxes of bounces not read for over a day: {names}.",
        ),
        Text("Xem trang Tài khoản gửi thư.", "See the page Mail accounts."),
    )


def machine_networks(config: Config, clock: Clock) -> Check:
    """Whether the file of networks of machines can be read, and which lines of it are none."""
    name, path = config.sending.machine_networks, config.data / config.sending.machine_networks
    if not name:
        said = Text("Không có danh sách mạng của máy.", "No list of networks of machines is set.")
        return Check("activate.machine_networks", "ok", said)
    try:
        _, bad = read_file(path)
    except OSError as error:
        why = error.strerror or str(error)
        said = Text(f"Không đọc được {path}: {why}.", f"{path} cannot be read: {why}.")
        return Check("activate.machine_networks", "warning", said)
    if not bad:
        said = Text(f"{path} đọc được.", f"{path} is read.")
        return Check("activate.machine_networks", "ok", said)
    vi, en = (
        "; ".join(f"{line} {one.number}: {getattr(one.words, language)}" for one in bad[:5])
        for language, line in (("vi", "dòng"), ("en", "line"))
    )
    return Check(
        "activate.machine_networks",
        "warning",
        Text(f"{len(bad)} dòng của {path} bị bỏ qua.", f"{len(bad)} lines of {path} are left out."),
        Text(f"{vi}.", f"{en}."),
    )


def disk(config: Config, clock: Clock) -> Check:
    """Room on the disk: a warning at 95 % full, an error once events are not taken any more."""
    _, used, free = shutil.disk_usage(config.data)
    is_tight = free < 1 << 30 or free < (used + free) / 20
    level = "warning" if is_tight else "ok"
    if free < config.ingest.min_free_mb << 20:
        level = "error"
    return Check("store.disk", level, Text(f"Còn {free >> 20:,} MB.", f"{free >> 20:,} MB free."))


CHECKS = (
    tables,
    lake_files,
    log,
    engine,
    sources,
    seal_keys,
    quality,
    webhooks,
    mailboxes,
    machine_networks,
    disk,
)
WITHOUT_STATE = (engine, disk)
