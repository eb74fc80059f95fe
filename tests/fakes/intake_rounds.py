"""Intake's questions, challenges and meetings, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.intake.challenges.model import Answer, Challenge, Withdrawal
from services.intake.meetings.model import Meeting, MinutesPosition, Version
from services.intake.questions.model import Answer as ExplanationAnswer
from services.intake.questions.model import ExplanationRequest
from services.intake.rounds.model import Round, RoundFile
from tests.fakes.intake_store import Kept


class FakeQuestions:
    def __init__(self, store: Kept) -> None:
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
    def __init__(self, store: Kept) -> None:
        self.store = store

    def declarations(self, cycle: str) -> Sequence[Round]:
        return list(self.store.declarations.get(cycle, []))

    def declare(self, cycle: str, declared: Round) -> None:
        self.store.declarations.setdefault(cycle, []).append(declared)

    def add_file(self, brought: RoundFile) -> None:
        self.store.round_files.append(brought)

    def files(self, cycle: str, cluster: str, sha256: str) -> Sequence[RoundFile]:
        return [
            one
            for one in self.store.round_files
            if (one.cycle, one.cluster, one.file.sha256) == (cycle, cluster, sha256)
        ]


class FakeChallenges:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def of_units(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        found = [
            one
            for one in self.store.challenges
            if one.cycle == cycle and one.unit in units and criterion in (None, one.criterion)
        ]
        return sorted(found, key=lambda one: (one.unit, one.criterion, one.number))

    def add(self, challenge: Challenge) -> None:
        self.store.challenges.append(challenge)

    def answer(self, challenge: Challenge, answer: Answer) -> None:
        self._replace(challenge, replace(challenge, answer=answer))

    def withdraw(self, challenge: Challenge, withdrawal: Withdrawal) -> None:
        self._replace(challenge, replace(challenge, withdrawal=withdrawal))

    def _replace(self, before: Challenge, after: Challenge) -> None:
        self.store.challenges[self.store.challenges.index(before)] = after


class FakeMeetings:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def of_cluster(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        return [one for key, one in sorted(self.store.meetings.items()) if key[:2] == (cycle, cluster)]

    def add_version(self, meeting: Meeting, version: Version) -> None:
        self.store.meetings[meeting.cycle, meeting.cluster, meeting.number] = meeting.with_version(version)

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None:
        after = replace(meeting, positions=(*meeting.positions, position))
        self.store.meetings[meeting.cycle, meeting.cluster, meeting.number] = after
