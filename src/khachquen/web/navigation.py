"""The menu as data: one list, and only entries whose page exists."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go. ``page`` is the name of its address in ``urls.py``."""

    label: str | Promise
    page: str
    icon: str
    href: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Entries that belong together; the first section has no title."""

    title: str | Promise
    entries: tuple[Entry, ...]


MENU: tuple[Section, ...] = (
    Section("", (Entry(_("Tổng quan"), "home", "overview"),)),
    Section(
        _("Khách hàng"),
        (
            Entry(_("Hồ sơ"), "customers", "customers"),
            Entry(_("Phân khúc"), "segments", "segments"),
            Entry(_("Phân loại"), "classes", "tag"),
            Entry(_("Hồ sơ trùng"), "review", "duplicate"),
            Entry(_("Gộp & tách"), "merges", "merge"),
            Entry(_("Thuộc tính"), "traits", "identify"),
        ),
    ),
    Section(
        _("Dữ liệu"),
        (
            Entry(_("Sự kiện trực tiếp"), "events", "events"),
            Entry(_("Khu cách ly"), "quarantine", "refused"),
            Entry(_("Chất lượng dữ liệu"), "quality", "good"),
            Entry(_("Nguồn & khóa"), "sources", "sources"),
        ),
    ),
    Section(
        _("Tiếp thị"),
        (
            Entry(_("Chiến dịch"), "campaigns", "play"),
            Entry(_("Thư gửi khách"), "content", "email"),
            Entry(_("Biểu mẫu đăng ký"), "forms", "edit"),
            Entry(_("Tin nhắn Zalo"), "zalo_accounts", "phone"),
        ),
    ),
    Section(_("Báo cáo"), (Entry(_("Từ điển chỉ số"), "metrics", "metrics"),)),
    Section(
        _("Cài đặt"),
        (
            Entry(_("Sự đồng ý"), "consent", "shield"),
            Entry(_("Tài khoản"), "account", "account"),
            Entry(_("Mã API"), "tokens", "tokens"),
            Entry(_("Tài khoản gửi thư"), "mail_accounts", "email"),
            Entry(_("Webhook"), "webhooks", "external"),
            Entry(_("Dữ liệu gửi ra ngoài"), "egress", "globe"),
            Entry(_("Cửa hàng"), "shop", "shop"),
            Entry(_("Quy tắc gộp"), "identity_rules", "merge"),
        ),
    ),
)


def sections(path: str) -> list[Section]:
    """The menu as seen from the page at ``path``; entries without a page are left out."""
    found = (replace(section, entries=_entries(section, path)) for section in MENU)
    return [section for section in found if section.entries]


def _entries(section: Section, path: str) -> tuple[Entry, ...]:
    placed = (replace(entry, href=_address(entry.page)) for entry in section.entries)
    return tuple(
        replace(entry, is_open=_is_open(entry.href, path)) for entry in placed if entry.href
    )


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _is_open(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
