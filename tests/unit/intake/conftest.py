"""Intake in memory."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.intake.adapters.evidence_files import EvidenceFolder
from shared.contracts.events import Event
from shared.plumbing.clock import FrozenClock
from tests.fakes.intake import FakeIntake


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 3, tzinfo=UTC))


@pytest.fixture
def intake(clock: FrozenClock) -> FakeIntake:
    return FakeIntake(clock)


@pytest.fixture
def feed(intake: FakeIntake) -> Callable[[], list[Event]]:
    return intake.events


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")
