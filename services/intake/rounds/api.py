"""The days of the round, and bringing files to it, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.ports import WebDependencies
from services.intake.rounds.actions import bring_file, declare_round
from services.intake.rounds.queries import read_round
from services.intake.rounds.schemas import (
    BroughtSchema,
    GivenRoundSchema,
    RoundFileFormSchema,
    RoundSchema,
    round_document,
)
from services.intake.web import CLUSTER
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_days(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("/round")
    class Round(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RoundSchema)
        def get(self, cycle: str) -> Any:
            """The days of the cluster round as declared, and the quorum of its meeting with its source."""
            return round_document(read_round(web.store, current_actor(), cycle))

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenRoundSchema)
        @blueprint.response(201, RoundSchema)
        def post(self, given: Any, cycle: str) -> Any:
            """Declare the days, or change them with a reason; every declaration stays on record."""
            declare_round(web.store, current_actor(), cycle, given)
            return round_document(read_round(web.store, current_actor(), cycle))


def register_files(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route(f"{CLUSTER}/files")
    class Files(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(RoundFileFormSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, BroughtSchema)
        def post(self, form: dict[str, Any], cycle: str, cluster: str) -> Any:
            """Bring a file that a challenge, an answer or the minutes will name."""
            file = form["file"]
            brought = bring_file(
                web.store, web.files, current_actor(), cycle, cluster, form["unit"], file.stream, file.filename
            )
            return {**vars(brought.file), "label": brought.label}
