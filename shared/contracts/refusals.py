"""The one exception that domain and use cases raise for a person to read, and the faults it may list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from shared.contracts.sentences import Sentence


class Kind(Enum):
    """What sort of refusal it is; the web edge turns it into an HTTP status, the command line into an exit code."""

    INVALID = "invalid"  # 422: understood, but not acceptable
    MALFORMED = "malformed"  # 400: cannot be read
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    CONFLICT = "conflict"  # 409: the state of things does not allow it (now)
    STALE = "stale"  # 412: somebody else changed it first
    TOO_LARGE = "too_large"  # 413
    UNSUPPORTED = "unsupported"  # 415: a kind of file we do not take
    TOO_MANY = "too_many"  # 429
    UNAVAILABLE = "unavailable"  # 503: a part we need does not answer


@dataclass(frozen=True)
class Fault:
    """One thing wrong in what was given, and where: file, line and column (from 1, or a name), path in a document."""

    said: Sentence
    file: str | None = None
    line: int | None = None
    column: str | int | None = None
    path: str | None = None

    def in_language(self, language: str) -> str:
        """`file:line:column: sentence`, leaving out what is unknown."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column or self.path) if part is not None)
        text = self.said.in_language(language)
        return f"{place}: {text}" if place else text


class Refusal(Exception):
    """Raised when something asked for is not done. `code` is stable and lower_snake_case."""

    def __init__(self, code: str, kind: Kind, message: Sentence, faults: Sequence[Fault] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind
        self.said = message
        self.faults = tuple(faults)


class BadInput(Refusal):
    """A file or document that cannot be used; nothing of it was taken."""

    def __init__(self, faults: Sequence[Fault], code: str = "bad_input", kind: Kind = Kind.INVALID) -> None:
        super().__init__(code, kind, Sentence("The input has faults; nothing of it was taken."), faults)
