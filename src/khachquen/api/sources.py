"""Where events come from."""

from django.http import HttpRequest
from ninja import Router

from khachquen.api.shapes import KeyShape, SourceList, SourceShape
from khachquen.collect import list_sources

router = Router(tags=["sources"])


@router.get(
    "/sources", response=SourceList, operation_id="list_sources", summary="Sources and their keys"
)
def read(request: HttpRequest) -> SourceList:
    """Every source by name. Secret keys show only their first characters."""
    return SourceList(
        items=[
            SourceShape(
                id=source.id,
                name=source.name,
                kind=source.kind,
                is_enabled=source.enabled,
                created_at=source.created_at,
                keys=[
                    KeyShape(
                        id=key.id,
                        prefix=key.prefix,
                        public_value=key.public_value,
                        is_trusted=key.trusted,
                        created_at=key.created_at,
                        revoked_at=key.revoked_at,
                    )
                    for key in source.keys
                ],
            )
            for source in list_sources()
        ],
        next_cursor="",
    )
