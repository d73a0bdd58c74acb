"""The one tree of errors.

KhachQuenError
├── InputError        what was given is wrong; says which value, where, and what would be right
├── NotFoundError     nothing has that name or id
├── ConflictError     the state has moved on, or the name is taken
├── ForbiddenError    known, but not allowed
├── UnavailableError  try again later; nothing was kept
│   └── BusyError     more than may be taken just now; says after how many seconds
└── InvariantError    our own mistake
"""

from khachquen.base.text import Text


class KhachQuenError(Exception):
    """What went wrong, in words a person can act on.

    ``code`` is stable for ever ("config.unknown_key"), ``path`` says where ("$.batch[3].type",
    "customers.csv:17"), ``hint`` says what would be right.
    """

    def __init__(self, code: str, message: Text, *, path: str = "", hint: Text | None = None):
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.path = path
        self.hint = hint

    def as_dict(self, language: str = "en") -> dict[str, str]:
        """The error form of the REST interface: ``code``, ``message``, ``path``, ``hint``."""
        return {
            "code": self.code,
            "message": self.message.in_language(language),
            "path": self.path,
            "hint": self.hint.in_language(language) if self.hint else "",
        }

    def in_language(self, language: str) -> str:
        """One paragraph for a person: what, where, what would be right."""
        parts = [self.message.in_language(language)]
        if self.path:
            parts.append(f"({self.path})")
        if self.hint:
            parts.append(self.hint.in_language(language))
        return " ".join(parts)


class InputError(KhachQuenError):
    """What was given is wrong; the giver can mend it."""


class NotFoundError(KhachQuenError):
    """Nothing has that name or id."""


class ConflictError(KhachQuenError):
    """The state has moved on, or the name is taken."""


class ForbiddenError(KhachQuenError):
    """The caller is known, but may not do this."""


class UnavailableError(KhachQuenError):
    """A needed part cannot answer now; nothing was kept, so the caller should try again."""


class BusyError(UnavailableError):
    """More came than may be taken just now; nothing was kept. ``wait_s`` says when to come back."""

    def __init__(self, code: str, message: Text, *, wait_s: int, hint: Text | None = None):
        super().__init__(code, message, hint=hint)
        self.wait_s = wait_s


class InvariantError(KhachQuenError):
    """Something that cannot happen did: our own mistake."""
