"""Tokens for programs, and accounts for administrators, as a JSON API."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.accounts.actions.accounts import change_grants, create_account, reset_password, revoke, set_active
from services.intake.accounts.actions.sign_in import create_client_key, issue_client_token, revoke_client_key
from services.intake.accounts.model import NewAccount
from services.intake.accounts.queries import read_account, read_accounts, read_client_keys
from services.intake.accounts.schemas import (
    AccountSchema,
    GrantsSchema,
    KeySchema,
    MadeKeySchema,
    NewAccountSchema,
    NewKeySchema,
    PasswordSchema,
    ProofSchema,
    StateSchema,
    TokenSchema,
    account_document,
    grants_of,
    homes_of,
)
from services.intake.ports import WebDependencies
from shared.plumbing.tokens import PERSON_LIFETIME
from shared.web.access import current_actor


def tokens_api(web: WebDependencies) -> Blueprint:
    """`POST /v1/tokens`; endpoint `tokens.Tokens`."""
    blueprint = Blueprint("tokens", __name__, url_prefix="/v1/tokens", description="Tokens for programs")

    @blueprint.route("")
    class Tokens(MethodView):
        @blueprint.arguments(ProofSchema)
        @blueprint.response(201, TokenSchema)
        def post(self, proof: dict[str, str]) -> Any:
            """A bearer token for ten minutes; ask again when it has expired."""
            proved = issue_client_token(
                web.account_store,
                login=proof.get("login"),
                password=proof.get("password"),
                client_key=proof.get("client_key"),
                address=request.remote_addr,
            )
            token = web.signer.person_token(proved.actor, issued_at=proved.issued_at)
            body = {"token": token, "token_type": "Bearer", "expires_in": int(PERSON_LIFETIME.total_seconds())}
            return body, 201, {"Cache-Control": "no-store"}

    return blueprint


def accounts_api(web: WebDependencies) -> Blueprint:
    """`/v1/accounts`; endpoints `accounts.…`."""
    blueprint = Blueprint("accounts", __name__, url_prefix="/v1/accounts", description="Accounts, roles and keys")
    account_store = web.account_store

    @blueprint.route("")
    class Accounts(MethodView):
        @blueprint.response(200, AccountSchema(many=True))
        def get(self) -> Any:
            """Accounts that have to do with a council the asker administers."""
            return [account_document(account) for account in read_accounts(account_store, current_actor())]

        @blueprint.arguments(NewAccountSchema)
        @blueprint.response(201, AccountSchema)
        def post(self, given: dict[str, Any]) -> Any:
            """Open an account; roles only in councils the asker administers."""
            command = NewAccount(
                login=given["login"],
                name=given["name"],
                password=given["password"],
                language=given["language"],
                grants=grants_of(given["grants"]),
                home_units=homes_of(given["home_units"]),
            )
            return account_document(create_account(account_store, current_actor(), command))

    @blueprint.route("/<uuid:account>")
    class OneAccount(MethodView):
        @blueprint.response(200, AccountSchema)
        def get(self, account: Any) -> Any:
            """One's own account, or one that the asker administers."""
            return account_document(read_account(account_store, current_actor(), str(account)))

    @blueprint.route("/<uuid:account>/grants/<council>")
    class Grants(MethodView):
        @blueprint.arguments(GrantsSchema)
        @blueprint.response(200, AccountSchema)
        def put(self, given: dict[str, Any], account: Any, council: str) -> Any:
            """Replace the roles (and home units, if given) in one council; holds at once."""
            homes = None if given["home_units"] is None else homes_of(given["home_units"])
            changed = change_grants(
                account_store, current_actor(), str(account), council, grants_of(given["grants"]), homes
            )
            return account_document(changed)

    @blueprint.route("/<uuid:account>/state")
    class State(MethodView):
        @blueprint.arguments(StateSchema)
        @blueprint.response(200, AccountSchema)
        def put(self, given: dict[str, bool], account: Any) -> Any:
            """Close an account, or open it again."""
            return account_document(set_active(account_store, current_actor(), str(account), given["active"]))

    @blueprint.route("/<uuid:account>/password")
    class Password(MethodView):
        @blueprint.arguments(PasswordSchema)
        @blueprint.response(204)
        def put(self, given: dict[str, str], account: Any) -> None:
            """A new password for somebody who forgot theirs; their sessions and keys end."""
            reset_password(account_store, current_actor(), str(account), given["password"])

    @blueprint.route("/<uuid:account>/revocations")
    class Revocations(MethodView):
        @blueprint.response(204)
        def post(self, account: Any) -> None:
            """End all sessions of an account and void its tokens."""
            revoke(account_store, current_actor(), str(account))

    _keys(blueprint, web)
    return blueprint


def _keys(blueprint: Blueprint, web: WebDependencies) -> None:
    """`/v1/accounts/own/keys`: keys of the asker's own account."""

    @blueprint.route("/own/keys")
    class Keys(MethodView):
        @blueprint.response(200, KeySchema(many=True))
        def get(self) -> Any:
            """One's own keys, without their secrets."""
            return read_client_keys(web.account_store, current_actor())

        @blueprint.arguments(NewKeySchema)
        @blueprint.response(201, MadeKeySchema)
        def post(self, given: dict[str, Any]) -> Any:
            """Make a key; its secret is told this once."""
            key, secret = create_client_key(web.account_store, current_actor(), given["title"], given["days"])
            body = {name: getattr(key, name) for name in ("id", "title", "created_at", "expires_at", "revoked_at")}
            return {**body, "client_key": secret}, 201, {"Cache-Control": "no-store"}

    @blueprint.route("/own/keys/<uuid:key>")
    class OneKey(MethodView):
        @blueprint.response(204)
        def delete(self, key: Any) -> None:
            """End a key."""
            revoke_client_key(web.account_store, current_actor(), str(key))
