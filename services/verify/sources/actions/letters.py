"""A rating that came as a signed letter: one person keys it, a second one compares it with the scan, then it counts."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from services.verify.ports import Store
from services.verify.sources.actions.rate import Rating, upload_of
from services.verify.sources.actions.releases import Desk, Upload, source_and_cycle
from services.verify.sources.actions.second_person import Brought
from services.verify.sources.model import LetterRecord
from services.verify.sources.queries import no_such_letter
from services.verify.sources.rules.release_files import ReleaseContext, read_release
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor

LONGEST_NUMBER = 200
SIGNATURES = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # PDF, JPEG, PNG


@dataclass(frozen=True)
class Letter:
    """Number and date of a signed letter, and its scan."""

    document_number: str
    issued_on: date
    scan_name: str
    scan: bytes
    correction: str = ""  # why a locked rating is corrected by it


def key_letter(store: Store, actor: Actor, rating: Rating, letter: Letter) -> uuid.UUID:
    """Keep what somebody read off a letter. Nothing counts yet; all that holds for files is checked already."""
    with store.unit_of_work() as uow:
        upload = upload_of(rating)
        source, cycle = source_and_cycle(uow, actor, upload)
        _check_letter(letter, uow.now.date())
        if uow.duties.locked(source.source, cycle.cycle) is not None and not letter.correction:
            message = sentence("This rating is locked: say why it is corrected.")
            raise BadInput([Fault(message, path="correction")], code="rating_locked")
        desk = Desk(actor, cycle, source.source, uow.cycles.members(cycle.cycle))
        context = ReleaseContext(upload.file_name, source.source, rating.period, rating.status)
        read_release(upload.raw, context, desk.objections)
        kept = LetterRecord(
            id=uuid.uuid4(),
            source=source.source,
            cycle=cycle.cycle,
            indicator=rating.indicator,
            period=rating.period,
            status=rating.status,
            published_on=rating.published_on,
            document_number=letter.document_number,
            issued_on=letter.issued_on,
            scan_name=letter.scan_name,
            scan_sha256=hashlib.sha256(letter.scan).hexdigest(),
            scan=letter.scan,
            figures=rating.figures,
            correction=letter.correction,
        )
        uow.letters.keep(kept, uow.now, actor.account, actor.name)
        data = {"source": source.source, "document_number": letter.document_number, "scan_sha256": kept.scan_sha256}
        uow.record("letter_keyed", f"letter:{kept.id}", actor, "", data)
        uow.commit()
    return kept.id


def _upload(kept: LetterRecord) -> tuple[Upload, str]:
    rating = Rating(kept.source, kept.cycle, kept.indicator, kept.period, kept.published_on, kept.status, kept.figures)
    return upload_of(rating), kept.correction


LETTER = Brought(
    name="letter",
    kept_in=lambda uow: uow.letters,
    upload=_upload,
    no_such=no_such_letter,
    own=sentence("You keyed this letter yourself: a second person compares it with the scan."),
    settled=sentence("A second person has looked at this letter already."),
    reason_missing=sentence("Say what differs from the scan."),
    confirmed="letter_confirmed",
    refused="letter_not_confirmed",
)


def _check_letter(letter: Letter, today: date) -> None:
    faults = []
    if not 0 < len(letter.document_number) <= LONGEST_NUMBER:
        message = sentence("Give the number of the letter, with at most %(most)s characters.", most=LONGEST_NUMBER)
        faults.append(Fault(message, path="document_number"))
    if letter.issued_on.toordinal() > today.toordinal() + 1:
        faults.append(Fault(sentence("The letter cannot be dated in the future."), path="issued_on"))
    if not letter.scan.startswith(SIGNATURES):
        faults.append(Fault(sentence("The scan is a PDF, JPEG or PNG file."), path="scan"))
    if faults:
        raise BadInput(faults, code="bad_letter")
