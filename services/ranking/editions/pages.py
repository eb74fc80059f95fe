"""An edition for people: its tables, how anybody checks it, and the Council's act that makes it public."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.ranking.editions import queries
from services.ranking.editions.actions import publish_edition
from services.ranking.people.model import COUNCIL
from services.ranking.ports import Store
from services.ranking.scoring.rules.score_tables import (
    Cell,
    ClusterTable,
    Column,
    Row,
    Title,
    columns_of,
    shown_decimals,
)
from services.ranking.web import confirm, form_line, raise_if_out_of_reach, with_status
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.loader import load_document
from shared.web.access import current_actor

EDITION = "/cycles/<slug:cycle>/editions/<audience:audience>/<number:number>"
LONGEST_RECORD = 200


def edition_pages(store: Store) -> Blueprint:
    """The blueprint `edition_pages`."""
    blueprint = Blueprint("edition_pages", __name__)

    @blueprint.get(EDITION)
    def edition(cycle: str, audience: str, number: int) -> Any:
        """An edition: its tables, its signature, how anybody checks it."""
        return _edition_page(store, cycle, audience, number)

    @blueprint.post(f"{EDITION}/publication")
    def publish(cycle: str, audience: str, number: int) -> Any:
        """Record the Council's act; a refusal is shown on the edition's page."""
        try:
            record = form_line("record_number", LONGEST_RECORD)
            if record is None:
                message = sentence("Give the number of the Council's record.")
                raise Refusal("record_needed", Kind.INVALID, message)
            publish_edition(store, current_actor(), cycle, number, audience, record, _day("decided_on"))
        except Refusal as refusal:
            return _edition_page(store, cycle, audience, number, refusal)
        confirm(sentence("The edition is public."))
        return redirect(url_for(".edition", cycle=cycle, audience=audience, number=number), 303)

    return blueprint


def _edition_page(store: Store, cycle: str, audience: str, number: int, refusal: Refusal | None = None) -> Any:
    if refusal:
        raise_if_out_of_reach(refusal)
    actor = current_actor()
    with store.view() as view:
        found = queries.edition(view, actor, cycle, audience, number)
        units = queries.unit_titles(view, found.edition)
        clusters = queries.cluster_titles(view, found.edition)
        newer = queries.newer(view, actor, found.edition)
    edition, document = found.edition, json.loads(found.document)
    framework = load_document(document["inputs"]["framework"])
    columns = columns_of(framework)
    may_publish = edition.audience == "public" and edition.publication is None
    page = render_template(
        "editions/edition.html",
        edition=edition,
        head=document["edition"],
        signature=document["signature"],
        framework=framework,
        columns=columns,
        cluster_tables=_tables(document, columns, clusters, units),
        units=units,
        decimals=framework.rounding,
        part_decimals=shown_decimals(framework),
        gates={gate.code: gate for gate in framework.gates},
        newer=newer,
        may_publish=may_publish and actor.may(COUNCIL, council=found.council),
        refusal=refusal,
    )
    return with_status(page, refusal)


def _tables(
    document: Mapping[str, Any],
    columns: Sequence[Column],
    clusters: Mapping[str, Title],
    units: Mapping[str, Title],
) -> list[ClusterTable]:
    """The tables of an edition's document, clusters in the edition's order."""
    statuses = {row["unit"]: row.get("status", {}) for row in document["inputs"]["points"]}
    tables = []
    for cluster in document["ranking"]["clusters"]:
        rows = tuple(
            Row(
                unit=standing["unit"],
                title=units.get(standing["unit"], {}),
                rank=standing["rank"],
                total=standing["total"],
                share=standing["share_verified"],
                cells=tuple(
                    Cell(
                        standing["criteria"].get(column.code, standing.get("additions", {}).get(column.code)),
                        statuses.get(standing["unit"], {}).get(column.code),
                    )
                    for column in columns
                ),
                gates=tuple(standing.get("gates", ())),
            )
            for standing in cluster["standings"]
        )
        tables.append(ClusterTable(cluster["cluster"], clusters.get(cluster["cluster"], {}), rows))
    return tables


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        message = sentence("Give the date of the Council's record.")
        raise Refusal("record_date_needed", Kind.INVALID, message, [Fault(message, path=name)]) from None
