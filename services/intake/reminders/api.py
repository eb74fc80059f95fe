"""What is owed, and reminding of it, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.ports import WebDependencies
from services.intake.reminders.actions import remind_now, set_reminders
from services.intake.reminders.model import CycleReminders
from services.intake.reminders.queries import read_owed
from services.intake.reminders.schemas import (
    OwedListSchema,
    RemindedSchema,
    RemindersSchema,
    RemindSchema,
    owed_document,
)
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_owed(blueprint: Blueprint, web: WebDependencies) -> None:
    """`/v1/cycles/CYCLE/owed…`."""

    @blueprint.route("/cycles/<slug:cycle>/owed")
    class Owed(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, OwedListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """Who has not sent, signed, handed in or commented, by when it is due, and how late it is."""
            return owed_document(read_owed(web.store, current_actor(), cycle))

    @blueprint.route("/cycles/<slug:cycle>/owed/reminders")
    class Remind(MethodView):
        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RemindSchema)
        @blueprint.response(200, RemindedSchema)
        def post(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Remind now, of what is chosen or of everything that is late."""
            chosen = None if given["keys"] is None else frozenset(given["keys"])
            return {"notices": remind_now(web.store, current_actor(), cycle, chosen)}

        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RemindersSchema)
        @blueprint.response(200, RemindersSchema)
        def put(self, given: CycleReminders, cycle: str) -> CycleReminders:
            """Say when the cycle reminds by itself."""
            return set_reminders(web.store, current_actor(), cycle, given)
