"""The council view: one page, table and vote apart."""

from flask import Blueprint, render_template

from services.ranking.council.queries import Council
from services.ranking.scoring.rules.score_tables import standings_table
from shared.web.access import current_actor


def council_pages(council: Council) -> Blueprint:
    """The blueprint `council_pages`."""
    blueprint = Blueprint("council_pages", __name__)

    @blueprint.get("/cycles/<slug:cycle>/clusters/<code:cluster>/council")
    def cluster(cycle: str, cluster: str) -> str:
        """Table and tallies of one cluster."""
        view = council.view(current_actor(), cycle, cluster)
        return render_template(
            "scoring/council.html",
            view=view,
            table=standings_table(view.shown, ()),
            decimals=view.shown.framework.rounding,
            gates={gate.code: gate for gate in view.shown.framework.gates},
        )

    return blueprint
