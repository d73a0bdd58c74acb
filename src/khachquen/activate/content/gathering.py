"""What a template asks for, read for many people at once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from khachquen.activate.content.message import Reader, TemplateVersion


def read_readers(
    version: TemplateVersion,
    profile_ids: Collection[int],
    *,
    now: datetime,
    links: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Reader]:
    """The people a batch is for, in the order asked; who is merged away or no more is left out.

    ``links`` are the addresses of each person, by profile.
    """
    raise NotImplementedError
