"""Corrections of a locked rating: one person brings the figures and says why, a second one agrees, then they count."""

import hashlib
import uuid

from services.verify.ports import Store
from services.verify.sources.actions.releases import Upload, read_upload, source_and_cycle
from services.verify.sources.actions.second_person import Brought, check_reason
from services.verify.sources.model import CorrectionRecord
from services.verify.sources.ports import TableReaders
from services.verify.sources.queries import no_such_correction
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def propose_correction(store: Store, actor: Actor, upload: Upload, reason: str, readers: TableReaders) -> uuid.UUID:
    """Keep a file that is to correct a locked rating. Nothing counts yet; all that holds for files is checked."""
    check_reason(reason, sentence("Say why a locked rating is corrected."))
    with store.unit_of_work() as uow:
        source, cycle = source_and_cycle(uow, actor, upload)
        if uow.duties.locked(source.source, cycle.cycle) is None:
            message = sentence("This rating is not locked; it can simply be given anew.")
            raise Refusal("rating_not_locked", Kind.CONFLICT, message)
        read_upload(uow, actor, source, cycle, upload, readers)
        kept = CorrectionRecord(
            id=uuid.uuid4(),
            source=source.source,
            cycle=cycle.cycle,
            published_on=upload.published_on,
            status=upload.status,
            period=upload.period,
            layout=upload.layout,
            file_name=upload.file_name,
            raw_sha256=hashlib.sha256(upload.raw).hexdigest(),
            raw=upload.raw,
            reason=reason,
        )
        uow.corrections.keep(kept, uow.now, actor.account, actor.name)
        data = {"source": source.source, "cycle": cycle.cycle, "raw_sha256": kept.raw_sha256}
        uow.record("correction_proposed", f"correction:{kept.id}", actor, reason, data)
        uow.commit()
    return kept.id


def _upload(kept: CorrectionRecord) -> tuple[Upload, str]:
    upload = Upload(
        source=kept.source,
        cycle=kept.cycle,
        published_on=kept.published_on,
        status=kept.status,
        period=kept.period,
        file_name=kept.file_name,
        raw=kept.raw,
        layout=kept.layout,
    )
    return upload, kept.reason


CORRECTION = Brought(
    name="correction",
    kept_in=lambda uow: uow.corrections,
    upload=_upload,
    no_such=no_such_correction,
    own=sentence("You brought this correction yourself: a second person looks at it."),
    settled=sentence("A second person has looked at this correction already."),
    reason_missing=sentence("Say why the correction is not agreed to."),
    confirmed="correction_agreed",
    refused="correction_not_agreed",
)
