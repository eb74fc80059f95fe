"""The council view: one page, table and vote apart."""

from flask import Blueprint, render_template

from services.ranking.council.queries import table_and_tallies
from services.ranking.ports import Store
from services.ranking.scoring.rules.score_tables import standings_table
from shared.web.access import current_actor


def council_pages(store: Store) -> Blueprint:
    """The blueprint `council_pages`."""
    blueprint = Blueprint("council_pages", __name__)

    @blueprint.get("/cycles/<slug:cycle>/clusters/<code:cluster>/council")
    def cluster(cycle: str, cluster: str) -> str:
        """Table and tallies of one cluster."""
        with store.view() as view:
            found = table_and_tallies(view, current_actor(), cycle, cluster)
        return render_template(
            "council/cluster.html",
            view=found,
            table=standings_table(found.shown, ()),
            decimals=found.shown.framework.rounding,
            gates={gate.code: gate for gate in found.shown.framework.gates},
        )

    return blueprint
