"""Voting for machines."""

import uuid
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.voting import actions, model, queries
from services.ranking.voting.model import AnnouncedTally, BoxView, Opening
from services.ranking.voting.ports import BoxKeys, Store
from services.ranking.voting.schemas import (
    BoxListSchema,
    BoxSchema,
    BoxViewSchema,
    InclusionSchema,
    OpeningSchema,
    PaperSchema,
    ReceiptSchema,
    TallySchema,
)
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def boxes_api(store: Store, keys: BoxKeys) -> Blueprint:
    """`/v1/boxes…`."""
    blueprint = Blueprint("boxes", __name__, url_prefix="/v1/boxes", description="Ballot boxes, papers, counts")

    @blueprint.route("")
    class Boxes(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, BoxListSchema)
        def get(self) -> dict[str, Any]:
            """The boxes you may know of, newest first."""
            with store.view() as view:
                return {"boxes": queries.boxes(view, current_actor())}

        @refuses(blueprint, 409, *BODY)
        @blueprint.arguments(OpeningSchema)
        @blueprint.response(201, BoxSchema)
        def post(self, opening: Opening) -> model.Box:
            """Open a box on the newest frozen scores of a cluster that votes."""
            return actions.open_box(store, keys, current_actor(), opening)

    @blueprint.route("/<uuid:box>")
    class Box(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, BoxViewSchema)
        def get(self, box: uuid.UUID) -> BoxView:
            """A box and the votes you hold in it."""
            with store.view() as view:
                return queries.box_view(view, current_actor(), box)

    @blueprint.route("/<uuid:box>/ballots")
    class Ballots(MethodView):
        @refuses(blueprint, 404, 409, 503, *BODY)
        @blueprint.arguments(PaperSchema)
        @blueprint.response(201, ReceiptSchema)
        def post(self, paper: dict[str, Any], box: uuid.UUID) -> dict[str, Any]:
            """Put in your unit's paper, once. Keep the receipt: nobody can give it to you again."""
            names = tuple(paper["names"])
            return {"receipt": actions.cast(store, keys, current_actor(), box, paper["unit"], names)}

    @blueprint.route("/<uuid:box>/close")
    class Close(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, TallySchema)
        def post(self, box: uuid.UUID) -> AnnouncedTally:
            """Close, open, count and announce; once time is over or every unit has voted."""
            return actions.close_box(store, keys, current_actor(), box)

    @blueprint.route("/<uuid:box>/tally")
    class Tally(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, TallySchema)
        def get(self, box: uuid.UUID) -> AnnouncedTally:
            """The announced tally; while the box is open there is none."""
            with store.view() as view:
                return queries.tally(view, current_actor(), box)

    @blueprint.route("/<uuid:box>/receipts/<sha256:receipt>")
    class Receipt(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, InclusionSchema)
        def get(self, box: uuid.UUID, receipt: str) -> dict[str, Any]:
            """Whether the paper of this receipt is in the box."""
            with store.view() as view:
                found = queries.receipt_included(view, current_actor(), box, receipt)
            return {"receipt": receipt, "included": True, "state": str(found.state)}

    return blueprint
