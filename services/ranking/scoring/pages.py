"""Scoring for people: freezing a cluster, its table, and every part of one unit's points."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.ranking.ports import Store
from services.ranking.schemas import LONGEST_REASON
from services.ranking.scoring.actions import freeze_cluster
from services.ranking.scoring.model import ClusterStandings
from services.ranking.scoring.queries import standings as standings_of
from services.ranking.scoring.rules.score_tables import columns_of, shown_decimals, standings_table, unit_of
from services.ranking.scoring.schemas import FreezeSchema
from services.ranking.web import ShowCycle, confirm
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.forms import load_form, typed

CLUSTER = "/cycles/<slug:cycle>/clusters/<code:cluster>"


def scoring_pages(store: Store, show_cycle: ShowCycle) -> Blueprint:
    """The blueprint `scoring_pages`; a refusal to freeze is shown on the cycle's page."""
    blueprint = Blueprint("scoring_pages", __name__)

    def found(cycle: str, cluster: str) -> ClusterStandings:
        with store.view() as view:
            return standings_of(view, current_actor(), cycle, cluster)

    @blueprint.post(f"{CLUSTER}/freeze")
    def freeze(cycle: str, cluster: str) -> Any:
        """Freeze a cluster."""
        values = {"absent": request.form.getlist("absent"), "reason": typed("reason")}
        wording = {
            "absent": sentence("The unit is not absent."),
            "reason": sentence("At most %(most)s characters are taken here.", most=LONGEST_REASON),
        }
        try:
            command = load_form(FreezeSchema(), values, wording)
            sheet = freeze_cluster(store, current_actor(), cycle, cluster, **command)
        except Refusal as refusal:
            return show_cycle(cycle, refusal)
        confirm(sentence("The scores are frozen (version %(version)s).", version=sheet.version))
        return redirect(url_for(".standings", cycle=cycle, cluster=cluster), 303)

    @blueprint.get(CLUSTER)
    def standings(cycle: str, cluster: str) -> str:
        """The table of a frozen cluster."""
        shown = found(cycle, cluster)
        columns = columns_of(shown.framework)
        return render_template(
            "scoring/standings.html",
            shown=shown,
            cycle=shown.cycle,
            columns=columns,
            table=standings_table(shown, columns),
            decimals=shown.framework.rounding,
            part_decimals=shown_decimals(shown.framework),
            gates={gate.code: gate for gate in shown.framework.gates},
        )

    @blueprint.get(f"{CLUSTER}/units/<code:unit>")
    def unit(cycle: str, cluster: str, unit: str) -> str:
        """Every part of one unit's points and what it rests on."""
        shown = found(cycle, cluster)
        frozen = unit_of(shown, unit)
        if frozen is None:
            raise Refusal("unit_unknown", Kind.NOT_FOUND, sentence("There is no such unit in this cluster."))
        columns = columns_of(shown.framework)
        return render_template(
            "scoring/unit.html",
            shown=shown,
            cycle=shown.cycle,
            frozen=frozen,
            row=next(row for row in standings_table(shown, columns).rows if row.unit == unit),
            columns=columns,
            scores={score.criterion: score for score in frozen.scores},
            decimals=shown.framework.rounding,
            part_decimals=shown_decimals(shown.framework),
        )

    return blueprint
