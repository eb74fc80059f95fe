"""The table and the tally of one cluster on one page, apart."""

from dataclasses import dataclass

from services.ranking.council.model import AnnouncedTally, SideBySide
from services.ranking.council.rules import side_by_side
from services.ranking.people.model import COUNCIL_READERS
from services.ranking.people.rules import refuse_unless
from services.ranking.ports import View
from services.ranking.scoring.model import ClusterStandings
from services.ranking.scoring.queries import standings
from shared.people import Actor


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


def table_and_tallies(view: View, actor: Actor, cycle: str, cluster: str) -> CouncilView:
    """Table and tallies of a frozen cluster."""
    shown = standings(view, actor, cycle, cluster)
    refuse_unless(actor.may(COUNCIL_READERS, council=shown.cycle.council, cluster=cluster))
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
            for tally in view.tallies.announced(cycle, cluster)
        ),
    )
