"""Handovers of offices, and passwords that are shown once, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.accounts.actions.handovers import GivenHandover, hand_over
from services.intake.accounts.actions.passwords import reset_to_once
from services.intake.accounts.queries import read_account_view
from services.intake.accounts.schemas import (
    GivenHandoverSchema,
    HandoverListSchema,
    MadeHandoverSchema,
    OncePasswordSchema,
    handover_document,
)
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def offices_api(web: WebDependencies) -> Blueprint:
    """`/v1/councils/COUNCIL/accounts/ID/…`."""
    blueprint = Blueprint("offices", __name__, url_prefix="/v1/councils", description="Offices that pass on")
    account_store = web.account_store

    @blueprint.route("/<slug:council>/accounts/<uuid:account>/handovers")
    class Handovers(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, HandoverListSchema)
        def get(self, council: str, account: Any) -> dict[str, Any]:
            """The handovers of an account, newest first."""
            view = read_account_view(account_store, current_actor(), council, str(account))
            return {"handovers": [handover_document(one) for one in view.handovers]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenHandoverSchema)
        @blueprint.response(201, MadeHandoverSchema)
        def post(self, given: GivenHandover, council: str, account: Any) -> dict[str, Any]:
            """Hand the account's roles in the council over, at once or on their day; the old account is closed then."""
            done = hand_over(account_store, current_actor(), council, str(account), given)
            return {**handover_document(done.handover), "password": done.password}

    @blueprint.route("/<slug:council>/accounts/<uuid:account>/password-resets")
    class PasswordResets(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(201, OncePasswordSchema)
        def post(self, council: str, account: Any) -> dict[str, str]:
            """A new password, shown once; it opens the account only to choose another one."""
            read_account_view(account_store, current_actor(), council, str(account))
            return {"password": reset_to_once(account_store, current_actor(), str(account))}

    return blueprint
