"""Handovers of offices, and passwords that are shown once, for machines."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from services.intake.domain.handovers import Handover
from services.intake.usecases import handovers, passwords
from services.intake.usecases.handovers import LONGEST_NUMBER, GivenHandover
from services.intake.web.parts import Parts
from services.intake.web.schemas import day, moment
from shared.contracts.fields import Text, slug
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


class GivenHandoverSchema(ma.Schema):
    """To whom an office passes: an account that is there, or a new one of that login and name."""

    login = Text(required=True, longest=100, shortest=1)
    name = Text(load_default="", longest=100, metadata={"description": "only for a new account"})
    from_on = day(required=True)
    document_number = Text(required=True, longest=LONGEST_NUMBER, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenHandover:
        return GivenHandover(**data)


class HandoverSchema(ma.Schema):
    """An office that passes from one account to another."""

    council = slug(required=True)
    from_account = fields.UUID(required=True)
    to_account = fields.UUID(required=True)
    from_on = day(required=True)
    document_number = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)
    done_at = moment(required=True, allow_none=True, metadata={"description": "null: it waits for its day"})


class MadeHandoverSchema(HandoverSchema):
    password = fields.String(
        required=True, allow_none=True, metadata={"description": "of the new account, shown once; null: it had one"}
    )


class HandoverListSchema(ma.Schema):
    handovers = fields.List(fields.Nested(HandoverSchema), required=True)


class OncePasswordSchema(ma.Schema):
    """A password that opens the account only to choose another one."""

    password = fields.String(required=True)


def offices_api(parts: Parts) -> Blueprint:
    """`/v1/councils/COUNCIL/accounts/ID/…`."""
    blueprint = Blueprint("offices", __name__, url_prefix="/v1/councils", description="Offices that pass on")
    door = parts.door

    @blueprint.route("/<slug:council>/accounts/<uuid:account>/handovers")
    class Handovers(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, HandoverListSchema)
        def get(self, council: str, account: Any) -> dict[str, Any]:
            """The handovers of an account, newest first."""
            view = handovers.read_account_view(door, current_actor(), council, str(account))
            return {"handovers": [_shown(one) for one in view.handovers]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenHandoverSchema)
        @blueprint.response(201, MadeHandoverSchema)
        def post(self, given: GivenHandover, council: str, account: Any) -> dict[str, Any]:
            """Hand the account's roles in the council over, at once or on their day; the old account is closed then."""
            done = handovers.hand_over(door, current_actor(), council, str(account), given)
            return {**_shown(done.handover), "password": done.password}

    @blueprint.route("/<slug:council>/accounts/<uuid:account>/password-resets")
    class PasswordResets(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(201, OncePasswordSchema)
        def post(self, council: str, account: Any) -> dict[str, str]:
            """A new password, shown once; it opens the account only to choose another one."""
            handovers.read_account_view(door, current_actor(), council, str(account))
            return {"password": passwords.reset_to_once(door, current_actor(), str(account))}

    return blueprint


def _shown(handover: Handover) -> dict[str, Any]:
    return {**vars(handover), "by": handover.name}
