"""What inboxes and mail need from the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.intake.inbox.model import CaughtMail, Entry, Letter, MailSetting


class Inboxes(Protocol):
    """What people read of notices, and where their mail goes."""

    def inbox(self, account: str, before: int | None, limit: int) -> Sequence[Entry]:
        """The newest first; `before`: only those with a smaller number."""
        ...

    def entry(self, account: str, number: int) -> Entry | None: ...

    def unread(self, account: str) -> int: ...

    def mark_read(self, account: str, numbers: Sequence[int] | None) -> int:
        """Mark these (None: all) as read; what was read is not mailed any more. How many were unread before."""
        ...

    def mail_setting(self, account: str) -> MailSetting: ...

    def save_mail_setting(self, account: str, setting: MailSetting) -> None: ...


@dataclass(frozen=True)
class MailReport:
    """How the mail stands: how many wait, how many were given up, and the newest error's kind."""

    waiting: int
    failed: int
    newest_error: str | None


@dataclass(frozen=True)
class ClaimedLetter:
    """A mail that is ours to send for a while. `letter` None: nothing is left to say (read meanwhile, address gone)."""

    claim: Any
    letter: Letter | None


class MailQueue(Protocol):
    """Mails as rows of work. Each call is its own transaction."""

    def gather(self) -> int:
        """Put together one mail for each account that has something due; how many were made."""
        ...

    def take(self) -> ClaimedLetter | None: ...
    def done(self, taken: ClaimedLetter) -> None: ...
    def again(self, taken: ClaimedLetter, error: BaseException) -> None:
        """Later, after a growing pause, until the attempts run out."""
        ...

    def give_up(self, taken: ClaimedLetter, error: BaseException) -> None: ...
    def report(self) -> MailReport: ...
    def retry_failed(self) -> int:
        """Try those given up once more; how many they are."""
        ...


class Post(Protocol):
    """Takes a letter to the mail server."""

    def send(self, letter: Letter) -> None:
        """Raises `MailRefused` where trying again is useless, `MailNotTaken` otherwise."""
        ...


class MailRefused(Exception):
    """The mail server does not want this letter, now or later."""


class MailNotTaken(Exception):
    """The mail server could not be reached, or asks to come again later."""


class CaughtMailbox(Protocol):
    """Mails that a local catcher kept instead of sending them."""

    def newest(self) -> Sequence[CaughtMail]: ...


@dataclass(frozen=True)
class MailDesk:
    """What the page of the mail needs. `server`: where mail goes, None where none is set up; `caught`: local only."""

    queue: MailQueue
    server: str | None
    caught: CaughtMailbox | None
