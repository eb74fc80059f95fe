"""Whatever is done with ballots, in whatever order: no row of scoring changes, and the count is what was put in."""

import itertools
import tempfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.ranking.voting import tables
from services.ranking.voting.model import Base, Opening, Paper, Rule, Share, Status
from services.ranking.voting.rules.counting import counted
from services.ranking.voting.rules.methods import method_named
from shared.contracts.refusals import Refusal
from tests.integration.ranking.conftest import CLUSTERS, LEAD, TELLER, World, leader
from tests.servers import Databases
from tests.sizes import examples

UNITS = CLUSTERS["BAC"]
CYCLES = (f"trial-{number}" for number in itertools.count())
lines = st.none() | st.sampled_from((*UNITS, "CT"))
rules = st.builds(
    Rule,
    st.sampled_from([Share(2, 3), Share(1, 2, more_than=True), Share(0, 1), Share(1, 1)]),
    st.just(Base.ROLL),
    st.just("trial"),
    st.sampled_from(list(Status)),
)


class Ballots(RuleBasedStateMachine):
    """One cluster's ballots beside a model of what was put in."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.cycle = next(CYCLES)
        self.world.freeze_again_as(self.cycle)
        self.scores = self.world.fingerprint()
        self.box: uuid.UUID | None = None
        self.papers: dict[str, Paper] = {}
        self.receipts: dict[str, str] = {}

    def attempt(self, call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except Refusal as refused:
            return refused

    @rule(name=st.sampled_from(["one_per_place", "approval"]), places=st.integers(1, 6), quorum=rules)
    def open_box(self, name: str, places: int, quorum: Rule) -> None:
        opening = Opening(
            self.cycle,
            "BAC",
            method_named(name, places),
            None,
            self.world.clock.now() + timedelta(hours=3),
            quorum,
            quorum,
        )
        opened = self.attempt(self.world.voting.open_box, TELLER, opening)
        if isinstance(opened, Refusal):
            return
        assert self.box is None
        self.box, self.papers, self.receipts = opened.id, {}, {}

    @precondition(lambda self: self.box is not None)
    @rule(unit=st.sampled_from(UNITS), by=st.sampled_from(UNITS), names=st.lists(lines, max_size=4))
    def cast(self, unit: str, by: str, names: list[str | None]) -> None:
        result = self.attempt(self.world.voting.cast, leader(by), self.box, unit, tuple(names))
        if isinstance(result, Refusal):
            return
        assert by == unit
        assert unit not in self.papers
        self.papers[unit], self.receipts[unit] = tuple(names), result

    @precondition(lambda self: self.box is not None)
    @rule(names=st.permutations(UNITS), count=st.integers(0, 3))
    def everybody_else_casts(self, names: list[str], count: int) -> None:
        for unit in UNITS:
            self.cast(unit, unit, list(names[:count]))

    @rule(minutes=st.integers(1, 60))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.forward(minutes=minutes)

    @precondition(lambda self: self.box is not None)
    @rule(wait=st.booleans())
    def close(self, wait: bool) -> None:
        assert self.box is not None
        if wait:
            self.world.clock.forward(hours=4)
        plan = self.world.voting.view(TELLER, self.box).box.plan
        result = self.attempt(self.world.voting.close_box, TELLER, self.box)
        if isinstance(result, Refusal):
            assert result.code == "voting_goes_on"
            return
        announced, expected = result.document, counted(plan, UNITS, list(self.papers.values()))
        assert announced["returned"] == len(self.papers)
        if announced["withheld"] is None:
            assert tuple(announced[name] for name in ("valid", "blank", "unreadable")) == (
                expected.valid,
                expected.blank,
                0,
            )
            assert [[(count["unit"], count["votes"]) for count in line["counts"]] for line in announced["lines"]] == [
                list(line.counts) for line in expected.lines
            ]
        else:
            assert len(self.papers) < max(announced["quorum"]["needed"], 3)
        for receipt in self.receipts.values():
            self.world.voting.receipt_included(TELLER, self.box, receipt)
        self.box = None

    @invariant()
    def no_score_changed(self) -> None:
        assert self.world.fingerprint() == self.scores

    @invariant()
    def the_box_holds_what_was_put_in_and_says_nothing(self) -> None:
        if self.box is None:
            return
        seen = self.world.voting.view(TELLER, self.box)
        assert seen.roll is not None
        assert {entry.unit for entry in seen.roll if entry.voted} == set(self.papers)
        assert seen.tally is None
        with self.world.ballots.reader() as connection:
            sealed = sa.select(sa.func.count()).where(tables.sealed_ballot.c.box == self.box)
            counted_papers = sa.select(sa.func.count()).where(tables.ballot.c.box == self.box)
            assert connection.execute(sealed).scalar_one() == len(self.papers)
            assert connection.execute(counted_papers).scalar_one() == 0

    def teardown(self) -> None:
        assert self.world.scoring.standings(LEAD, "nam-2025", "BAC").order


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    made = databases.make("ranking")
    with tempfile.TemporaryDirectory() as folder:
        built = World(made.urls, Path(folder))
        built.everything_arrives()
        built.freeze_everything()
        yield built
        built.close()
    databases.drop(made)


def test_no_sequence_of_ballot_operations_changes_a_score(world: World) -> None:
    Ballots.world = world
    hypothesis.stateful.run_state_machine_as_test(
        Ballots, settings=hypothesis.settings(max_examples=examples(20), stateful_step_count=15, deadline=None)
    )
