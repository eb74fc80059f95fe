"""Intake's ports in memory. `tests/behaviours` holds them to the same behaviour as PostgreSQL."""

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.intake.domain.adoption import Confirmation, Position, Proposal
from services.intake.domain.assessment import Draft, Editor
from services.intake.domain.challenges import Answer, Challenge, Withdrawal
from services.intake.domain.cluster_round import Round
from services.intake.domain.covenant import Covenant, Recognition, Revision
from services.intake.domain.cycles import Cycle, CycleCluster, Extension, Member, Quota, title_document
from services.intake.domain.directory import Cluster, Council, Directory, Headship, Membership, Plan, Succession, Unit
from services.intake.domain.evidence import Upload
from services.intake.domain.explanations import Answer as ExplanationAnswer
from services.intake.domain.explanations import ExplanationRequest
from services.intake.domain.keeping import (
    CLEAN,
    NOT_SCANNED,
    REFUSED,
    ExpiredFile,
    Keeping,
    RetentionRule,
    Verdict,
)
from services.intake.domain.mail import MailSetting
from services.intake.domain.meetings import Meeting, MinutesPosition, Version
from services.intake.domain.notices import Addressee, Delivery, Entry, Notice, Recipients
from services.intake.domain.reception import Reception, is_taken, state_of
from services.intake.domain.reminders import CycleReminders, Waiting, waiting_of
from services.intake.domain.roll_up import RollUp
from services.intake.domain.submissions import Submission
from services.intake.domain.vietnamese import sort_key
from services.intake.ports import Contributor, HistoryRow, Standing
from services.intake.round_ports import RoundFile
from shared.contracts.events import Event
from shared.criteria.model import Framework
from shared.plumbing.clock import Clock
from shared.plumbing.identity import Actor


@dataclass
class Store:
    """Everything that is kept."""

    councils: dict[str, Council] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    cycles: dict[str, Cycle] = field(default_factory=dict)
    frameworks: dict[str, Framework] = field(default_factory=dict)
    clusters: dict[str, tuple[CycleCluster, ...]] = field(default_factory=dict)
    roll_ups: dict[str, RollUp] = field(default_factory=dict)
    quotas: dict[str, list[Quota]] = field(default_factory=dict)
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    edited_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    submissions: dict[tuple[str, str], list[Submission]] = field(default_factory=dict)
    covenants: dict[tuple[str, str], Covenant] = field(default_factory=dict)
    contributors: dict[tuple[str, str], list[Contributor]] = field(default_factory=dict)
    proposals: dict[str, list[Proposal]] = field(default_factory=dict)
    receptions: list[Reception] = field(default_factory=list)
    declarations: dict[str, list[Round]] = field(default_factory=dict)
    challenges: list[Challenge] = field(default_factory=list)
    meetings: dict[tuple[str, str, int], Meeting] = field(default_factory=dict)
    round_files: list[RoundFile] = field(default_factory=list)
    uploads: dict[tuple[str, str, str], Upload] = field(default_factory=dict)
    explanations: dict[str, ExplanationRequest] = field(default_factory=dict)
    history: list[HistoryRow] = field(default_factory=list)
    people: dict[str, Actor] = field(default_factory=dict)
    mail: dict[str, MailSetting] = field(default_factory=dict)
    notices: list[tuple[str, Notice, datetime]] = field(default_factory=list)
    inboxes: dict[str, dict[int, datetime | None]] = field(default_factory=dict)
    reminders: dict[str, CycleReminders] = field(default_factory=dict)
    keepings: dict[str, Keeping] = field(default_factory=dict)
    retention: dict[str, RetentionRule] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


class FakeCouncils:
    def __init__(self, store: Store) -> None:
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
    def __init__(self, store: Store) -> None:
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
        for one in clusters:
            for member in one.members:
                self.store.drafts[cycle, member.unit] = Draft(cycle, member.unit, one.code)

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
    def __init__(self, store: Store) -> None:
        self.store = store

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None:
        return self.store.drafts.get((cycle, unit))

    def save_draft(self, draft: Draft, at: datetime) -> None:
        self.store.drafts[draft.cycle, draft.unit] = draft
        self.store.edited_at[draft.cycle, draft.unit] = at

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

    def add_upload(self, upload: Upload) -> None:
        self.store.uploads.setdefault((upload.cycle, upload.unit, upload.file.sha256), upload)

    def uploads(self, cycle: str, unit: str, sha256s: Iterable[str]) -> Mapping[str, Upload]:
        wanted = set(sha256s)
        return {
            sha: one for (c, u, sha), one in self.store.uploads.items() if (c, u) == (cycle, unit) and sha in wanted
        }


class FakeCovenants:
    def __init__(self, store: Store) -> None:
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
    def __init__(self, store: Store) -> None:
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


class FakeExplanations:
    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, request: str, *, lock: bool = False) -> ExplanationRequest | None:
        return self.store.explanations.get(request)

    def of_unit(self, cycle: str, unit: str) -> Sequence[ExplanationRequest]:
        known = [one for one in self.store.explanations.values() if (one.cycle, one.unit) == (cycle, unit)]
        return sorted(known, key=lambda one: (one.requested_at, one.id), reverse=True)

    def waiting(self, cycle: str, now: datetime) -> Sequence[ExplanationRequest]:
        known = [one for one in self.store.explanations.values() if one.cycle == cycle and one.is_open(now)]
        return sorted(known, key=lambda one: (one.due_at, one.unit, one.criterion))

    def save(self, request: ExplanationRequest) -> None:
        self.store.explanations[request.id] = request

    def add_answer(self, request: ExplanationRequest, answer: ExplanationAnswer) -> None:
        self.store.explanations[request.id] = replace(self.store.explanations[request.id], answer=answer)


class FakeRounds:
    def __init__(self, store: Store) -> None:
        self.store = store

    def declarations(self, cycle: str) -> Sequence[Round]:
        return list(self.store.declarations.get(cycle, []))

    def declare(self, cycle: str, declared: Round) -> None:
        self.store.declarations.setdefault(cycle, []).append(declared)

    def received(self, cycle: str, units: Collection[str]) -> Mapping[str, Submission]:
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

    def challenges(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        found = [
            one
            for one in self.store.challenges
            if one.cycle == cycle and one.unit in units and criterion in (None, one.criterion)
        ]
        return sorted(found, key=lambda one: (one.unit, one.criterion, one.number))

    def add_challenge(self, challenge: Challenge) -> None:
        self.store.challenges.append(challenge)

    def answer(self, challenge: Challenge, answer: Answer) -> None:
        self._replace(challenge, replace(challenge, answer=answer))

    def withdraw(self, challenge: Challenge, withdrawal: Withdrawal) -> None:
        self._replace(challenge, replace(challenge, withdrawal=withdrawal))

    def _replace(self, before: Challenge, after: Challenge) -> None:
        self.store.challenges[self.store.challenges.index(before)] = after

    def meetings(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        return [one for key, one in sorted(self.store.meetings.items()) if key[:2] == (cycle, cluster)]

    def add_version(self, meeting: Meeting, version: Version) -> None:
        self.store.meetings[meeting.cycle, meeting.cluster, meeting.number] = meeting.with_version(version)

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None:
        after = replace(meeting, positions=(*meeting.positions, position))
        self.store.meetings[meeting.cycle, meeting.cluster, meeting.number] = after

    def add_file(self, brought: RoundFile) -> None:
        self.store.round_files.append(brought)

    def files(self, cycle: str, cluster: str, sha256: str) -> Sequence[RoundFile]:
        return [
            one
            for one in self.store.round_files
            if (one.cycle, one.cluster, one.file.sha256) == (cycle, cluster, sha256)
        ]


class FakePeople:
    def __init__(self, store: Store) -> None:
        self.store = store

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        known = self.store.contributors.get((council, unit), [])
        return sorted(known, key=lambda one: sort_key(one.name))


class FakeNotices:
    def __init__(self, store: Store, now: datetime) -> None:
        self.store = store
        self.now = now

    def people(self, wanted: Sequence[Recipients]) -> Sequence[Addressee]:
        return [Addressee(one, self.mail_setting(one.account).mode) for one in self.store.people.values()]

    def add(self, by: str, notices: Sequence[tuple[Notice, Sequence[Delivery]]]) -> int:
        count = 0
        for notice, lines in notices:
            taken = {(one.kind, one.once) for _, one, _ in self.store.notices if one.once is not None}
            if not lines or (notice.kind, notice.once) in taken:
                continue
            self.store.notices.append((by, notice, self.now))
            for line in lines:
                self.store.inboxes.setdefault(line.account, {})[len(self.store.notices)] = None
            count += len(lines)
        return count

    def inbox(self, account: str, before: int | None, limit: int) -> Sequence[Entry]:
        numbers = sorted(self.store.inboxes.get(account, {}), reverse=True)
        found = [self.entry(account, number) for number in numbers if before is None or number < before]
        return [one for one in found if one is not None][:limit]

    def entry(self, account: str, number: int) -> Entry | None:
        if number not in self.store.inboxes.get(account, {}):
            return None
        by, notice, at = self.store.notices[number - 1]
        cycle = self.store.cycles.get(notice.cycle or "")
        rows = self.store.rows.get(notice.to.council, [])
        units = {row.code: row for row in rows if isinstance(row, Unit)}
        return Entry(
            number=number,
            kind=notice.kind,
            council=notice.to.council,
            cycle=notice.cycle,
            cycle_title=title_document(cycle.title) if cycle else {},
            unit=notice.unit,
            unit_title=title_document(units[notice.unit].title) if notice.unit in units else {},
            detail=notice.detail,
            by=by,
            at=at,
            read_at=self.store.inboxes[account][number],
        )

    def unread(self, account: str) -> int:
        return sum(read_at is None for read_at in self.store.inboxes.get(account, {}).values())

    def mark_read(self, account: str, numbers: Sequence[int] | None) -> int:
        lines = self.store.inboxes.get(account, {})
        chosen = [one for one, at in lines.items() if at is None and (numbers is None or one in numbers)]
        lines.update(dict.fromkeys(chosen, self.now))
        return len(chosen)

    def mail_setting(self, account: str) -> MailSetting:
        return self.store.mail.get(account, MailSetting())

    def save_mail_setting(self, account: str, setting: MailSetting) -> None:
        self.store.mail[account] = setting


class FakeReminders:
    def __init__(self, store: Store) -> None:
        self.store = store

    def of(self, cycle: str) -> CycleReminders:
        return self.store.reminders.get(cycle, CycleReminders())

    def save(self, cycle: str, reminders: CycleReminders) -> None:
        self.store.reminders[cycle] = reminders

    def waiting(self, cycle: str) -> Sequence[Waiting]:
        drafts = sorted((unit, draft) for (code, unit), draft in self.store.drafts.items() if code == cycle)
        return [one for unit, draft in drafts for one in waiting_of(unit, draft.contributions)]


class FakeKeepings:
    def __init__(self, store: Store) -> None:
        self.store = store

    def of(self, sha256s: Iterable[str]) -> Mapping[str, Keeping]:
        return {sha: self._now(sha) for sha in sha256s if sha in self.store.keepings}

    def _now(self, sha256: str) -> Keeping:
        """A file that was brought again after its deletion is there again."""
        kept = self.store.keepings.get(sha256, Keeping())
        brought = [one.at for (_, _, sha), one in self.store.uploads.items() if sha == sha256]
        if kept.deleted_at is not None and any(at > kept.deleted_at for at in brought):
            return replace(kept, deleted_at=None, legal_source="")
        return kept

    def unscanned(self, limit: int) -> Sequence[str]:
        known = sorted(self.store.uploads.values(), key=lambda one: (one.at, one.file.sha256))
        shas = dict.fromkeys(one.file.sha256 for one in known)
        kept = {sha: self._now(sha) for sha in shas}
        return [sha for sha, one in kept.items() if one.scan == NOT_SCANNED and one.deleted_at is None][:limit]

    def add_scan(self, sha256: str, verdict: Verdict, at: datetime) -> bool:
        before = self.store.keepings.get(sha256, Keeping())
        if before.scan != NOT_SCANNED:
            return False
        scan = CLEAN if verdict.clean else REFUSED
        self.store.keepings[sha256] = replace(before, scan=scan, found=verdict.found)
        return True

    def brought_by(self, sha256: str) -> Sequence[tuple[str, str, str]]:
        return [(c, u, one.account) for (c, u, sha), one in self.store.uploads.items() if sha == sha256]

    def rules(self) -> Mapping[str, RetentionRule]:
        return dict(self.store.retention)

    def save_rule(self, cycle: str, rule: RetentionRule) -> None:
        self.store.retention[cycle] = rule

    def only_in(self, cycles: Collection[str], limit: int) -> Sequence[ExpiredFile]:
        found: dict[str, ExpiredFile] = {}
        for (cycle, unit, sha), one in sorted(self.store.uploads.items(), key=lambda item: item[1].at):
            holders = {code for code, _, _ in self.brought_by(sha)}
            deleted = self._now(sha).deleted_at is not None
            if holders <= set(cycles) and not deleted:
                found.setdefault(sha, ExpiredFile(sha, one.file.size, cycle, unit))
        return [found[sha] for sha in sorted(found)][:limit]

    def hold(self, sha256: str) -> None:
        pass

    def add_deletion(self, sha256: str, legal_source: str, at: datetime) -> None:
        before = self.store.keepings.get(sha256, Keeping())
        self.store.keepings[sha256] = replace(before, deleted_at=at, legal_source=legal_source)


class FakeHistory:
    def __init__(self, store: Store) -> None:
        self.store = store

    def record(self, row: HistoryRow) -> None:
        self.store.history.append(row)

    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]:
        return [row for row in reversed(self.store.history) if row.subject == subject][:limit]


class FakeView:
    def __init__(self, store: Store, now: datetime) -> None:
        self.now = now
        self.councils = FakeCouncils(store)
        self.cycles = FakeCycles(store)
        self.assessments = FakeAssessments(store)
        self.covenants = FakeCovenants(store)
        self.explanations = FakeExplanations(store)
        self.people = FakePeople(store)
        self.adoption = FakeAdoption(store)
        self.rounds = FakeRounds(store)
        self.notices = FakeNotices(store, now)
        self.reminders = FakeReminders(store)
        self.keepings = FakeKeepings(store)
        self.history = FakeHistory(store)


class FakeUnitOfWork(FakeView):
    def __init__(self, intake: "FakeIntake") -> None:
        self.intake = intake
        self.store = copy.deepcopy(intake.store)
        self.rings: list[tuple[str, str]] = []
        super().__init__(self.store, intake.clock.now())

    def publish(self, event: Event) -> None:
        self.store.events.append(event)

    def ring(self, task: str, queue: str) -> None:
        self.rings.append((task, queue))

    def commit(self) -> None:
        self.intake.store = self.store
        self.intake.rings += self.rings


class FakeIntake:
    """`services.intake.ports.Intake` in memory; `events` and `rings` show what others would be told."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.store = Store()
        self.rings: list[tuple[str, str]] = []

    @contextmanager
    def unit_of_work(self) -> Iterator[FakeUnitOfWork]:
        yield FakeUnitOfWork(self)

    @contextmanager
    def view(self) -> Iterator[FakeView]:
        yield FakeView(copy.deepcopy(self.store), self.clock.now())

    def events(self) -> list[Event]:
        """The feed so far."""
        return list(self.store.events)
