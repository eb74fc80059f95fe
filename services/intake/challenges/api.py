"""Challenges for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.challenges.actions import answer, challenge, withdraw
from services.intake.challenges.queries import read_item
from services.intake.challenges.schemas import (
    ChallengeListSchema,
    ChallengeSchema,
    GivenChallengeAnswerSchema,
    GivenChallengeSchema,
    GivenWithdrawalSchema,
    challenge_document,
)
from services.intake.ports import WebDependencies
from services.intake.web import NUMBER
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ITEM = "/units/<code:unit>/items/<code:criterion>/challenges"


def register_challenges(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route(ITEM)
    class Challenges(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ChallengeListSchema)
        def get(self, cycle: str, unit: str, criterion: str) -> Any:
            """What other members ask about an item."""
            view = read_item(web.store, current_actor(), cycle, unit, criterion)
            return {"challenges": [challenge_document(one) for one in view.challenges]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenChallengeSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Challenge an item of another member with a document, on the declared days."""
            made = challenge(web.store, current_actor(), cycle, unit, criterion, **given)
            return challenge_document(made)

    @blueprint.route(f"{ITEM}/{NUMBER}/answer")
    class Answer(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenChallengeAnswerSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str, number: int) -> Any:
            """Answer, once, in the name of the challenged unit."""
            made = answer(web.store, current_actor(), cycle, unit, criterion, number, **given)
            return challenge_document(made)

    @blueprint.route(f"{ITEM}/{NUMBER}/withdrawal")
    class Withdrawal(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenWithdrawalSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str, number: int) -> Any:
            """Take a challenge back in the name of the member that entered it."""
            made = withdraw(web.store, current_actor(), cycle, unit, criterion, number, **given)
            return challenge_document(made)
