"""Who reads in the cluster round, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from services.intake.cycles.model import ARCHIVED, DRAFT, INTAKE_CLOSED, OPEN, Cycle, Extension
from services.intake.rounds.model import Quorum, Round
from services.intake.rounds.rules import reads
from shared.criteria.model import Title

OVER = datetime(2026, 12, 1, tzinfo=UTC)
NOW = OVER + timedelta(days=10)
CYCLE = Cycle(
    code="c",
    council="central",
    title=Title(vi="Năm"),
    period="2026",
    period_kind="year",
    deadline_at=OVER,
    closes_at=OVER,
    framework_sha256="0" * 64,
    synthetic=False,
    notice=None,
    state=INTAKE_CLOSED,
)
DAYS = Round(
    NOW - timedelta(days=1),
    NOW + timedelta(days=1),
    NOW,
    Quorum(Fraction(2, 3), "Quy chế", "regulation"),
    "",
    "a",
    "A",
    OVER,
)


def test_members_read_on_the_declared_days_of_a_closed_cycle() -> None:
    assert reads(CYCLE, DAYS, ("HN",), NOW)
    assert not reads(CYCLE, None, ("HN",), NOW)
    assert not reads(CYCLE, DAYS, (), NOW)
    assert not reads(CYCLE, DAYS, ("HN",), DAYS.closes_at)


@pytest.mark.parametrize("state", [DRAFT, OPEN, ARCHIVED])
def test_nobody_reads_before_intake_is_closed_or_when_the_cycle_is_put_away(state: str) -> None:
    """Its time being over does not close a cycle: until that is done somebody may still be sending."""
    assert not CYCLE.takes("HN", NOW)
    assert not reads(replace(CYCLE, state=state), DAYS, ("HN",), NOW)


def test_who_may_still_send_does_not_read() -> None:
    later = Extension("HN", NOW + timedelta(days=5), NOW + timedelta(days=5), "Bão", "", "a", "A", OVER)
    assert not reads(CYCLE.extended([later]), DAYS, ("HN",), NOW)
    assert reads(CYCLE.extended([later]), DAYS, ("HP",), NOW)
