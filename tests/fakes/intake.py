"""Intake's ports in memory. `tests/behaviours` holds them to the same behaviour as PostgreSQL."""

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.intake.adoption.model import Confirmation, Position, Proposal
from services.intake.assessments.model import Draft
from services.intake.covenants.model import Covenant, Recognition, Revision
from services.intake.cycles.model import Cycle, CycleCluster, Extension, Member, Quota, RollUp
from services.intake.directory.model import Cluster, Council, Directory, Headship, Membership, Plan, Succession, Unit
from services.intake.files.model import Upload
from services.intake.people.model import Editor, HistoryRow
from services.intake.submissions.model import Reception, Standing, Submission
from services.intake.submissions.rules import is_taken, state_of
from services.intake.vietnamese import sort_key
from shared.clock import Clock
from shared.contracts.events import Event
from shared.criteria.model import Framework
from tests.fakes.intake_notices import (
    FakeInboxes,
    FakeNotices,
    FakePeople,
    FakeReminders,
    FakeRetention,
    FakeVerifiedResults,
)
from tests.fakes.intake_rounds import FakeChallenges, FakeMeetings, FakeQuestions, FakeRounds
from tests.fakes.intake_store import Kept


class FakeCouncils:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def get(self, code: str, *, lock: bool = False) -> Council | None:
        return self.store.councils.get(code)

    def all(self) -> Sequence[Council]:
        return [self.store.councils[code] for code in sorted(self.store.councils)]

    def save(self, council: Council) -> None:
        self.store.councils[council.code] = council

    def directory(self, council: Council) -> Directory:
        rows = self.store.rows.get(council.code, [])
        units = sorted((row for row in rows if isinstance(row, Unit)), key=lambda row: row.code)
        clusters = sorted((row for row in rows if isinstance(row, Cluster)), key=lambda row: row.code)
        memberships = [row for row in rows if isinstance(row, Membership)]
        headships = [row for row in rows if isinstance(row, Headship)]

        def placed(row: Any) -> tuple[Any, ...]:
            return (row.cluster, row.unit, row.validity.valid_from)

        links = sorted((row for row in rows if isinstance(row, Succession)), key=lambda row: row.key)
        return Directory(
            council, units, clusters, sorted(memberships, key=placed), sorted(headships, key=placed), links
        )

    def carry_out(self, council: Council, plan: Plan) -> None:
        rows = self.store.rows.setdefault(council.code, [])
        for before, after in plan.changed:
            rows[rows.index(before)] = after
        rows.extend(plan.added)


class FakeCycles:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def get(self, code: str, *, lock: str | None = None) -> Cycle | None:
        return self.store.cycles.get(code)

    def all(self) -> Sequence[Cycle]:
        return list(reversed(self.store.cycles.values()))

    def due(self, moment: datetime) -> Sequence[str]:
        return sorted(code for code, cycle in self.store.cycles.items() if cycle.is_due(moment))

    def add(self, cycle: Cycle, framework: Framework, at: datetime) -> bool:
        self.store.frameworks.setdefault(framework.sha256, framework)
        if cycle.code in self.store.cycles:
            return False
        self.store.cycles[cycle.code] = cycle
        return True

    def save(self, cycle: Cycle) -> None:
        kept = self.store.cycles[cycle.code]
        self.store.cycles[cycle.code] = replace(kept, state=cycle.state, version=cycle.version)

    def adopt(self, cycle: str, framework_sha256: str) -> None:
        self.store.cycles[cycle] = replace(self.store.cycles[cycle], framework_sha256=framework_sha256)

    def extend(self, cycle: str, extension: Extension) -> None:
        self.store.cycles[cycle] = self.store.cycles[cycle].extended([extension])

    def framework(self, sha256: str) -> Framework:
        return self.store.frameworks[sha256]

    def freeze(self, cycle: str, clusters: Sequence[CycleCluster]) -> None:
        self.store.clusters[cycle] = tuple(clusters)

    def clusters(self, cycle: str) -> Sequence[CycleCluster]:
        quotas = self.quotas(cycle)
        return [replace(one, quota=quotas.get(one.code)) for one in self.store.clusters.get(cycle, ())]

    def quotas(self, cycle: str) -> Mapping[str, Quota]:
        return {one.cluster: one for one in self.store.quotas.get(cycle, [])}

    def set_quotas(self, cycle: str, quotas: Sequence[Quota]) -> None:
        self.store.quotas.setdefault(cycle, []).extend(quotas)

    def roll_up(self, cycle: str) -> RollUp | None:
        newest = self.store.roll_ups.get(cycle)
        return newest if newest and newest.parts else None

    def set_roll_up(self, cycle: str, roll_up: RollUp, edit: Editor) -> None:
        self.store.roll_ups[cycle] = roll_up

    def member(self, cycle: str, unit: str) -> Member | None:
        members = (member for one in self.clusters(cycle) for member in one.members)
        return next((member for member in members if member.unit == unit), None)


class FakeAssessments:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None:
        return self.store.drafts.get((cycle, unit))

    def begin(self, cycle: str, clusters: Sequence[CycleCluster]) -> None:
        for one in clusters:
            for member in one.members:
                self.store.drafts[cycle, member.unit] = Draft(cycle, member.unit, one.code)

    def save_draft(self, draft: Draft, at: datetime) -> None:
        self.store.drafts[draft.cycle, draft.unit] = draft
        self.store.edited_at[draft.cycle, draft.unit] = at

    def add_upload(self, upload: Upload) -> None:
        self.store.uploads.setdefault((upload.cycle, upload.unit, upload.file.sha256), upload)

    def uploads(self, cycle: str, unit: str, sha256s: Iterable[str]) -> Mapping[str, Upload]:
        wanted = set(sha256s)
        return {
            sha: one for (c, u, sha), one in self.store.uploads.items() if (c, u) == (cycle, unit) and sha in wanted
        }


class FakeSubmissions:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def standings(self, cycle: str, search: str = "") -> Sequence[Standing]:
        return [
            self._standing(cycle, member)
            for one in self.store.clusters.get(cycle, ())
            for member in sorted(one.members, key=lambda member: sort_key(member.title.in_language("vi")))
            if search in member.search_key
        ]

    def _standing(self, cycle: str, member: Member) -> Standing:
        key = (cycle, member.unit)
        draft, sent = self.store.drafts[key], self.store.submissions.get(key, [])
        return Standing(
            member=member,
            version=draft.version,
            edited_at=self.store.edited_at.get(key),
            submissions=draft.submissions,
            submitted_at=sent[-1].submitted_at if sent else None,
            late=sent[-1].late if sent else False,
            is_sent=draft.is_sent,
            reception=state_of([one for one in self.receptions(cycle, member.unit) if one.number == draft.submissions]),
        )

    def add_submission(self, submission: Submission) -> None:
        self.store.submissions.setdefault((submission.cycle, submission.unit), []).append(submission)

    def submission(self, cycle: str, unit: str, number: int) -> Submission | None:
        return next((one for one in self.submissions(cycle, unit) if one.number == number), None)

    def submissions(self, cycle: str, unit: str) -> Sequence[Submission]:
        return list(reversed(self.store.submissions.get((cycle, unit), [])))

    def received(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        found: dict[str, Mapping[str, float]] = {}
        for cycle in cycles:
            returned = {step.number for step in self.receptions(cycle, unit) if step.state == "returned"}
            kept = [one for one in self.submissions(cycle, unit) if one.number not in returned]
            if kept:
                items = kept[0].content["items"]
                found[cycle] = {item["criterion"]: item["value"] for item in items if item["value"] is not None}
        return found

    def add_reception(self, step: Reception) -> None:
        self.store.receptions.append(step)

    def receptions(self, cycle: str, unit: str) -> Sequence[Reception]:
        return [step for step in self.store.receptions if (step.cycle, step.unit) == (cycle, unit)]

    def newest_received(self, cycle: str, units: Collection[str]) -> Mapping[str, Submission]:
        found: dict[str, Submission] = {}
        for unit in units:
            for one in self.store.submissions.get((cycle, unit), []):
                steps = [
                    step
                    for step in self.store.receptions
                    if (step.cycle, step.unit, step.number) == (cycle, unit, one.number)
                ]
                if is_taken(steps):
                    found[unit] = one
        return found


class FakeCovenants:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def get(self, cycle: str, member: Member, *, lock: bool = False) -> Covenant:
        empty = Covenant(cycle, member.unit, member.cluster)
        return self.store.covenants.get((cycle, member.unit), empty)

    def all(self, cycle: str) -> Mapping[str, Covenant]:
        return {unit: one for (code, unit), one in sorted(self.store.covenants.items()) if code == cycle}

    def save(self, covenant: Covenant, at: datetime) -> None:
        self.store.covenants[covenant.cycle, covenant.unit] = covenant

    def sign(self, covenant: Covenant) -> None:
        self.store.covenants[covenant.cycle, covenant.unit] = covenant

    def add_revision(self, covenant: Covenant, revision: Revision) -> None:
        key = (covenant.cycle, covenant.unit)
        self.store.covenants[key] = replace(covenant, revisions=(*covenant.revisions, revision))

    def recognise(self, covenant: Covenant, number: int, recognition: Recognition) -> None:
        revisions = [
            replace(one, recognition=recognition) if one.number == number else one for one in covenant.revisions
        ]
        self.store.covenants[covenant.cycle, covenant.unit] = replace(covenant, revisions=tuple(revisions))


class FakeAdoption:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def proposals(self, cycle: str) -> Sequence[Proposal]:
        return list(self.store.proposals.get(cycle, []))

    def add(self, proposal: Proposal, framework: Framework) -> None:
        self.store.frameworks.setdefault(framework.sha256, framework)
        self.store.proposals.setdefault(proposal.cycle, []).append(proposal)

    def add_position(self, proposal: Proposal, position: Position) -> None:
        self._replace(proposal, replace(proposal, positions=(*proposal.positions, position)))

    def confirm(self, proposal: Proposal, confirmation: Confirmation) -> None:
        self._replace(proposal, replace(proposal, confirmation=confirmation))

    def _replace(self, before: Proposal, after: Proposal) -> None:
        kept = self.store.proposals[before.cycle]
        kept[kept.index(before)] = after


class FakeHistory:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def record(self, row: HistoryRow) -> None:
        self.store.history.append(row)

    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]:
        return [row for row in reversed(self.store.history) if row.subject == subject][:limit]


class FakeView:
    def __init__(self, store: Kept, now: datetime) -> None:
        self.now = now
        self.councils = FakeCouncils(store)
        self.cycles = FakeCycles(store)
        self.assessments = FakeAssessments(store)
        self.submissions = FakeSubmissions(store)
        self.covenants = FakeCovenants(store)
        self.questions = FakeQuestions(store)
        self.people = FakePeople(store)
        self.adoption = FakeAdoption(store)
        self.rounds = FakeRounds(store)
        self.challenges = FakeChallenges(store)
        self.meetings = FakeMeetings(store)
        self.notices = FakeNotices(store, now)
        self.inboxes = FakeInboxes(store, now)
        self.reminders = FakeReminders(store)
        self.retention = FakeRetention(store)
        self.verified = FakeVerifiedResults(store)
        self.history = FakeHistory(store)


class FakeUnitOfWork(FakeView):
    def __init__(self, intake: "FakeStore") -> None:
        self.intake = intake
        self.store = copy.deepcopy(intake.store)
        self.wake_ups: list[tuple[str, str]] = []
        super().__init__(self.store, intake.clock.now())

    def publish(self, event: Event) -> None:
        self.store.events.append(event)

    def wake_up(self, task: str, queue: str) -> None:
        self.wake_ups.append((task, queue))

    def commit(self) -> None:
        self.intake.store = self.store
        self.intake.wake_ups += self.wake_ups


class FakeStore:
    """`services.intake.ports.Store` in memory; `events` and `wake_ups` show what others would learn."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.store = Kept()
        self.wake_ups: list[tuple[str, str]] = []

    @contextmanager
    def unit_of_work(self) -> Iterator[FakeUnitOfWork]:
        yield FakeUnitOfWork(self)

    @contextmanager
    def view(self) -> Iterator[FakeView]:
        yield FakeView(copy.deepcopy(self.store), self.clock.now())

    def events(self) -> list[Event]:
        """The feed so far."""
        return list(self.store.events)
