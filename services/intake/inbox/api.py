"""One's inbox for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.inbox.actions import mark_read, set_mail
from services.intake.inbox.queries import read_inbox, read_mail_setting
from services.intake.inbox.schemas import (
    InboxQuerySchema,
    InboxSchema,
    MailSettingSchema,
    ReadCountSchema,
    ReadSchema,
    inbox_document,
)
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_inbox(blueprint: Blueprint, web: WebDependencies) -> None:
    """`/v1/notices…`."""

    @blueprint.route("/notices")
    class Notices(MethodView):
        @refuses(blueprint, 422)
        @blueprint.arguments(InboxQuerySchema, location="query")
        @blueprint.response(200, InboxSchema)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """Your notices, newest first."""
            return inbox_document(read_inbox(web.store, current_actor(), query["before"], query["limit"]))

    @blueprint.route("/notices/read")
    class Read(MethodView):
        @refuses(blueprint, *BODY)
        @blueprint.arguments(ReadSchema)
        @blueprint.response(200, ReadCountSchema)
        def post(self, given: dict[str, Any]) -> dict[str, Any]:
            """Mark notices as read."""
            return {"read": mark_read(web.store, current_actor(), given["numbers"])}

    @blueprint.route("/notices/mail")
    class Mail(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, MailSettingSchema)
        def get(self) -> Any:
            """Where your mail goes, and how often."""
            return read_mail_setting(web.store, current_actor())

        @refuses(blueprint, *BODY)
        @blueprint.arguments(MailSettingSchema)
        @blueprint.response(200, MailSettingSchema)
        def put(self, given: dict[str, str]) -> Any:
            """Say where your mail goes, and how often: `at_once`, `daily` or `none`."""
            return set_mail(web.store, current_actor(), given["address"], given["mode"])
