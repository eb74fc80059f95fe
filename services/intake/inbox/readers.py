"""What the local catcher kept instead of sending it (deploy.mail_catcher): a Maildir, read for one page."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from services.intake.inbox.model import CaughtMail

MOST = 50


class CaughtMails:
    """The newest messages of the catcher's Maildir."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self) -> list[CaughtMail]:
        """At most `MOST`, the newest first; nothing where nothing was caught yet."""
        if not (self.folder / "new").is_dir():
            return []
        files = sorted((self.folder / "new").iterdir(), key=lambda path: path.name, reverse=True)
        return [_read(path) for path in files[:MOST]]


def _read(path: Path) -> CaughtMail:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    sent: datetime | None = getattr(message["Date"], "datetime", None)
    return CaughtMail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=sent.strftime("%d/%m/%Y %H:%M") if sent else "",
        text=body.get_content() if body else "",
    )
