"""What every door of intake is made of, and the small things they share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from services.intake.account_ports import AccountDoor, TokenIssuer
from services.intake.notice_ports import MailDesk
from services.intake.ports import EvidenceFiles, Intake, Printer
from shared.contracts.refusals import Kind

# What a page shows beside the form instead of on a page of its own.
SHOWN_IN_PLACE = (Kind.INVALID, Kind.STALE, Kind.UNSUPPORTED, Kind.TOO_LARGE)

Routes = Iterable[tuple[str, str, Callable[..., Any], list[str]]]  # path, name, view, methods
IN_CYCLE = "/cycles/<slug:cycle>"
IN_COUNCIL = "/administration/<slug:council>"
IN_CLUSTER = IN_CYCLE + "/clusters/<code:cluster>"
OF_UNIT = IN_CYCLE + "/units/<code:unit>"
NUMBER = "<int(min=1, max=1000000):number>"


@dataclass(frozen=True)
class Parts:
    """Where the doors find things."""

    intake: Intake
    files: EvidenceFiles
    printer: Printer
    door: AccountDoor
    signer: TokenIssuer
    mail: MailDesk
