"""What can be done with editions: issuing one from frozen sheets, and the Council's act that makes it public."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.ranking.editions.model import StoredEdition, StoredPublication
from services.ranking.editions.rules.edition import Edition, Head, build_edition
from services.ranking.editions.rules.frozen import changes_between, inputs_of
from services.ranking.editions.rules.inputs import Inputs
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.editions.rules.permissions import sees_edition, unknown_edition
from services.ranking.people.model import BOARD, COUNCIL
from services.ranking.people.rules import refuse_unless
from services.ranking.ports import Store
from services.ranking.scoring.model import Cluster, Cycle, FrozenSheet
from services.ranking.scoring.queries import cycle_for, framework_of
from shared.clock import VIETNAM
from shared.contracts.events import Event
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.people import Actor

# Audiences that may see criteria which the framework does not open to the public.
INSIDE = ("board", "council")


def issue_edition(
    store: Store, key: SigningKey, actor: Actor, cycle: str, audience: str, reason: str | None = None
) -> StoredEdition:
    """Rank the frozen sheets of the whole cycle, sign, number and chain. A later edition says why it follows.

    One edition of a cycle is issued at a time, so numbers and chain cannot fork.
    """
    with store.unit_of_work() as uow:
        uow.scoring.lock_cycle(cycle)
        found = cycle_for(uow, actor, cycle)
        refuse_unless(actor.may(BOARD, council=found.council))
        sheets = uow.scoring.newest_sheets(cycle)
        _refuse_unfrozen(found, uow.scoring.clusters(cycle), sheets)
        framework = framework_of(uow, sheets[0].framework_sha256)
        _refuse_undisclosed(framework, audience)
        inputs = inputs_of(framework, {sheet.cluster: uow.scoring.frozen_units(sheet) for sheet in sheets})
        last = uow.editions.last_edition(cycle, audience)
        if last is not None:
            _refuse_unchanged(last, inputs, reason)
        head = Head(
            number=last.number + 1 if last else 1,
            cycle=cycle,
            audience=audience,
            issued_at=uow.now,
            supersedes=last.number if last else None,
            previous_sha256=last.edition_sha256 if last else None,
            synthetic=found.synthetic,
            notice=found.notice,
            title=found.title,
            sheets={sheet.cluster: sheet.sheet_sha256 for sheet in sheets},
            reason=reason if last else None,
        )
        built = build_edition(head, inputs, key)
        before = uow.editions.edition_document(cycle, audience, last.number) if last else None
        stored = _stored(head, built, sheets, actor, before)
        uow.editions.add_edition(stored, built.canonical)
        uow.publish(_issued_event(stored))
        uow.commit()
    return stored


def publish_edition(
    store: Store, actor: Actor, cycle: str, number: int, audience: str, record_number: str, decided_on: date
) -> StoredEdition:
    """Record the Council's act; from now on everybody may read the edition. Editions for others stay with them."""
    with store.unit_of_work() as uow:
        uow.scoring.lock_cycle(cycle)
        found = cycle_for(uow, actor, cycle)
        edition = uow.editions.edition(cycle, audience, number)
        if edition is None or not sees_edition(actor, found.council, audience, False):
            raise unknown_edition()
        refuse_unless(actor.may(COUNCIL, council=found.council))
        if audience != "public":
            message = sentence("Only an edition for the public is published.")
            raise Refusal("not_for_the_public", Kind.CONFLICT, message)
        if edition.publication is not None:
            raise Refusal("already_published", Kind.CONFLICT, sentence("This edition is public already."))
        if decided_on > uow.now.astimezone(VIETNAM).date():
            message = sentence("The date of the Council's record lies in the future.")
            raise Refusal("bad_record_date", Kind.INVALID, message, [Fault(message, path="decided_on")])
        publication = StoredPublication(record_number, decided_on, uow.now)
        uow.editions.add_publication(edition, publication, actor.account)
        uow.publish(_published_event(edition, publication))
        uow.commit()
    return replace(edition, publication=publication)


def _refuse_unfrozen(cycle: Cycle, clusters: Sequence[Cluster], sheets: Sequence[FrozenSheet]) -> None:
    frozen = {sheet.cluster for sheet in sheets if sheet.framework_sha256 == cycle.framework_sha256}
    message = sentence("The scores of this cluster have not been frozen yet.")
    faults = [Fault(message, path=cluster.cluster) for cluster in clusters if cluster.cluster not in frozen]
    if faults or not sheets:
        raise Refusal(
            "clusters_not_frozen",
            Kind.CONFLICT,
            sentence("An edition needs the frozen scores of every cluster."),
            faults,
        )


def _refuse_undisclosed(framework: model.Framework, audience: str) -> None:
    """An edition shows every criterion, so it is refused where the framework keeps one from this audience."""
    if audience in INSIDE:
        return
    hidden = [item.code for item in framework.items if item.disclosure != "public"]
    if hidden:
        raise Refusal(
            "criteria_not_public",
            Kind.CONFLICT,
            sentence(
                "The framework does not open these criteria to this audience: %(criteria)s.", criteria=", ".join(hidden)
            ),
        )


def _refuse_unchanged(last: StoredEdition, inputs: Inputs, reason: str | None) -> None:
    if last.inputs_sha256 == inputs.sha256:
        raise Refusal(
            "edition_unchanged",
            Kind.CONFLICT,
            sentence("Nothing has changed since edition %(number)s.", number=last.number),
        )
    if not reason:
        message = sentence("This edition supersedes edition %(number)s; say what changed and why.", number=last.number)
        raise Refusal("reason_needed", Kind.INVALID, message, [Fault(message, path="reason")])


def _stored(
    head: Head, built: Edition, sheets: Sequence[FrozenSheet], actor: Actor, before: bytes | None
) -> StoredEdition:
    return StoredEdition(
        cycle=head.cycle,
        audience=head.audience,
        number=head.number,
        edition_sha256=built.sha256,
        previous_sha256=head.previous_sha256,
        inputs_sha256=built.inputs_sha256,
        key_id=built.key_id,
        issued_at=head.issued_at,
        issued_by=actor.account,
        sheets=[
            {"cluster": sheet.cluster, "version": sheet.version, "sheet_sha256": sheet.sheet_sha256} for sheet in sheets
        ],
        changes=changes_between(before, built.document),
        synthetic=head.synthetic,
    )


def _issued_event(edition: StoredEdition) -> Event:
    return Event(
        type="edition_issued",
        subject=f"edition:{edition.cycle}/{edition.audience}/{edition.number}",
        subject_version=1,
        occurred_at=edition.issued_at,
        data={
            "cycle": edition.cycle,
            "audience": edition.audience,
            "number": edition.number,
            "edition_sha256": edition.edition_sha256,
            "inputs_sha256": edition.inputs_sha256,
            "previous_sha256": edition.previous_sha256,
            "key_id": edition.key_id,
            "issued_at": edition.issued_at.isoformat(),
            "synthetic": edition.synthetic,
        },
    )


def _published_event(edition: StoredEdition, publication: StoredPublication) -> Event:
    return Event(
        type="edition_published",
        subject=f"publication:{edition.cycle}/{edition.audience}/{edition.number}",
        subject_version=1,
        occurred_at=publication.recorded_at,
        data={
            "cycle": edition.cycle,
            "audience": edition.audience,
            "number": edition.number,
            "edition_sha256": edition.edition_sha256,
            "record_number": publication.record_number,
            "decided_on": publication.decided_on.isoformat(),
            "recorded_at": publication.recorded_at.isoformat(),
            "synthetic": edition.synthetic,
        },
    )
