"""What one person brings counts once another has confirmed it: keyed letters, corrections of locked ratings."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.verify.ports import Store, UnitOfWork
from services.verify.roles import UPLOADERS
from services.verify.sources.actions.releases import TakenIn, Upload, take_in
from services.verify.sources.ports import SecondPerson, TableReaders
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Actor

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Brought:
    """What is brought: where it is kept, which file it becomes and which reason it corrects a rating for, and what is
    said. `confirmed` and `refused` are lines of history."""

    name: str
    kept_in: Callable[[UnitOfWork], SecondPerson[Any, Any, Any]]
    upload: Callable[[Any], tuple[Upload, str]]
    no_such: Callable[[], Refusal]
    own: Sentence
    settled: Sentence
    reason_missing: Sentence
    confirmed: str
    refused: str


def settle(
    store: Store, actor: Actor, brought: Brought, identity: uuid.UUID, agreed: bool, reason: str, readers: TableReaders
) -> TakenIn | None:
    """The second person's word: agreed, the figures become a release; else they never count, for a reason."""
    with store.unit_of_work() as uow:
        kept_in = brought.kept_in(uow)
        found = kept_in.find(identity)
        source = uow.sources.find(found[0].source) if found else None
        if found is None or source is None or not any(grant.council == source.council for grant in actor.grants):
            raise brought.no_such()
        kept, brought_by, settled = found
        if not actor.may(UPLOADERS, council=source.council):
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include bringing figures."))
        if actor.account == brought_by:
            raise Refusal("second_person_needed", Kind.FORBIDDEN, brought.own)
        if settled:
            raise Refusal(f"{brought.name}_settled", Kind.CONFLICT, brought.settled)
        if not agreed:
            check_reason(reason, brought.reason_missing)
        taken = None
        if agreed:
            upload, correction = brought.upload(kept)
            taken = take_in(uow, actor, upload, readers, correction=correction)
        release = taken.release if taken else None
        kept_in.settle(identity, release, reason, uow.now, actor.account, actor.name)
        action = brought.confirmed if agreed else brought.refused
        about = {"release": str(release) if release else None}
        uow.record(action, f"{brought.name}:{identity}", actor, reason, about)
        uow.commit()
    return taken


def check_reason(reason: str, missing: Sentence) -> None:
    """Refuse a missing reason, or too long a one."""
    if not reason.strip():
        raise BadInput([Fault(missing, path="reason")], code="reason_missing")
    if len(reason) > LONGEST_REASON:
        message = sentence("At most %(most)s characters.", most=LONGEST_REASON)
        raise BadInput([Fault(message, path="reason")], code="reason_too_long")
