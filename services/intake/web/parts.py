"""What every door of intake is made of, and the small things they share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Response, request, send_file

from services.intake.account_ports import AccountDoor, TokenIssuer
from services.intake.notice_ports import MailDesk
from services.intake.ports import EvidenceFiles, Intake, Printer
from services.intake.web.typed import one_line, read_day
from shared.contracts.refusals import Kind
from shared.contracts.sentences import Sentence, sentence

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


def as_attachment(content: bytes, media_type: str, name: str) -> Response:
    """Made for this reader; a download that nobody keeps."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def read_document_fields() -> tuple[dict[str, Any], dict[str, Sentence]]:
    """The posted data of a document, and what is wrong with it."""
    errors: dict[str, Sentence] = {}
    given: dict[str, Any] = {}
    for name, longest in (("document_number", 200), ("issuer", 300), ("signer", 200)):
        given[name] = one_line(request.form.get(name, ""))
        if len(given[name]) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    given["issued_on"] = read_day(request.form.get("issued_on", ""), "issued_on", errors)
    given["reference_only"] = request.form.get("reference_only") == "1"
    return given, errors
