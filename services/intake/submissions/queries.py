"""What was sent, as far as the reader may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from services.intake.cycles.model import Cycle, Member
from services.intake.cycles.queries import find_cycle
from services.intake.files.model import FileState, Upload
from services.intake.files.rules import refuse_handing_out
from services.intake.people.rules import (
    checks,
    fills_in,
    looks_at_everything,
    not_found,
    reads_submissions,
    receives,
    refuse_unless,
)
from services.intake.ports import EvidenceFiles, Store, View
from services.intake.rounds.queries import reads_as_member
from services.intake.submissions.model import Difference, Reception, Submission
from services.intake.submissions.rules import differences, is_taken, shown_to_members, state_of
from shared.criteria.model import Framework
from shared.people import Actor


class EvidenceFile(NamedTuple):
    """A file on the disk, and who brought it as what."""

    path: Path
    upload: Upload


def find_evidence(
    store: Store, files: EvidenceFiles, actor: Actor, cycle_code: str, unit: str, sha256: str
) -> EvidenceFile:
    """The file and what is known of it, for the unit's own people, those who check it, services, and, on the days of
    the cluster round, the other members where the framework discloses it."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        upload = view.assessments.uploads(cycle_code, unit, [sha256]).get(sha256)
        allowed = looks_at_everything(actor, cycle.council, unit)
        if not allowed and upload is not None and fills_in(actor, cycle.council, unit):
            allowed = upload.account == actor.account
        if not allowed and checks(actor, cycle.council, unit, member.cluster if member else None):
            # Those who check see what was sent, not what a draft still holds.
            allowed = upload is None or _was_sent(view.submissions.submissions(cycle_code, unit), sha256)
        if not allowed and upload is not None and member and reads_as_member(view, actor, cycle, member.cluster):
            read = view.submissions.newest_received(cycle_code, [unit]).values()
            framework = view.cycles.framework(cycle.framework_sha256)
            allowed = _was_sent([shown_to_members(one, framework) for one in read], sha256)
        state = view.retention.of([sha256]).get(sha256, FileState())
    refuse_unless(allowed)
    if upload is not None:
        own = fills_in(actor, cycle.council, unit)
        refuse_handing_out(state, scanned=files.scanned, own=own)
    path = files.path(sha256) if upload else None
    if upload is None or path is None:
        raise not_found()
    return EvidenceFile(path, upload)


def _was_sent(submissions: Sequence[Submission], sha256: str) -> bool:
    return any(
        entry["sha256"] == sha256
        for submission in submissions
        for entry in (
            *(entry for item in submission.content["items"] for entry in item["evidence"]),
            submission.content.get("dossier") or {"sha256": None},
        )
    )


@dataclass(frozen=True)
class SubmissionsView:
    """What a unit sent in a cycle, newest first."""

    cycle: Cycle
    framework: Framework
    member: Member
    submissions: Sequence[Submission]
    steps: Sequence[Reception] = ()
    may_receive: bool = False
    has_round: bool = False  # the days of a cluster round are declared
    as_member: bool = False  # read by another member of the cluster, on the days of the cluster round

    def steps_of(self, number: int) -> list[Reception]:
        """What staff did with a version, oldest first."""
        return [step for step in self.steps if step.number == number]

    def state_of(self, number: int) -> str:
        """Where a version stands: submitted, received, accepted or returned."""
        return state_of(self.steps_of(number))


def read_submissions(store: Store, actor: Actor, cycle_code: str, unit: str) -> SubmissionsView:
    """Everything a unit sent, newest first."""
    with store.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        return _view(view, actor, found, view.submissions.submissions(cycle_code, unit))


def read_submission(store: Store, actor: Actor, cycle_code: str, unit: str, number: int) -> SubmissionsView:
    """One version of what a unit sent."""
    with store.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        submission = view.submissions.submission(cycle_code, unit, number)
        read = _view(view, actor, found, [] if submission is None else [submission])
        if not read.submissions:
            raise not_found()
        return read


class Comparison(NamedTuple):
    """Two versions, and what the newer says differently."""

    view: SubmissionsView
    differences: tuple[Difference, ...]


def compare_submissions(
    store: Store, actor: Actor, cycle_code: str, unit: str, number: int, since: int | None = None
) -> Comparison:
    """What version `number` says differently from version `since` (by default the one before); both in the view."""
    with store.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        after = view.submissions.submission(cycle_code, unit, number)
        before = view.submissions.submission(cycle_code, unit, number - 1 if since is None else since)
        read = _view(view, actor, found, [one for one in (after, before) if one is not None])
        if len(read.submissions) < 2:
            raise not_found()
        after, before = read.submissions
        return Comparison(read, differences(before.content, after.content, read.framework))


@dataclass(frozen=True)
class Readable:
    """A member whose submissions somebody may read: as its own people and the staff do, or as another member does."""

    cycle: Cycle
    member: Member
    as_member: bool


def _view(view: View, actor: Actor, found: Readable, submissions: Sequence[Submission]) -> SubmissionsView:
    cycle, member = found.cycle, found.member
    framework = view.cycles.framework(cycle.framework_sha256)
    steps = view.submissions.receptions(cycle.code, member.unit)
    if found.as_member:
        taken = {one.number for one in submissions if is_taken([step for step in steps if step.number == one.number])}
        submissions = [shown_to_members(one, framework) for one in submissions if one.number in taken]
        steps = [step for step in steps if step.number in taken]
    return SubmissionsView(
        cycle=cycle,
        framework=framework,
        member=member,
        submissions=submissions,
        steps=steps,
        may_receive=receives(actor, cycle.council, member.unit, member.cluster),
        has_round=bool(view.rounds.declarations(cycle.code)),
        as_member=found.as_member,
    )


def find_readable(view: View, actor: Actor, cycle_code: str, unit: str) -> Readable:
    """The cycle and member whose submissions the actor may read."""
    cycle = find_cycle(view, actor, cycle_code)
    member = view.cycles.member(cycle_code, unit)
    cluster = member.cluster if member else None
    allowed = reads_submissions(actor, cycle.council, unit, cluster)
    as_member = not allowed and cluster is not None and reads_as_member(view, actor, cycle, cluster)
    refuse_unless(allowed or as_member)
    if member is None:
        raise not_found()
    return Readable(cycle, member, as_member)
