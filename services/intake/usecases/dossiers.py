"""The legal dossier of a self-assessment: its document's data and the signed file."""

from dataclasses import dataclass
from datetime import date
from typing import IO

from services.intake.domain import permissions
from services.intake.domain.assessment import Draft
from services.intake.domain.dossier import Dossier, refuse_other_file
from services.intake.domain.evidence import Upload
from services.intake.domain.vietnamese import one_spelling
from services.intake.ports import EvidenceFiles, Intake, UnitOfWork
from services.intake.usecases.drafts import keep
from services.intake.usecases.evidence import upload_evidence
from services.intake.usecases.recording import editor, find_open_draft
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor


@dataclass(frozen=True)
class GivenDossier:
    """A dossier as a person gives it; `sha256` names a PDF that the unit brought before."""

    document_number: str = ""
    issued_on: date | None = None
    signer: str = ""
    position: str = ""
    mandate: str = ""
    sha256: str | None = None


def save_dossier(intake: Intake, actor: Actor, cycle_code: str, unit: str, given: GivenDossier, seen: int) -> Draft:
    """Keep the dossier; refused (STALE) if somebody else changed it since version `seen` of the draft."""
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        permissions.refuse_unless(permissions.fills_in_everything(actor, cycle.council, unit))
        after = draft.with_dossier(dossier_from(uow, draft, given), seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def bring_signed_file(
    intake: Intake,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
) -> Upload:
    """Keep the signed document's PDF for the unit; `save_dossier` then names it."""
    upload = upload_evidence(intake, files, actor, cycle_code, unit, stream, client_name)
    refuse_other_file(upload.file.media_type)
    return upload


def dossier_from(uow: UnitOfWork, draft: Draft, given: GivenDossier) -> Dossier:
    """The dossier with what is known of its file. Raises BadInput for a file that the unit did not bring."""
    upload: Upload | None = None
    if given.sha256:
        upload = uow.assessments.uploads(draft.cycle, draft.unit, [given.sha256]).get(given.sha256)
        if upload is None:
            said = sentence("Your unit has not uploaded a file with this hash in this cycle.")
            raise BadInput([Fault(said, path="dossier.sha256")])
        refuse_other_file(upload.file.media_type)
    return Dossier(
        document_number=one_spelling(given.document_number).strip(),
        issued_on=given.issued_on,
        signer=one_spelling(given.signer).strip(),
        position=one_spelling(given.position).strip(),
        mandate=one_spelling(given.mandate).strip(),
        sha256=upload.file.sha256 if upload else None,
        size=upload.file.size if upload else None,
        media_type=upload.file.media_type if upload else None,
        label=upload.label if upload else "",
    )
