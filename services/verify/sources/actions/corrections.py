"""Corrections of a locked rating: one person brings the figures and says why, a second one agrees, then they count."""

import hashlib
import uuid

from services.verify.ports import Store
from services.verify.roles import UPLOADERS
from services.verify.sources.actions.releases import TakenIn, Upload, read_upload, source_and_cycle, take_in
from services.verify.sources.model import CorrectionRecord
from services.verify.sources.ports import TableReaders
from services.verify.sources.queries import no_such_correction
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Actor

LONGEST_REASON = 2000


def propose_correction(store: Store, actor: Actor, upload: Upload, reason: str, readers: TableReaders) -> uuid.UUID:
    """Keep a file that is to correct a locked rating. Nothing counts yet; all that holds for files is checked."""
    _check_reason(reason, sentence("Say why a locked rating is corrected."))
    with store.unit_of_work() as uow:
        source, cycle = source_and_cycle(uow, actor, upload)
        if uow.duties.locked(source.source, cycle.cycle) is None:
            said = sentence("This rating is not locked; it can simply be given anew.")
            raise Refusal("rating_not_locked", Kind.CONFLICT, said)
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
        uow.duties.propose(kept, uow.now, actor.account, actor.name)
        data = {"source": source.source, "cycle": cycle.cycle, "raw_sha256": kept.raw_sha256}
        uow.record("correction_proposed", f"correction:{kept.id}", actor, reason, data)
        uow.commit()
    return kept.id


def settle_correction(
    store: Store, actor: Actor, correction: uuid.UUID, agreed: bool, reason: str, readers: TableReaders
) -> TakenIn | None:
    """The second person's word: agreed, the file becomes a release shown as a correction; else it never counts."""
    with store.unit_of_work() as uow:
        found = uow.duties.find(correction)
        source = uow.sources.find(found[0].source) if found else None
        if found is None or source is None or not any(grant.council == source.council for grant in actor.grants):
            raise no_such_correction()
        kept, proposed_by, settled = found
        if not actor.may(UPLOADERS, council=source.council):
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include bringing figures."))
        if actor.account == proposed_by:
            said = sentence("You brought this correction yourself: a second person looks at it.")
            raise Refusal("second_person_needed", Kind.FORBIDDEN, said)
        if settled:
            said = sentence("A second person has looked at this correction already.")
            raise Refusal("correction_settled", Kind.CONFLICT, said)
        if not agreed:
            _check_reason(reason, sentence("Say why the correction is not agreed to."))
        taken = None
        if agreed:
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
            taken = take_in(uow, actor, upload, readers, correction=kept.reason)
        release = taken.release if taken else None
        uow.duties.settle(correction, release, reason, uow.now, actor.account, actor.name)
        action = "correction_agreed" if agreed else "correction_not_agreed"
        data = {"release": str(release) if release else None}
        uow.record(action, f"correction:{correction}", actor, reason, data)
        uow.commit()
    return taken


def _check_reason(reason: str, missing: Sentence) -> None:
    if not reason.strip():
        raise BadInput([Fault(missing, path="reason")], code="reason_missing")
    if len(reason) > LONGEST_REASON:
        said = sentence("At most %(most)s characters.", most=LONGEST_REASON)
        raise BadInput([Fault(said, path="reason")], code="reason_too_long")
