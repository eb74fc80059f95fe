"""The steps of a review for machines: claiming, asking, countersigning, objecting; rules and the trail."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.reviews.actions.ask import Question, request_explanation, withdraw_request
from services.verify.reviews.actions.countersign import countersign_item
from services.verify.reviews.actions.declare_rules import declare_rules
from services.verify.reviews.actions.holding import claim_item, release_item
from services.verify.reviews.actions.objections import Objection, object_to
from services.verify.reviews.model.item import ItemName
from services.verify.reviews.model.steps import ReviewRules
from services.verify.reviews.queries.item import review_rules
from services.verify.reviews.queries.scores import unit_scores
from services.verify.reviews.queries.trail import shown_trail
from services.verify.reviews.schemas.items import ItemSchema
from services.verify.reviews.schemas.steps import (
    SIGN,
    CountersignatureSchema,
    DeclarationSchema,
    GivenObjectionSchema,
    QuestionSchema,
    RulesSchema,
    ScoresSchema,
    SeenSchema,
    TakenBackSchema,
    TrailQuery,
    TrailSchema,
)
from shared.web.access import current_actor
from shared.web.routing import refuses

ITEM = "/<code:cycle>/units/<code:unit>/items/<code:criterion>"
STEP = (400, 404, 409, 412, 415, 503)


def review_api(store: Store) -> Blueprint:
    """`/v1/cycles…`: what people do about items, and what units see of it."""
    blueprint = Blueprint("reviews", __name__, url_prefix="/v1/cycles", description="The steps of a review")
    _register_holding(blueprint, store)
    _register_questions(blueprint, store)
    _register_second_person(blueprint, store)
    _register_scores(blueprint, store)
    _register_rules(blueprint, store)
    return blueprint


def _register_holding(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route(ITEM + "/claim")
    class Claim(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(SeenSchema)
        @blueprint.response(200, ItemSchema)
        def post(self, seen: dict[str, int], cycle: str, unit: str, criterion: str) -> Any:
            """Take an item in hand for the declared days; others see by whom."""
            name = ItemName(cycle, unit, criterion)
            return claim_item(store, current_actor(), name, seen["version"])

    @blueprint.route(ITEM + "/release")
    class Release(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(SeenSchema)
        @blueprint.response(200, ItemSchema)
        def post(self, seen: dict[str, int], cycle: str, unit: str, criterion: str) -> Any:
            """Let go of an item; its holder or a lead reviewer."""
            name = ItemName(cycle, unit, criterion)
            return release_item(store, current_actor(), name, seen["version"])


def _register_questions(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route(ITEM + "/requests")
    class Requests(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(QuestionSchema)
        @blueprint.response(201, ItemSchema)
        def post(self, data: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Ask the unit to explain this item: it may correct this one and nothing else, until the deadline."""
            version = data.pop("version")
            name = ItemName(cycle, unit, criterion)
            return request_explanation(store, current_actor(), name, Question(**data), version)

    @blueprint.route(ITEM + "/requests/<int(min=1, max=1000000):number>/withdrawal")
    class RequestWithdrawal(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(TakenBackSchema)
        @blueprint.response(200, ItemSchema)
        def post(self, data: dict[str, Any], cycle: str, unit: str, criterion: str, number: int) -> Any:
            """Take a question back; the item is locked at the unit again."""
            name = ItemName(cycle, unit, criterion)
            return withdraw_request(store, current_actor(), name, number, data["reason"], data["version"])


def _register_second_person(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route(ITEM + "/countersignature")
    class Countersignature(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(CountersignatureSchema)
        @blueprint.response(201, ItemSchema)
        def post(self, data: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Sign what somebody else decided, or send it back with a reason."""
            return countersign_item(
                store,
                current_actor(),
                ItemName(cycle, unit, criterion),
                signed=data["verdict"] == SIGN,
                reason=data["reason"],
                version=data["version"],
            )


def _register_scores(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/units/<code:unit>/scores")
    class Scores(MethodView):
        @refuses(blueprint, 404, 503)
        @blueprint.response(200, ScoresSchema)
        def get(self, cycle: str, unit: str) -> Any:
            """What is final of your unit's items, with reasons; who decided is named by role."""
            with store.view() as view:
                return unit_scores(view, current_actor(), cycle, unit)

    @blueprint.route("/<code:cycle>/units/<code:unit>/scores/<code:criterion>/objection")
    class ScoreObjection(MethodView):
        @refuses(blueprint, *STEP)
        @blueprint.arguments(GivenObjectionSchema)
        @blueprint.response(201, ScoresSchema)
        def post(self, data: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Object to a score of your unit, once and in time; somebody else than who decided answers."""
            version = data.pop("version")
            actor = current_actor()
            object_to(store, actor, ItemName(cycle, unit, criterion), Objection(**data), version)
            with store.view() as view:
                return unit_scores(view, actor, cycle, unit)


def _register_rules(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/rules")
    class Rules(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RulesSchema)
        def get(self, cycle: str) -> Any:
            """What needs a second person, and how long everything may take."""
            with store.view() as view:
                return review_rules(view, current_actor(), cycle)[1]

        @refuses(blueprint, *STEP)
        @blueprint.arguments(DeclarationSchema)
        @blueprint.response(200, RulesSchema)
        def put(self, data: dict[str, Any], cycle: str) -> Any:
            """Declare rules; administrators. They apply to what is decided from now on."""
            reason, whole = data.pop("reason"), data.pop("whole_council")
            return declare_rules(store, current_actor(), cycle, ReviewRules(**data), reason, whole_council=whole)

    @blueprint.route("/<code:cycle>/audit")
    class Trail(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(TrailQuery, location="query")
        @blueprint.response(200, TrailSchema)
        def get(self, query: dict[str, Any], cycle: str) -> Any:
            """Recompute the trail of all steps, and list its last rows."""
            with store.view() as view:
                return shown_trail(view, current_actor(), cycle, query["before"], query["limit"])[1]
