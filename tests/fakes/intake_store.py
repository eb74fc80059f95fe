"""What the fakes of intake keep: everything in one place, copied for each unit of work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.intake.adoption.model import Proposal
from services.intake.assessments.model import Draft
from services.intake.challenges.model import Challenge
from services.intake.covenants.model import Covenant
from services.intake.cycles.model import Cycle, CycleCluster, Quota, RollUp
from services.intake.directory.model import Council
from services.intake.files.model import FileState, RetentionRule, Upload
from services.intake.inbox.model import MailSetting
from services.intake.meetings.model import Meeting
from services.intake.notices.model import Notice
from services.intake.people.model import Contributor, HistoryRow
from services.intake.questions.model import ExplanationRequest
from services.intake.reminders.model import CycleReminders
from services.intake.rounds.model import Round, RoundFile
from services.intake.submissions.model import Reception, Submission
from shared.contracts.events import Event
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass
class Kept:
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
    file_states: dict[str, FileState] = field(default_factory=dict)
    retention: dict[str, RetentionRule] = field(default_factory=dict)
    verified: dict[tuple[str, str], tuple[Mapping[str, float], bool]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
