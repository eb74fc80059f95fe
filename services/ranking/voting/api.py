"""Voting for machines."""

import uuid
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.voting.actions import Voting
from services.ranking.voting.model import Opening
from services.ranking.web.voting.casting import cast_paper
from services.ranking.web.voting.documents import box_document, tally_answer, view_document
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


def boxes_api(voting: Voting) -> Blueprint:
    """`/v1/boxes…`."""
    blueprint = Blueprint("boxes", __name__, url_prefix="/v1/boxes", description="Ballot boxes, papers, counts")

    @blueprint.route("")
    class Boxes(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, BoxListSchema)
        def get(self) -> dict[str, Any]:
            """The boxes you may know of, newest first."""
            return {"boxes": [box_document(box) for box in voting.boxes(current_actor())]}

        @refuses(blueprint, 409, *BODY)
        @blueprint.arguments(OpeningSchema)
        @blueprint.response(201, BoxSchema)
        def post(self, opening: Opening) -> dict[str, Any]:
            """Open a box on the newest frozen scores of a cluster that votes."""
            return box_document(voting.open_box(current_actor(), opening))

    @blueprint.route("/<uuid:box>")
    class Box(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, BoxViewSchema)
        def get(self, box: uuid.UUID) -> dict[str, Any]:
            """A box and the votes you hold in it."""
            return view_document(voting.view(current_actor(), box))

    @blueprint.route("/<uuid:box>/ballots")
    class Ballots(MethodView):
        @refuses(blueprint, 404, 409, 503, *BODY)
        @blueprint.arguments(PaperSchema)
        @blueprint.response(201, ReceiptSchema)
        def post(self, paper: dict[str, Any], box: uuid.UUID) -> dict[str, Any]:
            """Put in your unit's paper, once. Keep the receipt: nobody can give it to you again."""
            return {"receipt": cast_paper(voting, box, paper["unit"], tuple(paper["names"]))}

    @blueprint.route("/<uuid:box>/close")
    class Close(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, TallySchema)
        def post(self, box: uuid.UUID) -> dict[str, Any]:
            """Close, open, count and announce; once time is over or every unit has voted."""
            return tally_answer(voting.close_box(current_actor(), box))

    @blueprint.route("/<uuid:box>/tally")
    class Tally(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, TallySchema)
        def get(self, box: uuid.UUID) -> dict[str, Any]:
            """The announced tally; while the box is open there is none."""
            return tally_answer(voting.tally(current_actor(), box))

    @blueprint.route("/<uuid:box>/receipts/<sha256:receipt>")
    class Receipt(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, InclusionSchema)
        def get(self, box: uuid.UUID, receipt: str) -> dict[str, Any]:
            """Whether the paper of this receipt is in the box."""
            found = voting.receipt_included(current_actor(), box, receipt)
            return {"receipt": receipt, "included": True, "state": str(found.state)}

    return blueprint
