"""The council view: the table and the tally of one cluster on one page, apart. It reads both and writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.ranking.council.model import SideBySide
from services.ranking.council.rules import side_by_side
from services.ranking.people.model import COUNCIL_READERS
from services.ranking.people.rules import refuse_unless
from services.ranking.council.ports import Tallies
from services.ranking.scoring.actions import ClusterStandings, Scoring
from services.ranking.voting.model import AnnouncedTally
from shared.people import Actor
from shared.plumbing.database import Database


@dataclass(frozen=True)
class Ballot:
    """One announced tally laid beside the table."""

    tally: AnnouncedTally
    beside: SideBySide


@dataclass(frozen=True)
class CouncilView:
    """A frozen cluster and its ballots, newest round first."""

    shown: ClusterStandings
    ballots: tuple[Ballot, ...]


class Council:
    """What the Council reads."""

    def __init__(self, database: Database, scoring: Scoring, tallies: Callable[[Any], Tallies]) -> None:
        self.database = database
        self.scoring = scoring
        self.tallies = tallies

    def view(self, actor: Actor, cycle: str, cluster: str) -> CouncilView:
        """Table and tallies of a frozen cluster."""
        shown = self.scoring.standings(actor, cycle, cluster)
        refuse_unless(actor.may(COUNCIL_READERS, council=shown.cycle.council, cluster=cluster))
        with self.database.reader() as connection:
            tallies = self.tallies(connection).announced(cycle, cluster)
        ranks = [(shown.units[row].unit, int(shown.standings.rank[row]) or None) for row in shown.order]
        return CouncilView(
            shown,
            tuple(
                Ballot(
                    tally,
                    side_by_side(
                        ranks,
                        [outcome["units"] for outcome in tally.document["outcomes"]],
                        ordered=tally.document["method"] == "one_per_place",
                        ballot_sheet_sha256=tally.sheet_sha256,
                        sheet_sha256=shown.sheet.sheet_sha256,
                    ),
                )
                for tally in tallies
            ),
        )
