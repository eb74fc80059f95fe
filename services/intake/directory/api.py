"""Councils and their directories for machines."""

from collections.abc import Callable, Sequence
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.directory.actions import (
    Recorded,
    record_clusters,
    record_council,
    record_headships,
    record_memberships,
    record_successions,
    record_units,
)
from services.intake.directory.model import Council
from services.intake.directory.queries import read_councils, read_directory
from services.intake.directory.schemas import (
    ClusterListSchema,
    CouncilListSchema,
    CouncilSchema,
    HeadshipListSchema,
    MembershipListSchema,
    RecordedSchema,
    SuccessionListSchema,
    UnitListSchema,
    council_document,
    directory_document,
)
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def directory_api(web: WebDependencies) -> Blueprint:
    """`/v1/councils…`."""
    blueprint = Blueprint("directory", __name__, url_prefix="/v1/councils", description="Who belongs where, and when")
    _register_councils(blueprint, web)
    _register_list(blueprint, web, "units", UnitListSchema, record_units)
    _register_list(blueprint, web, "clusters", ClusterListSchema, record_clusters)
    _register_list(blueprint, web, "memberships", MembershipListSchema, record_memberships)
    _register_list(blueprint, web, "headships", HeadshipListSchema, record_headships)
    _register_list(blueprint, web, "successions", SuccessionListSchema, record_successions)
    return blueprint


def _register_councils(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("")
    class Councils(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CouncilListSchema)
        def get(self) -> dict[str, Any]:
            """The councils you take part in."""
            councils = read_councils(web.store, current_actor())
            return {"councils": [council_document(council) for council in councils]}

        @refuses(blueprint, *BODY)
        @blueprint.arguments(CouncilSchema)
        @blueprint.response(200, RecordedSchema)
        def post(self, council: Council) -> Recorded:
            """Register a council or change its title; its own administrators."""
            return record_council(web.store, current_actor(), council)


def _register_list(
    blueprint: Blueprint,
    web: WebDependencies,
    kind: str,
    schema: type[ma.Schema],
    record: Callable[..., Recorded],
) -> None:
    """One list of the directory: read it, send (part of) it again at any time."""

    def get(self: MethodView, council: str) -> dict[str, Any]:
        known = read_directory(web.store, current_actor(), council)
        rows: Sequence[Any] = getattr(known, kind)
        return {kind: [directory_document(row) for row in rows]}

    def post(self: MethodView, given: dict[str, Any], council: str) -> Recorded:
        return record(web.store, current_actor(), council, given[kind])

    get.__doc__ = f"All {kind} of a council."
    post.__doc__ = f"Register {kind}: all of the list or nothing, each fault located; sending it again changes nothing."
    get = refuses(blueprint, 404)(blueprint.response(200, schema)(get))
    post = refuses(blueprint, 404, *BODY)(blueprint.arguments(schema)(blueprint.response(200, RecordedSchema)(post)))
    blueprint.route(f"/<slug:council>/{kind}")(type(kind.capitalize(), (MethodView,), {"get": get, "post": post}))
