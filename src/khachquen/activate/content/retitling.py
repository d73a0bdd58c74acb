"""A version under another subject: what a test of subjects and a second letter send."""

import hashlib
from dataclasses import replace

from khachquen.activate.content.checking import check_unsaved
from khachquen.activate.content.finding import Finding
from khachquen.activate.content.language.vocabulary import needed, read, uses_of
from khachquen.activate.content.message import TemplateVersion
from khachquen.activate.content.reading import get_version, get_version_view

__all__ = ["check_retitled", "get_retitled"]


def check_retitled(version_id: int, subject: str) -> list[Finding]:
    """What there is to say of a version under this subject, errors first; of its own when empty.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    wording = get_version_view(version_id).version.wording
    return check_unsaved(replace(wording, subject=subject or wording.subject))


def get_retitled(version_id: int, subject: str) -> TemplateVersion:
    """A version ready to be rendered, under this subject; as it is when that is empty.

    Liquid works in it as in the version's own; snippets do not, for what they say may have changed
    since it was checked.

    Raises:
        NotFoundError: there is none (``content.no_version``).
    """
    version = get_version(version_id)
    if not subject:
        return version
    template, _ = read(subject, is_html=False)
    uses = uses_of(template, subject) if template else []
    named = hashlib.sha256(f"{version.digest}\x00{subject}".encode()).hexdigest()
    return replace(
        version,
        subject=subject,
        fields=tuple(sorted({*version.fields, *needed(uses)})),
        needs_order=version.needs_order or any(use.root == "order" for use in uses),
        digest=named,
    )
