"""Letters by SMTP, by the standard library. Headers are built by `email`, which refuses line breaks in them."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.intake.inbox.model import Letter
from services.intake.inbox.ports import MailNotTaken, MailRefused
from services.intake.inbox.rules import is_address
from services.intake.settings import IntakeSettings
from shared.clock import VIETNAM, Clock, SystemClock
from shared.plumbing.settings import SettingsError

SECURITIES = ("starttls", "tls", "none")
SECONDS = 20.0


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, and in whose name. `security`: `starttls`, `tls` (from the first byte) or `none`."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""

    def faults(self) -> list[str]:
        """What is wrong with these settings, for whoever starts the service."""
        found = []
        if self.security not in SECURITIES:
            found.append(f"SMTP_SECURITY is one of {', '.join(SECURITIES)}")
        if not is_address(self.sender):
            found.append("MAIL_SENDER is an address like cong-tam@example.gov.vn")
        if self.user and self.security == "none":
            found.append("SMTP_USER would send its password in the clear: set SMTP_SECURITY to starttls or tls")
        return found


def smtp_server(settings: IntakeSettings) -> SmtpServer | None:
    """The mail server of the settings, None where none is set up; raises `SettingsError` naming what is wrong."""
    if not settings.smtp_host:
        return None
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_sender,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
    if faults := server.faults():
        raise SettingsError("settings: " + "; ".join(faults))
    return server


class SmtpPost:
    """`services.intake.inbox.ports.Post`: one session for each letter."""

    def __init__(self, server: SmtpServer, clock: Clock | None = None) -> None:
        self.server = server
        self.clock = clock or SystemClock()

    def send(self, letter: Letter) -> None:
        """Hand one letter over; raises `MailRefused` for a final no, `MailNotTaken` for everything that may pass."""
        try:
            message = self.message(letter)
        except ValueError as error:
            raise MailRefused(str(error)) from error  # a header that cannot be written safely
        try:
            with self._session() as session:
                session.send_message(message, self.server.sender, [letter.address])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise (MailRefused if all(code >= 500 for code in codes) else MailNotTaken)(str(codes)) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise (MailRefused if error.smtp_code >= 500 else MailNotTaken)(str(error.smtp_code)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotTaken(type(error).__name__) from error

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as a message; raises ValueError where an address or name would break a header."""
        message = EmailMessage(policy=SMTP)
        host = self.server.sender.rpartition("@")[2]
        message["From"] = Address("Công Tâm", addr_spec=self.server.sender)
        message["To"] = Address(letter.name, addr_spec=letter.address)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self.clock.now().astimezone(VIETNAM))
        message["Message-ID"] = f"<{letter.key}@{host}>"
        # Nobody's out-of-office answers this (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message["Content-Language"] = letter.language
        return message

    def _session(self) -> smtplib.SMTP:
        server = self.server
        trusted = ssl.create_default_context()
        session: smtplib.SMTP
        if server.security == "tls":
            session = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=trusted)
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.security == "starttls":
                session.starttls(context=trusted)
            if server.user:
                session.login(server.user, server.password)
        except BaseException:
            session.close()
            raise
        return session
