"""Templates as others read them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import cast

from khachquen.activate.content.identity import read_identity
from khachquen.activate.content.making.wording import Wording
from khachquen.activate.content.message import PurposeKind, TemplateVersion
from khachquen.activate.content.models import Template, Version
from khachquen.activate.content.pieces import numbers_of
from khachquen.base import NotFoundError, Text
from khachquen.govern import get_shop
from khachquen.unify.catalogue import read_products

__all__ = [
    "Sendable",
    "TemplateView",
    "VersionView",
    "get_template",
    "get_version",
    "get_version_view",
    "list_sendable",
    "list_templates",
    "list_versions",
    "row_of",
    "template_row",
    "wording_of",
]


@dataclass(frozen=True, slots=True)
class Sendable:
    """A template a campaign can be made of; ``version_id`` is its newest version."""

    template_id: int
    version_id: int
    number: int
    name: str
    purpose_kind: PurposeKind
    subject: str


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template with its newest version, for pages.

    ``stale_blocks`` changed since it was saved, ``stale_prices`` is SKU → what it says and what the
    product costs now, in minor units.
    """

    id: int
    name: str
    purpose_kind: str
    version: "VersionView"
    is_archived: bool
    stale_blocks: tuple[str, ...] = ()
    stale_prices: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as written."""

    id: int
    number: int
    wording: Wording
    by: str
    at: datetime


def list_sendable() -> list[Sendable]:
    """Templates that are not put away, the last changed first."""
    return [
        Sendable(
            one.id,
            one.version.id,
            one.version.number,
            one.name,
            one.version.wording.purpose_kind,
            one.version.wording.subject,
        )
        for one in list_templates()
    ]


def get_version(version_id: int) -> TemplateVersion:
    """One version, ready to be rendered; an older one as well as the newest.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    row = Version.objects.select_related("template").filter(pk=version_id).first()
    if row is None:
        raise _no_version(version_id)
    shop = get_shop()
    return TemplateVersion(
        id=row.pk,
        template_id=row.template.pk,
        number=row.number,
        name=row.template.name,
        purpose_kind=cast(PurposeKind, row.purpose_kind),
        subject=row.made_subject,
        preheader=row.made_preheader,
        html=row.html,
        text=row.text,
        fields=tuple(row.fields),
        needs_order=row.needs_order,
        shop=asdict(read_identity()),
        currency=shop.currency if shop else "VND",
        timezone=shop.timezone if shop else "Asia/Ho_Chi_Minh",
        digest=row.digest,
    )


def get_version_view(version_id: int) -> TemplateView:
    """One version as written, with what changed since it was saved.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    row = Version.objects.select_related("template").filter(pk=version_id).first()
    if row is None:
        raise _no_version(version_id)
    return _views([row])[0]


def list_templates(*, archived: bool = False) -> list[TemplateView]:
    """Every template, the last changed first."""
    rows = Template.objects.filter(archived_at__isnull=not archived).order_by("-changed_at", "-pk")
    newest = {
        row.template.pk: row
        for row in Version.objects.select_related("template")
        .order_by("number")
        .filter(template__in=rows)
    }
    return _views([newest[row.pk] for row in rows if row.pk in newest])


def get_template(template_id: int) -> TemplateView:
    """One template.

    Raises:
        NotFoundError: there is none (``content.no_template``).
    """
    return _views([template_row(template_id).versions.latest("number")])[0]


def list_versions(template_id: int) -> list[VersionView]:
    """Everything a template ever said, the newest first."""
    return [_version(row) for row in template_row(template_id).versions.order_by("-number")]


def template_row(template_id: int) -> Template:
    """The row of a template.

    Raises:
        NotFoundError: there is none (``content.no_template``).
    """
    row = Template.objects.filter(pk=template_id).first()
    if row is None:
        raise NotFoundError(
            "content.no_template",
            Text(
                vi=f"Không có mẫu thư số {template_id}.", en=f"There is no template {template_id}."
            ),
        )
    return row


def row_of(template_id: int, number: int) -> Version:
    """The row of a version.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    rows = Version.objects.select_related("template")
    row = rows.filter(template_id=template_id, number=number).first()
    if row is None:
        raise _no_version(number)
    return row


def wording_of(row: Version) -> Wording:
    """A version as it was written."""
    kind = cast(PurposeKind, row.purpose_kind)
    return Wording(row.subject, row.preheader, row.mjml, row.own_text, kind)


def _views(rows: list[Version]) -> list[TemplateView]:
    numbers = numbers_of()
    products = read_products({sku for row in rows for sku in row.prices})
    prices = {sku: one.price_minor for sku, one in products.items()}
    return [
        TemplateView(
            id=row.template.pk,
            name=row.template.name,
            purpose_kind=row.purpose_kind,
            version=_version(row),
            is_archived=row.template.archived_at is not None,
            stale_blocks=tuple(n for n, known in row.blocks.items() if numbers.get(n) != known),
            stale_prices={
                sku: (known, prices.get(sku))
                for sku, known in row.prices.items()
                if prices.get(sku) != known
            },
        )
        for row in rows
    ]


def _version(row: Version) -> VersionView:
    return VersionView(row.pk, row.number, wording_of(row), row.by, row.at)


def _no_version(number: int) -> NotFoundError:
    return NotFoundError(
        "content.no_version",
        Text(vi=f"Không có bản số {number}.", en=f"There is no version {number}."),
    )
