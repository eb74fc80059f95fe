"""One's inbox, and what is owed, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.domain.reminders import CycleReminders
from services.intake.usecases import notices, reminders
from services.intake.web.notice_schemas import (
    InboxQuerySchema,
    InboxSchema,
    MailSettingSchema,
    OwedListSchema,
    ReadCountSchema,
    ReadSchema,
    RemindedSchema,
    RemindersSchema,
    RemindSchema,
    inbox_document,
    owed_document,
)
from services.intake.web.parts import Parts
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_inbox(blueprint: Blueprint, parts: Parts) -> None:
    """`/v1/notices…`."""

    @blueprint.route("/notices")
    class Notices(MethodView):
        @refuses(blueprint, 422)
        @blueprint.arguments(InboxQuerySchema, location="query")
        @blueprint.response(200, InboxSchema)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """Your notices, newest first."""
            return inbox_document(notices.read_inbox(parts.intake, current_actor(), query["before"], query["limit"]))

    @blueprint.route("/notices/read")
    class Read(MethodView):
        @refuses(blueprint, *BODY)
        @blueprint.arguments(ReadSchema)
        @blueprint.response(200, ReadCountSchema)
        def post(self, given: dict[str, Any]) -> dict[str, Any]:
            """Mark notices as read."""
            return {"read": notices.mark_read(parts.intake, current_actor(), given["numbers"])}

    @blueprint.route("/notices/mail")
    class Mail(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, MailSettingSchema)
        def get(self) -> Any:
            """Where your mail goes, and how often."""
            return notices.read_mail_setting(parts.intake, current_actor())

        @refuses(blueprint, *BODY)
        @blueprint.arguments(MailSettingSchema)
        @blueprint.response(200, MailSettingSchema)
        def put(self, given: dict[str, str]) -> Any:
            """Say where your mail goes, and how often: `at_once`, `daily` or `none`."""
            return notices.set_mail(parts.intake, current_actor(), given["address"], given["mode"])


def register_owed(blueprint: Blueprint, parts: Parts) -> None:
    """`/v1/cycles/CYCLE/owed…`."""

    @blueprint.route("/cycles/<slug:cycle>/owed")
    class Owed(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, OwedListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """Who has not sent, signed, handed in or commented, by when it is due, and how late it is."""
            return owed_document(reminders.read_owed(parts.intake, current_actor(), cycle))

    @blueprint.route("/cycles/<slug:cycle>/owed/reminders")
    class Remind(MethodView):
        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RemindSchema)
        @blueprint.response(200, RemindedSchema)
        def post(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Remind now, of what is chosen or of everything that is late."""
            chosen = None if given["keys"] is None else frozenset(given["keys"])
            return {"notices": reminders.remind_now(parts.intake, current_actor(), cycle, chosen)}

        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RemindersSchema)
        @blueprint.response(200, RemindersSchema)
        def put(self, given: CycleReminders, cycle: str) -> CycleReminders:
            """Say when the cycle reminds by itself."""
            return reminders.set_reminders(parts.intake, current_actor(), cycle, given)
