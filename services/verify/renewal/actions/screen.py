"""Runs a screening: reads what it rests on, computes outside any transaction, writes all of it or nothing.

The writing transaction holds the cycle and first looks whether what was read is still the newest; if not, the work
ends as `discarded`, because whatever changed has asked for a screening of its own. A cohort of more than a `TURN` of
units is written in several transactions, each of whole clusters and each as careful as the only one of a smaller one.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from services.verify.claims.actions.screenings import cohort_units, still_wanted
from services.verify.claims.model import ItemKey, Screening
from services.verify.ports import Store, UnitOfWork
from services.verify.renewal.actions.changes import Causes, note_changes
from services.verify.renewal.actions.follow import follow_screening
from services.verify.renewal.queries import with_earlier_cycles
from services.verify.results.actions import publish, tally
from services.verify.results.model import DecisionRecord
from services.verify.reviews.actions.cluster_review import save_changed
from services.verify.reviews.model.item import FindingRecord, ReviewItem
from services.verify.reviews.model.states import CONCLUDED, IN_HAND, ItemState
from services.verify.reviews.rules.counts import reviewed, with_counts
from services.verify.reviews.rules.impact import fields_of, impact_of, with_impacts
from services.verify.reviews.rules.states import after_screening, without_decision
from services.verify.screening.model import Finding, Severity
from services.verify.screening.queries import load_material
from services.verify.screening.rules.calibration import meaning
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.facts import facts_sha256, figure_json, known, sha256_of
from services.verify.screening.rules.material import Material
from services.verify.screening.rules.robust import Whole
from services.verify.screening.rules.screening import ScreenedItem, screen
from services.verify.screening.rules.screening import Screening as Screened
from shared.contracts.sentences import Sentence, sentence, sentence_to_json
from shared.plumbing.leases import Work

DONE, DISCARDED = "done", "discarded"
TURN = 1000
# What a screening leaves as people left it.
CARRIED = ("held_by", "held_by_name", "held_until", "concluded_at", "request", "objection")


def run_screening(store: Store, work: Work, turn: int = TURN) -> str:
    """Screen what the row of work names; returns `done` or `discarded`. Raises LeaseLost if somebody else has it.

    `turn`: how many units one transaction writes.
    """
    asked = Screening.of(work.payload)
    material = _read(store, asked)
    if material is None:
        return _discard(store, work)
    screened = screen(material.cohort(complete=asked.unit is None))
    material = material.without_claims()
    turns = turns_of(screened.cohort, turn)
    for number, rows in enumerate(turns, start=1):
        cohort = screened.cohort if len(turns) == 1 else screened.cohort.of_rows(rows)
        last = number == len(turns)
        written = _Written(material, screened, cohort, rows, list(screened.items(rows)), work.id, last)
        if not _write(store, work, asked, written):
            return DISCARDED
    return DONE


def turns_of(cohort: Cohort, turn: int) -> list[Whole]:
    """Rows of whole clusters, at least `turn` units each but the last: one transaction writes so many.

    Nothing that is written about a cluster looks at another one, unless a rule does: then all are one turn. Whoever
    goes on after a death finds the first turns written and leaves them as they are.
    """
    if cohort.framework.compares == "all" or len(cohort.units) <= turn:
        return [np.arange(len(cohort.units))]
    by_cluster = np.argsort(np.unique(cohort.clusters, return_inverse=True)[1], kind="stable")
    names = np.array(cohort.clusters)[by_cluster]
    ends = np.flatnonzero(np.append(names[1:] != names[:-1], True)) + 1  # where a cluster is complete
    cuts, start = [], 0
    for end in ends.tolist():
        if end - start >= turn or end == ends[-1]:
            cuts.append(np.sort(by_cluster[start:end]))
            start = end
    return cuts


def _write(store: Store, work: Work, asked: Screening, written: "_Written") -> bool:
    """Write one turn; False (and nothing) if the inputs are no longer the newest."""
    with store.unit_of_work() as uow:
        uow.cycles.lock([asked.cycle])
        wanted = still_wanted(uow, asked)
        if wanted:
            written.save(uow)
        if wanted and not written.last:
            uow.screenings.hold(work)
        else:
            uow.screenings.finish(work, DONE if wanted else DISCARDED)
        uow.commit()
    return wanted


def _read(store: Store, asked: Screening) -> Material | None:
    """What the screening rests on; None if it is outdated already. The count is read first: if it is still the same
    when the result is written, nothing has moved in between."""
    with store.unit_of_work() as uow:
        cycle = uow.cycles.find(asked.cycle)
        if cycle is None or not still_wanted(uow, asked):
            return None
        units = cohort_units(uow, asked.cycle) if asked.unit is None else [asked.unit]
        return with_earlier_cycles(uow, load_material(uow, cycle, units))


def _discard(store: Store, work: Work) -> str:
    with store.unit_of_work() as uow:
        uow.screenings.finish(work, DISCARDED)
        uow.commit()
    return DISCARDED


@dataclass(frozen=True)
class _Written:
    """A finished screening on its way into the tables: one turn of it.

    `cohort` and `found` are of its units alone, which stand in these `places` of the whole.
    """

    material: Material
    screened: Screened
    cohort: Cohort
    places: Whole
    found: Sequence[ScreenedItem]
    screening: uuid.UUID
    last: bool

    def save(self, uow: UnitOfWork) -> None:
        """Findings, items, what counts, events: one transaction."""
        cycle, units = self.material.cycle.cycle, self.cohort.units
        before = uow.reviews.items(cycle, units)
        causes = Causes(uow, cycle, self.material.framework, self.material.cycle.period, compared=self.cohort.complete)
        findings = self._keep_findings(uow)
        decisions = uow.results.decisions({item.decision for item in before.values() if item.decision is not None})
        items = {(found.unit, found.criterion): self._item(found, before, decisions, findings) for found in self.found}
        uow.reviews.drop_items(cycle, before.keys() - items.keys())
        result = tally(uow, self.cohort, reviewed(items))
        items = {
            key: _with_review(item, before.get(key), uow.now)
            for key, item in with_counts(items, result.counted).items()
        }
        items = with_impacts(self.cohort, items, result, all_clusters=True)
        save_changed(uow, before, items)
        note_changes(uow, cycle, self.screening, causes, before, items)
        follow_screening(uow, before, items)
        of_units: dict[str, tuple[uuid.UUID, ...]] = {
            unit: tuple(findings[_fingerprint(finding)] for finding in of_unit)
            for unit, of_unit in self.unit_findings.items()
        }
        whole = self.cohort.complete
        compared = frozenset(units) if whole else frozenset()
        publish(uow, self.material, result, units, cohort=compared, unit_findings=of_units)
        if whole and self.last:
            uow.touches.see(cycle, self.screening)
            uow.cycles.note_screening(cycle, self.screening, self._notes(), self.screened.expected_false, uow.now)

    def _keep_findings(self, uow: UnitOfWork) -> Mapping[str, uuid.UUID]:
        """Append the findings that are new; returns content hash → identifier of all."""
        kept = dict(uow.reviews.kept_findings(self.material.cycle.cycle, self.cohort.units))
        new: list[FindingRecord] = []
        every = [
            *(finding for item in self.found for finding in item.findings),
            *(finding for of_unit in self.unit_findings.values() for finding in of_unit),
        ]
        for place, finding in enumerate(every):
            sha256 = _fingerprint(finding)
            if sha256 not in kept:
                kept[sha256] = uuid.uuid4()
                new.append(_record(finding, kept[sha256], place, sha256))
        uow.reviews.add_findings(self.material.cycle.cycle, self.screening, new, uow.now)
        return kept

    def _item(
        self,
        found: ScreenedItem,
        before: Mapping[ItemKey, ReviewItem],
        decisions: Mapping[uuid.UUID, DecisionRecord],
        findings: Mapping[str, uuid.UUID],
    ) -> ReviewItem:
        """The item as this screening leaves it; what counts is added afterwards."""
        column = self.cohort.framework.columns[found.criterion]
        row = self.rows[found.unit]
        observed = self.cohort.observed_row(row, column)
        figure = None if observed is None else figure_json(self.material.given.observations[observed])
        facts = facts_sha256(self.material, self.cohort, row, column)
        asked = tuple(
            sorted({finding.code for finding in found.findings if finding.severity.asks and finding.criterion})
        )
        old = before.get((found.unit, found.criterion))
        decision = decisions.get(old.decision) if old is not None and old.decision is not None else None
        stands = decision is not None and _stands(decision, facts, asked)
        review = ItemState(old.review) if old is not None else ItemState.CLOSED
        if old is not None and not stands:
            review = without_decision(review, objected=old.objection is not None)
        # What hung on a claim that is decided stays as it was when somebody decided.
        impact = (
            impact_of(old) if old is not None and stands else self.screened.impact_of(int(self.places[row]), column)
        )
        carried = {} if old is None else {name: getattr(old, name) for name in CARRIED}
        return ReviewItem(
            cycle=self.material.cycle.cycle,
            unit=found.unit,
            criterion=found.criterion,
            cluster=found.cluster,
            place=column,
            submission=self.material.given.sent[found.unit].submission,
            cohort=self.cohort.complete,
            claimed_value=known(self.cohort.value[row, column]),
            self_points=known(self.cohort.self_points[row, column]),
            target=known(self.cohort.target[row, column]),
            independent_points=found.independent_points,
            gap=found.gap,
            points_at_stake=found.points_at_stake,
            suspicion=found.suspicion,
            flagged=found.flagged,
            findings=tuple(findings[_fingerprint(finding)] for finding in found.findings),
            codes=found.codes,
            asked=asked,
            inconclusive=any(
                finding.severity is Severity.INCONCLUSIVE
                for finding in (*found.findings, *self.unit_findings.get(found.unit, ()))
            ),
            explanation=[sentence_to_json(message) for message in found.explanation],
            facts_sha256=facts,
            observation=figure,
            review=review,
            decision=decision.id if decision is not None and stands else None,
            state="unverifiable",
            basis="none",
            blocks_freeze=False,
            left_out=False,
            value=None,
            points=None,
            audit=old is not None and old.audit,
            **fields_of(impact, found.suspicion),
            **carried,
        )

    @cached_property
    def unit_findings(self) -> Mapping[str, Sequence[Finding]]:
        """Unit → what is said of it as a whole."""
        units = self.screened.cohort.units
        named = ((units[row], of_unit) for row, of_unit in self.screened.unit_findings.items())
        return {unit: of_unit for unit, of_unit in named if unit in self.rows}

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Unit → its row in the arrays."""
        return {unit: row for row, unit in enumerate(self.cohort.units)}

    def _notes(self) -> list[dict[str, Any]]:
        """What the screening says of the whole cohort: its findings, checks that did not run, expected false flags."""
        notes = [_note(finding.code, finding.criterion, finding.sentence) for finding in self.screened.cohort_findings]
        notes += [_note(check.code, "", check.sentence, not_run=True) for check in self.screened.not_run]
        if self.screened.expected_false > 0:
            message = sentence(
                "Of the flags that rest on comparisons, about %(count)s may be honest.",
                count=self.screened.expected_false,
            )
            notes.append(_note("", "", message))
        if self.screened.judgement is not None:
            notes += [_note("", "", message) for message in meaning(self.screened.judgement.calibration)]
        return notes


def _note(code: str, criterion: str, said: Sentence, *, not_run: bool = False) -> dict[str, Any]:
    return {"code": code, "criterion": criterion, "said": sentence_to_json(said), "not_run": not_run}


def _with_review(item: ReviewItem, old: ReviewItem | None, now: datetime) -> ReviewItem:
    """Where the item stands after a screening: decided while its decision stands, else by what is asked.

    What ends without a decision (the source's figure counts, nothing is asked) is final once it was compared with its
    cluster, from then on or from when the facts last changed.
    """
    if item.decision is not None:
        return item
    asks = bool(item.asked or item.flagged or item.blocks_freeze or item.audit)
    review = after_screening(ItemState(item.review), asks=asks)
    since = item.concluded_at
    if review not in CONCLUDED or not item.cohort:
        since = None if review is not ItemState.CHALLENGED else since
    elif old is None or old.facts_sha256 != item.facts_sha256 or since is None or old.review != review:
        since = now
    kept = item if review in IN_HAND else item.let_go()
    return kept.changed(review=review, concluded_at=since)


def _stands(decision: DecisionRecord, facts: str, asked: tuple[str, ...]) -> bool:
    """A decision stands while the facts are those its author saw and nothing is asked that was not asked then."""
    return decision.facts_sha256 == facts and set(asked) <= set(decision.asked)


def _record(finding: Finding, identity: uuid.UUID, place: int, sha256: str) -> FindingRecord:
    return FindingRecord(
        id=identity,
        unit=finding.unit,
        criterion=finding.criterion,
        place=place,
        code=finding.code,
        severity=finding.severity.name.lower(),
        inconclusive=finding.severity is Severity.INCONCLUSIVE,
        numbers=dict(finding.numbers),
        said=sentence_to_json(finding.sentence),
        content_sha256=sha256,
    )


def _fingerprint(finding: Finding) -> str:
    return sha256_of(
        [
            *(finding.unit, finding.criterion, finding.code, finding.severity.name),
            *(dict(finding.numbers), sentence_to_json(finding.sentence)),
        ]
    )
