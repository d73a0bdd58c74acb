"""Templates as others read them."""

from dataclasses import dataclass

from khachquen.activate.content.message import PurposeKind, TemplateVersion


@dataclass(frozen=True, slots=True)
class Sendable:
    """A template a campaign can be made of; ``version_id`` is its newest version."""

    template_id: int
    version_id: int
    number: int
    name: str
    purpose_kind: PurposeKind
    subject: str


def list_sendable() -> list[Sendable]:
    """Templates that are not put away, the last changed first."""
    raise NotImplementedError


def get_version(version_id: int) -> TemplateVersion:
    """One version, ready to be rendered.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    raise NotImplementedError
