"""Who supplies which item, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.contributions.actions import assign, take_contribution_step
from services.intake.contributions.queries import read_contributions
from services.intake.contributions.schemas import (
    AssignmentsSchema,
    ContributionsSchema,
    StepsSchema,
    contributions_document,
)
from services.intake.ports import WebDependencies
from services.intake.schemas import IfMatchSchema, version_of
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the draft's version"}}


def register_contributions(blueprint: Blueprint, web: WebDependencies) -> None:
    """`…/draft/contributions` on the blueprint of self-assessments."""

    def answer(cycle: str, unit: str) -> Any:
        view = read_contributions(web.store, current_actor(), cycle, unit)
        return contributions_document(view), 200, {"ETag": f'"{view.draft.version}"'}

    @blueprint.route("/draft/contributions")
    class Contributions(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ContributionsSchema, headers=ETAG)
        def get(self, cycle: str, unit: str) -> Any:
            """Who supplies what; a contributor sees the own items."""
            return answer(cycle, unit)

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(AssignmentsSchema)
        @blueprint.response(200, ContributionsSchema, headers=ETAG)
        def put(self, headers: dict[str, str], given: dict[str, Any], cycle: str, unit: str) -> Any:
            """Assign items; refused (412) only if somebody changed one of them since the version seen."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            assign(web.store, current_actor(), cycle, unit, given["assignments"], seen)
            return answer(cycle, unit)

    @blueprint.route("/draft/contributions/steps")
    class ContributionSteps(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(StepsSchema)
        @blueprint.response(200, ContributionsSchema, headers=ETAG)
        def post(self, headers: dict[str, str], given: dict[str, Any], cycle: str, unit: str) -> Any:
            """Hand in own items; officers take items over or return them with a reason."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            take_contribution_step(web.store, current_actor(), cycle, unit, seen=seen, **given)
            return answer(cycle, unit)
