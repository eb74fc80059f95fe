"""Intake's settings; the environment is the only place they come from."""

from dataclasses import dataclass
from pathlib import Path

from shared.plumbing.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(ServiceSettings):
    """`evidence_dir`: the folder in which evidence is kept, outside the database; backed up with it.

    `evidence_scanner`: `clamd://HOST:PORT` or `command:PROGRAM WORDS`; empty: files are not scanned.
    Mail goes to `smtp_host` (empty: no mail is sent) with `smtp_security` `starttls`, `tls` or `none`, in the name of
    `mail_sender`. `mail_catcher_dir`: where a local catcher keeps mail instead of sending it, to be looked at.
    """

    evidence_dir: Path
    evidence_scanner: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_sender: str = ""
    mail_catcher_dir: Path | None = None
