"""Covenants for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.covenants.actions import (
    GivenRecognition,
    GivenRevision,
    recognise_revision,
    revise_target,
    save_lines,
    sign_covenant,
)
from services.intake.covenants.queries import read_covenant, read_covenants
from services.intake.covenants.schemas import (
    CovenantListSchema,
    CovenantSchema,
    GivenRecognitionSchema,
    GivenRevisionSchema,
    GivenSignatureSchema,
    LinesSchema,
    covenant_document,
)
from services.intake.ports import WebDependencies
from services.intake.schemas import IfMatchSchema, version_of
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the covenant's version"}}


def covenants_api(web: WebDependencies) -> Blueprint:
    """`/v1/cycles/<cycle>/covenants` and `…/units/<unit>/covenant…`."""
    blueprint = Blueprint("covenants", __name__, url_prefix="/v1/cycles/<slug:cycle>", description="Registered targets")
    _register_reading(blueprint, web)
    _register_changes(blueprint, web)
    return blueprint


def _answer(web: WebDependencies, cycle: str, unit: str, status: int = 200) -> Any:
    view = read_covenant(web.store, current_actor(), cycle, unit)
    return covenant_document(view), status, {"ETag": f'"{view.covenant.version}"'}


def _register_reading(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("/covenants")
    class Covenants(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CovenantListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """Which members have signed."""
            _cycle, members, known = read_covenants(web.store, current_actor(), cycle)
            return {
                "covenants": [
                    {
                        "unit": member.unit,
                        "cluster": member.cluster,
                        "signed_at": signature.at if (signature := one.signature if one else None) else None,
                        "revisions": len(one.revisions) if one else 0,
                    }
                    for member in members
                    for one in [known.get(member.unit)]
                ]
            }

    @blueprint.route("/units/<code:unit>/covenant")
    class Covenant(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CovenantSchema, headers=ETAG)
        def get(self, cycle: str, unit: str) -> Any:
            """A unit's covenant: before the signature for its people and administrators, then for the council."""
            return _answer(web, cycle, unit)


def _register_changes(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("/units/<code:unit>/covenant/lines")
    class Lines(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(LinesSchema)
        @blueprint.response(200, CovenantSchema, headers=ETAG)
        def put(self, headers: dict[str, str], given: dict[str, Any], cycle: str, unit: str) -> Any:
            """Change lines; refused (412) only if somebody changed one of them since the version seen."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            save_lines(web.store, current_actor(), cycle, unit, given["lines"], seen)
            return _answer(web, cycle, unit)

    @blueprint.route("/units/<code:unit>/covenant/signature")
    class Signature(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(GivenSignatureSchema)
        @blueprint.response(201, CovenantSchema, headers=ETAG)
        def post(self, headers: dict[str, str], given: dict[str, Any], cycle: str, unit: str) -> Any:
            """Sign and lock the targets as seen."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            sign_covenant(web.store, current_actor(), cycle, unit, seen, **given)
            return _answer(web, cycle, unit, 201)

    @blueprint.route("/units/<code:unit>/covenant/revisions")
    class Revisions(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenRevisionSchema)
        @blueprint.response(201, CovenantSchema, headers=ETAG)
        def post(self, given: GivenRevision, cycle: str, unit: str) -> Any:
            """Enter a changed target with its legal document; the registered one stays."""
            revise_target(web.store, current_actor(), cycle, unit, given)
            return _answer(web, cycle, unit, 201)

    @blueprint.route("/units/<code:unit>/covenant/revisions/<int(min=1, max=1000000):number>/recognition")
    class Recognition(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenRecognitionSchema)
        @blueprint.response(201, CovenantSchema, headers=ETAG)
        def post(self, given: GivenRecognition, cycle: str, unit: str, number: int) -> Any:
            """Recognise a revision: the Board's administrators, never the cluster."""
            recognise_revision(web.store, current_actor(), cycle, unit, number, given)
            return _answer(web, cycle, unit, 201)
