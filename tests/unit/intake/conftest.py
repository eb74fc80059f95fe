"""Intake in memory."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.intake.files.clients.folder import EvidenceFolder
from services.intake.people.model import Contributor
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.people import Actor
from tests.builders.intake import COUNCIL, department
from tests.fakes.intake import FakeStore


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 3, tzinfo=UTC))


@pytest.fixture
def intake(clock: FrozenClock) -> FakeStore:
    return FakeStore(clock)


@pytest.fixture
def feed(intake: FakeStore) -> Callable[[], list[Event]]:
    return intake.events


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


@pytest.fixture
def hire(intake: FakeStore) -> Callable[[Actor], Actor]:
    """Gives a person an account, so that notices reach them."""

    def make(actor: Actor) -> Actor:
        hired = replace(actor, account=str(uuid.uuid5(uuid.NAMESPACE_URL, actor.account)))
        intake.store.people[hired.account] = hired
        return hired

    return make


@pytest.fixture
def employ(intake: FakeStore) -> Callable[..., Actor]:
    """Gives a unit a contributor to whom items can be assigned."""

    def make(name: str, unit: str = "HN") -> Actor:
        actor = department(name, unit)
        known = intake.store.contributors.setdefault((COUNCIL, unit), [])
        known.append(Contributor(actor.account, name))
        intake.store.people[actor.account] = actor
        return actor

    return make
