"""Where events come from."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from khachquen.api.shapes import KeyShape, SourceList, SourceShape
from khachquen.base import system_clock
from khachquen.collect import list_sources
from khachquen.collect.watching import expected_hours, list_silent
from khachquen.govern import get_shop

router = Router(tags=["sources"])


@router.get(
    "/sources", response=SourceList, operation_id="list_sources", summary="Sources and their keys"
)
def read(request: HttpRequest) -> SourceList:
    """Every source by name. Secret keys show only their first characters.

    ``is_silent`` when no usable event came for longer than ``expect_hours``; 0 expects nothing.
    """
    sources, shop = list_sources(), get_shop()
    zone = ZoneInfo(shop.timezone if shop else settings.CONFIG.shop.timezone)
    silent = {silence.source_id for silence in list_silent(system_clock(), zone, sources)}
    return SourceList(
        items=[
            SourceShape(
                id=source.id,
                name=source.name,
                kind=source.kind,
                is_enabled=source.enabled,
                created_at=source.created_at,
                last_seen_at=source.last_seen_at,
                last_stored_at=source.last_stored_at,
                expect_hours=expected_hours(source),
                is_silent=source.id in silent,
                events_per_second=source.events_per_second,
                keys=[
                    KeyShape(
                        id=key.id,
                        prefix=key.prefix,
                        public_value=key.public_value,
                        is_trusted=key.trusted,
                        created_at=key.created_at,
                        expires_at=key.expires_at,
                        revoked_at=key.revoked_at,
                        last_used_at=key.last_used_at,
                    )
                    for key in source.keys
                ],
            )
            for source in sources
        ],
        next_cursor="",
    )
