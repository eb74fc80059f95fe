"""Editions for people: issuing one, its tables, how anybody checks it, the Council's act that makes it public."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.ranking.editions import queries
from services.ranking.editions.actions import issue_edition, publish_edition
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.editions.schemas import IssueSchema, PublishSchema
from services.ranking.people.model import COUNCIL
from services.ranking.ports import Store
from services.ranking.schemas import LONGEST_REASON
from services.ranking.scoring.rules.score_tables import (
    Cell,
    ClusterTable,
    Column,
    Row,
    Title,
    columns_of,
    shown_decimals,
)
from services.ranking.web import ShowCycle, confirm, raise_if_out_of_reach, with_status
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import sentence
from shared.criteria.loader import load_document
from shared.web.access import current_actor
from shared.web.forms import load_form, typed

EDITIONS = "/cycles/<slug:cycle>/editions"
EDITION = EDITIONS + "/<audience:audience>/<number:number>"


def edition_pages(store: Store, key: SigningKey, show_cycle: ShowCycle) -> Blueprint:
    """The blueprint `edition_pages`; a refusal to issue is shown on the cycle's page."""
    blueprint = Blueprint("edition_pages", __name__)

    @blueprint.get(EDITION)
    def edition(cycle: str, audience: str, number: int) -> Any:
        """An edition: its tables, its signature, how anybody checks it."""
        return _edition_page(store, cycle, audience, number)

    @blueprint.post(EDITIONS)
    def issue(cycle: str) -> Any:
        """Issue an edition."""
        values = {"audience": request.form.get("audience"), "reason": typed("reason")}
        wording = {
            "audience": sentence("Choose for whom the edition is."),
            "reason": sentence("At most %(most)s characters are taken here.", most=LONGEST_REASON),
        }
        try:
            command = load_form(IssueSchema(), values, wording)
            edition = issue_edition(store, key, current_actor(), cycle, **command)
        except Refusal as refusal:
            return show_cycle(cycle, refusal)
        confirm(sentence("Edition %(number)s is issued and signed.", number=edition.number))
        return redirect(url_for(".edition", cycle=cycle, audience=edition.audience, number=edition.number), 303)

    @blueprint.post(f"{EDITION}/publication")
    def publish(cycle: str, audience: str, number: int) -> Any:
        """Record the Council's act; a refusal is shown on the edition's page."""
        values = {name: typed(name) or "" for name in ("record_number", "decided_on")}
        wording = {
            "record_number": sentence("Give the number of the Council's record."),
            "decided_on": sentence("Give the date of the Council's record."),
        }
        try:
            command = load_form(PublishSchema(), values, wording)
            publish_edition(store, current_actor(), cycle, number, audience, **command)
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
