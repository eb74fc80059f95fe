"""Scoring for people: published editions, a cycle's readiness, freezing, issuing, the Council's act."""

import json
import re
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from services.ranking.editions.model import AUDIENCES, StoredEdition
from services.ranking.people import model as readers
from services.ranking.editions.actions import Editions
from services.ranking.scoring.actions import Scoring
from services.ranking.scoring.rules.score_tables import (
    columns_of,
    edition_tables,
    shown_decimals,
    standings_table,
    unit_of,
)
from shared.contracts.fields import CODE
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.loader import load_document
from shared.web.access import current_actor
from shared.web.frame import Place
from shared.web.languages import said as in_words
from shared.web.problems import STATUS

NAVIGATION = (Place("scoring_pages.home", N_("Rankings")),)
LONGEST_REASON = 2000
LONGEST_RECORD = 200


def scoring_pages(scoring: Scoring, editions: Editions) -> Blueprint:
    """The blueprint `scoring_pages`."""
    blueprint = Blueprint("scoring_pages", __name__)
    shown, acts = _Shown(scoring, editions), _Acts(scoring, editions)
    cycle = "/cycles/<slug:cycle>"
    cluster = f"{cycle}/clusters/<code:cluster>"
    edition = f"{cycle}/editions/<audience:audience>/<number:number>"
    for path, name, view, methods in (
        ("/", "home", shown.home, ["GET"]),
        (cycle, "cycle", shown.cycle, ["GET"]),
        (cluster, "standings", shown.standings, ["GET"]),
        (f"{cluster}/units/<code:unit>", "unit", shown.unit, ["GET"]),
        (edition, "edition", shown.edition, ["GET"]),
        (f"{cluster}/freeze", "freeze", acts.freeze, ["POST"]),
        (f"{cycle}/editions", "issue", acts.issue, ["POST"]),
        (f"{edition}/publication", "publish", acts.publish, ["POST"]),
    ):
        blueprint.add_url_rule(path, name, view, methods=methods)
    return blueprint


class _Shown:
    """Pages that only show."""

    def __init__(self, scoring: Scoring, editions: Editions) -> None:
        self.scoring = scoring
        self.editions = editions

    def home(self) -> str:
        """What is published for everybody; below it the cycles of the reader's councils."""
        actor = current_actor()
        cycles = self.scoring.cycles(actor) if actor.is_known else []
        return render_template("scoring/home.html", published=self.editions.published(), cycles=cycles)

    def cycle(self, cycle: str, refusal: Refusal | None = None) -> Any:
        """Per cluster what is missing, frozen or changed; the editions; what the reader may do."""
        actor = current_actor()
        overview = self.scoring.overview(actor, cycle)
        council = overview.cycle.council
        page = render_template(
            "scoring/cycle.html",
            overview=overview,
            cycle=overview.cycle,
            may_freeze=actor.may(readers.BOARD, council=council),
            may_read_council=actor.may(readers.COUNCIL_READERS, council=council),
            all_frozen=bool(overview.clusters) and all(c.sheet for c in overview.clusters),
            last={edition.audience: edition for edition in reversed(overview.editions)},
            refusal=refusal,
        )
        return (page, STATUS[refusal.kind]) if refusal else page

    def standings(self, cycle: str, cluster: str) -> str:
        """The table of a frozen cluster."""
        shown = self.scoring.standings(current_actor(), cycle, cluster)
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

    def unit(self, cycle: str, cluster: str, unit: str) -> str:
        """Every part of one unit's points and what it rests on."""
        shown = self.scoring.standings(current_actor(), cycle, cluster)
        frozen = unit_of(shown, unit)
        if frozen is None:
            raise Refusal("unit_unknown", Kind.NOT_FOUND, sentence("There is no such unit in this cluster."))
        columns = columns_of(shown.framework)
        row = next(row for row in standings_table(shown, columns).rows if row.unit == unit)
        return render_template(
            "scoring/unit.html",
            shown=shown,
            cycle=shown.cycle,
            frozen=frozen,
            row=row,
            columns=columns,
            scores={score.criterion: score for score in frozen.scores},
            decimals=shown.framework.rounding,
            part_decimals=shown_decimals(shown.framework),
        )

    def edition(self, cycle: str, audience: str, number: int, refusal: Refusal | None = None) -> Any:
        """An edition: its tables, its signature, how anybody checks it."""
        actor = current_actor()
        edition, content = self.editions.edition(actor, cycle, audience, number)
        document = json.loads(content)
        framework = load_document(document["inputs"]["framework"])
        columns = columns_of(framework)
        units = self.editions.unit_titles(edition)
        council = self.editions.council_of(edition)
        page = render_template(
            "scoring/edition.html",
            edition=edition,
            head=document["edition"],
            signature=document["signature"],
            framework=framework,
            columns=columns,
            cluster_tables=edition_tables(document, columns, self.editions.cluster_titles(edition), units),
            units=units,
            decimals=framework.rounding,
            part_decimals=shown_decimals(framework),
            gates={gate.code: gate for gate in framework.gates},
            newer=self.editions.newer(actor, edition),
            may_publish=_may_publish(edition) and actor.may(readers.COUNCIL, council=council),
            refusal=refusal,
        )
        return (page, STATUS[refusal.kind]) if refusal else page


def _may_publish(edition: StoredEdition) -> bool:
    return edition.audience == "public" and edition.publication is None


class _Acts:
    """Forms that were sent."""

    def __init__(self, scoring: Scoring, editions: Editions) -> None:
        self.scoring = scoring
        self.editions = editions
        self.shown = _Shown(scoring, editions)

    def freeze(self, cycle: str, cluster: str) -> Any:
        """Freeze a cluster; a refusal is shown on the cycle's page."""
        try:
            absent = [unit for unit in request.form.getlist("absent") if _is_code(unit)]
            reason = _text("reason", LONGEST_REASON)
            sheet = self.scoring.freeze_cluster(current_actor(), cycle, cluster, absent, reason)
        except Refusal as refusal:
            return self._back(cycle, refusal)
        _say(sentence("The scores are frozen (version %(version)s).", version=sheet.version))
        return redirect(url_for(".standings", cycle=cycle, cluster=cluster), 303)

    def issue(self, cycle: str) -> Any:
        """Issue an edition; a refusal is shown on the cycle's page."""
        try:
            audience = request.form.get("audience", "")
            if audience not in AUDIENCES:
                said = sentence("Choose for whom the edition is.")
                raise Refusal("audience_unknown", Kind.INVALID, said)
            reason = _text("reason", LONGEST_REASON)
            edition = self.editions.issue_edition(current_actor(), cycle, audience, reason)
        except Refusal as refusal:
            return self._back(cycle, refusal)
        _say(sentence("Edition %(number)s is issued and signed.", number=edition.number))
        return redirect(url_for(".edition", cycle=cycle, audience=audience, number=edition.number), 303)

    def publish(self, cycle: str, audience: str, number: int) -> Any:
        """Record the Council's act; a refusal is shown on the edition's page."""
        try:
            record = _text("record_number", LONGEST_RECORD)
            if record is None:
                said = sentence("Give the number of the Council's record.")
                raise Refusal("record_needed", Kind.INVALID, said)
            self.editions.publish_edition(current_actor(), cycle, number, audience, record, _day("decided_on"))
        except Refusal as refusal:
            if refusal.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
                raise
            return self.shown.edition(cycle, audience, number, refusal)
        _say(sentence("The edition is public."))
        return redirect(url_for(".edition", cycle=cycle, audience=audience, number=number), 303)

    def _back(self, cycle: str, refusal: Refusal) -> Any:
        if refusal.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            raise refusal
        return self.shown.cycle(cycle, refusal)


def _is_code(text: str) -> bool:
    return re.match(CODE, text) is not None


def _text(name: str, longest: int) -> str | None:
    """A line of the form without blanks around it; None where it is empty."""
    text = request.form.get(name, "").strip()
    if len(text) > longest or "\x00" in text:
        said = sentence("At most %(most)s characters are taken here.", most=longest)
        raise Refusal("text_too_long", Kind.INVALID, said, [Fault(said, path=name)])
    return text or None


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        said = sentence("Give the date of the Council's record.")
        raise Refusal("record_date_needed", Kind.INVALID, said, [Fault(said, path=name)]) from None


def _say(said: Sentence) -> None:
    flash(in_words(said), "good")
