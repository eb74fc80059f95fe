"""Editions: issuing one from frozen sheets, the Council's act that makes it public, reading it again."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from services.ranking.editions.model import StoredEdition, StoredPublication
from services.ranking.editions.rules.edition import Edition, Head, build_edition
from services.ranking.editions.rules.inputs import Inputs
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.editions.rules.permissions import sees_edition, unknown_edition
from services.ranking.people.model import BOARD, COUNCIL
from services.ranking.people.rules import refuse_unless
from services.ranking.scoring.ports import CYCLE_LOCK
from services.ranking.scoring.model import Cluster, Cycle, FrozenSheet, FrozenUnit
from services.ranking.scoring.rules.permissions import sees_cycle, unknown_cycle
from services.ranking.scoring.actions import Records, cycle_for
from shared.clock import VIETNAM
from shared.contracts.events import Event
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.loader import load_document
from shared.people import Actor
from shared.plumbing.database import Database

# Audiences that may see criteria which the framework does not open to the public.
INSIDE = ("board", "council")


class Editions:
    """The use cases of editions."""

    def __init__(self, database: Database, records: Records, key: SigningKey) -> None:
        self.database = database
        self.records = records
        self.key = key

    def issue_edition(self, actor: Actor, cycle: str, audience: str, reason: str | None = None) -> StoredEdition:
        """Rank the frozen sheets of the whole cycle, sign, number and chain. A later edition says why it follows.

        One edition of a cycle is issued at a time, so numbers and chain cannot fork.
        """
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock(*CYCLE_LOCK, cycle)
            found = cycle_for(records, actor, cycle)
            refuse_unless(actor.may(BOARD, council=found.council))
            sheets = records.newest_sheets(cycle)
            _refuse_unfrozen(found, records.clusters(cycle), sheets)
            framework = load_document(records.framework_document(sheets[0].framework_sha256))
            _refuse_undisclosed(framework, audience)
            units = {sheet.cluster: records.frozen_units(sheet) for sheet in sheets}
            inputs = _inputs(framework, units)
            last = records.last_edition(cycle, audience)
            if last is not None:
                _refuse_idle(last, inputs, reason)
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
            built = build_edition(head, inputs, self.key)
            before = records.edition_document(cycle, audience, last.number) if last else None
            stored = _stored(head, built, sheets, actor, before)
            records.add_edition(stored, built.canonical)
            uow.publish(_issued_event(stored))
            uow.commit()
        return stored

    def publish_edition(
        self, actor: Actor, cycle: str, number: int, audience: str, record_number: str, decided_on: date
    ) -> StoredEdition:
        """Record the Council's act; from now on everybody may read the edition. Editions for others stay with them."""
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock(*CYCLE_LOCK, cycle)
            found = cycle_for(records, actor, cycle)
            edition = records.edition(cycle, audience, number)
            if edition is None or not sees_edition(actor, found.council, audience, False):
                raise unknown_edition()
            refuse_unless(actor.may(COUNCIL, council=found.council))
            if audience != "public":
                said = sentence("Only an edition for the public is published.")
                raise Refusal("not_for_the_public", Kind.CONFLICT, said)
            if edition.publication is not None:
                raise Refusal("already_published", Kind.CONFLICT, sentence("This edition is public already."))
            if decided_on > uow.now.astimezone(VIETNAM).date():
                said = sentence("The date of the Council's record lies in the future.")
                raise Refusal("bad_record_date", Kind.INVALID, said, [Fault(said, path="decided_on")])
            publication = StoredPublication(record_number, decided_on, uow.now)
            records.add_publication(edition, publication, actor.account)
            uow.commit()
            published = records.edition(cycle, audience, number)
        if published is None:
            raise AssertionError("an edition does not go away")
        return published

    def editions(self, actor: Actor, cycle: str) -> list[StoredEdition]:
        """The editions of a cycle that the actor may see, newest first; 404 where they may not even know the cycle."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = records.cycle(cycle)
            seen = [] if found is None else _seen(actor, found, records.editions(cycle))
        if found is None or (not seen and not sees_cycle(actor, found.council)):
            raise unknown_cycle()
        return seen

    def edition(self, actor: Actor, cycle: str, audience: str, number: int) -> tuple[StoredEdition, bytes]:
        """One edition with its bytes exactly as they were signed."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = records.cycle(cycle)
            edition = records.edition(cycle, audience, number) if found is not None else None
            if found is None or edition is None or not _seen(actor, found, [edition]):
                raise unknown_edition()
            return edition, records.edition_document(cycle, audience, number)

    def unit_titles(self, edition: StoredEdition) -> dict[str, Mapping[str, str]]:
        """Unit → title, as frozen in the sheets the edition rests on."""
        with self.database.reader() as connection:
            records = self.records(connection)
            titles: dict[str, Mapping[str, str]] = {}
            for named in edition.sheets:
                sheet = records.sheet(edition.cycle, named["cluster"], named["version"])
                if sheet is not None:
                    titles |= {unit.unit: unit.title for unit in records.frozen_units(sheet)}
        return titles

    def cluster_titles(self, edition: StoredEdition) -> dict[str, Mapping[str, str]]:
        """Cluster → title, as frozen."""
        with self.database.reader() as connection:
            records = self.records(connection)
            sheets = [records.sheet(edition.cycle, named["cluster"], named["version"]) for named in edition.sheets]
        return {sheet.cluster: sheet.cluster_title for sheet in sheets if sheet is not None}

    def council_of(self, edition: StoredEdition) -> str:
        """The council whose cycle it is."""
        with self.database.reader() as connection:
            found = self.records(connection).cycle(edition.cycle)
        if found is None:
            raise unknown_cycle()
        return found.council

    def newer(self, actor: Actor, edition: StoredEdition) -> StoredEdition | None:
        """The newest edition of the same chain that the actor may see, if it is not this one."""
        chain = [other for other in self.editions(actor, edition.cycle) if other.audience == edition.audience]
        last = max(chain, key=lambda other: other.number, default=edition)
        return last if last.number > edition.number else None

    def published(self) -> list[tuple[Cycle, StoredEdition]]:
        """The newest public edition of every cycle that has one."""
        with self.database.reader() as connection:
            records = self.records(connection)
            cycles = {cycle.cycle: cycle for cycle in records.cycles()}
            return [(cycles[edition.cycle], edition) for edition in records.published_editions()]


def _seen(actor: Actor, cycle: Cycle, editions: Sequence[StoredEdition]) -> list[StoredEdition]:
    return [
        edition
        for edition in editions
        if sees_edition(actor, cycle.council, edition.audience, edition.publication is not None)
    ]


def _refuse_unfrozen(cycle: Cycle, clusters: Sequence[Cluster], sheets: Sequence[FrozenSheet]) -> None:
    frozen = {sheet.cluster for sheet in sheets if sheet.framework_sha256 == cycle.framework_sha256}
    said = sentence("The scores of this cluster have not been frozen yet.")
    faults = [Fault(said, path=cluster.cluster) for cluster in clusters if cluster.cluster not in frozen]
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


def _refuse_idle(last: StoredEdition, inputs: Inputs, reason: str | None) -> None:
    if last.inputs_sha256 == inputs.sha256:
        raise Refusal(
            "edition_unchanged",
            Kind.CONFLICT,
            sentence("Nothing has changed since edition %(number)s.", number=last.number),
        )
    if not reason:
        said = sentence("This edition supersedes edition %(number)s; say what changed and why.", number=last.number)
        raise Refusal("reason_needed", Kind.INVALID, said, [Fault(said, path="reason")])


def _inputs(framework: model.Framework, sheets: Mapping[str, Sequence[FrozenUnit]]) -> Inputs:
    """All units of all sheets with their points and statuses."""
    rows = [(cluster, unit) for cluster, units in sheets.items() for unit in units]
    points = np.full((len(rows), len(framework.items)), np.nan)
    statuses = [[""] * len(framework.items) for _ in rows]
    for row, (_, unit) in enumerate(rows):
        for score in unit.scores:
            column = framework.columns[score.criterion]
            points[row, column] = np.nan if score.points is None else score.points
            statuses[row][column] = score.status
    return Inputs(
        framework=framework,
        units=tuple(unit.unit for _, unit in rows),
        clusters=tuple(cluster for cluster, _ in rows),
        points=points,
        statuses=statuses,
    )


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


def changes_between(before: bytes | None, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Units that stand elsewhere than before: cluster, unit, rank and total, the last two as [before, after]."""
    if before is None:
        return []
    old, new = _places(json.loads(before)), _places(document)
    nothing = (None, None)
    return [
        {"cluster": cluster, "unit": unit, "rank": [a[0], b[0]], "total": [a[1], b[1]]}
        for cluster, unit in sorted(old.keys() | new.keys())
        if (a := old.get((cluster, unit), nothing)) != (b := new.get((cluster, unit), nothing))
    ]


def _places(document: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int | None, str | None]]:
    return {
        (cluster["cluster"], standing["unit"]): (standing["rank"], standing["total"])
        for cluster in document["ranking"]["clusters"]
        for standing in cluster["standings"]
    }


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
