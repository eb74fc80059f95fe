"""Works out what counts, item by item, and publishes it wherever that has changed."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.verify.claims.model import ItemKey
from services.verify.ports import UnitOfWork
from services.verify.results.model import Counted, Decided, DecisionRecord, Published, Reviewed, Tally, Verdict
from services.verify.results.rules.counting import could_still_come_first, count, wait_for_contenders
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.facts import sha256_of
from services.verify.screening.rules.material import Material
from services.verify.sources.model import ReleaseFacts
from shared.contracts.events import Event

SUBJECT = "verification:{cycle}/{unit}"
DRAIN_TASK, DRAIN_QUEUE = "ranking.drain_feeds", "ranking"


def tally(uow: UnitOfWork, cohort: Cohort, reviewed: Reviewed) -> Tally:
    """What counts for a cohort of whole clusters, given the decisions in force on its items.

    The freeze waits for what is held up (a second signature, the answer to an objection), whatever else counts.
    """
    decisions = uow.results.decisions(set(reviewed.in_force.values()))
    counted = count(cohort, {key: decided_of(decisions[chosen]) for key, chosen in reviewed.in_force.items()})
    contenders = could_still_come_first(cohort, counted) if reviewed.compared else {}
    counted = wait_for_contenders(counted, reviewed.asked, contenders)
    return Tally([_waiting(entry, reviewed.held_up) for entry in counted], decisions, contenders)


def _waiting(entry: Counted, held_up: Collection[ItemKey]) -> Counted:
    return replace(entry, blocks_freeze=True) if (entry.unit, entry.criterion) in held_up else entry


def decided_of(record: DecisionRecord) -> Decided:
    """A kept decision as the counting sees it."""
    return Decided(Verdict(record.verdict), record.value, record.points, record.on_source)


def publish(
    uow: UnitOfWork,
    material: Material,
    result: Tally,
    units: Collection[str],
    *,
    cohort: Collection[str],
    unit_findings: Mapping[str, tuple[uuid.UUID, ...]] | None = None,
) -> None:
    """Append a `unit_verified` for each of these units whose counting items are not what the feed last said.

    `cohort` are the units that were screened with their complete cluster; `unit_findings` (None: as before) what the
    newest screening says of each unit as a whole.
    """
    published = uow.results.published(material.cycle.cycle, units)
    by_unit: dict[str, list[Counted]] = {unit: [] for unit in units}
    for entry in result.counted:
        if entry.unit in by_unit:
            by_unit[entry.unit].append(entry)
    in_force = {(record.unit, record.criterion): record for record in result.decisions.values()}
    releases = uow.sources.facts(_releases_of(material, result.counted))
    news: list[Published] = []
    for unit, entries in sorted(by_unit.items()):
        data = _data(material, unit, entries, in_force, releases, unit in cohort)
        sha256 = sha256_of(data)
        before = published.get(unit)
        findings = before.findings if before else ()
        if unit_findings is not None:
            findings = unit_findings.get(unit, ())
        version = before.subject_version if before else 0
        if before is None or before.data_sha256 != sha256:
            version += 1
            uow.publish(_event(uow.now, material.cycle.cycle, unit, version, data))
            uow.wake_up(DRAIN_TASK, DRAIN_QUEUE)
        sent = material.given.sent[unit]
        news.append(Published(unit, version, sha256, sent.submission, unit in cohort, findings))
    uow.results.save_published(
        material.cycle.cycle, [entry for entry in news if published.get(entry.unit) != entry], uow.now
    )


def _event(now: datetime, cycle: str, unit: str, version: int, data: Mapping[str, Any]) -> Event:
    return Event(
        type="unit_verified",
        subject=SUBJECT.format(cycle=cycle, unit=unit),
        subject_version=version,
        occurred_at=now,
        data=data,
    )


def _releases_of(material: Material, counted: Sequence[Counted]) -> set[uuid.UUID]:
    rows = {entry.observed_row for entry in counted if entry.observed_row is not None}
    found = (material.given.observations[row].release for row in rows)
    return {release for release in found if release is not None}


def _data(
    material: Material,
    unit: str,
    entries: Sequence[Counted],
    decisions: Mapping[ItemKey, DecisionRecord],
    releases: Mapping[uuid.UUID, ReleaseFacts],
    cohort: bool,
) -> dict[str, Any]:
    """The data of a `unit_verified`: plain JSON."""
    sent = material.given.sent[unit]
    recognised = {
        criterion: {"target": claim.revised_target, "document_number": claim.recognised_by}
        for criterion, claim in material.recognised.get(unit, {}).items()
    }
    return {
        "cycle": material.cycle.cycle,
        "unit": unit,
        "cluster": sent.cluster,
        "framework_sha256": material.cycle.framework_sha256,
        "submission_number": sent.number,
        "submission_sha256": sent.content_sha256,
        "cohort_screened": cohort,
        "synthetic": material.cycle.synthetic,
        "items": [
            {
                "criterion": entry.criterion,
                "state": entry.state,
                "basis": entry.basis,
                "blocks_freeze": entry.blocks_freeze,
                "left_out": entry.left_out,
                "value": entry.value,
                "points": entry.points,
                "target": entry.target,
                "claimed_value": entry.claimed_value,
                "self_points": entry.self_points,
                "observation": _observation(material, entry, releases),
                "decision": _decision(decisions.get((unit, entry.criterion))),
                **({"recognised": recognised[entry.criterion]} if entry.criterion in recognised else {}),
            }
            for entry in entries
        ],
    }


def _observation(
    material: Material, entry: Counted, releases: Mapping[uuid.UUID, ReleaseFacts]
) -> dict[str, Any] | None:
    if entry.observed_row is None:
        return None
    observation = material.given.observations[entry.observed_row]
    assert observation.release is not None, "figures of a service come from a release"
    release = releases[observation.release]
    return {
        "source": observation.source,
        "publisher": dict(release.publisher),
        "release": str(release.id),
        "release_sha256": release.raw_sha256,
        "published_on": release.published_on.isoformat(),
        "period": observation.period,
        "indicator": observation.indicator,
        "row": observation.row,
        "value": observation.value,
    }


def _decision(record: DecisionRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "decision": str(record.id),
        "verdict": record.verdict,
        "decided_at": record.decided_at.isoformat(),
        "reason": record.reason,
        "document_number": record.document_number,
    }
