"""Tokens for programs, and accounts for administrators, as a JSON API."""

from typing import Any

import marshmallow as ma
from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from services.intake.domain.accounts import Account
from services.intake.usecases import accounts, sign_in
from services.intake.web.parts import Parts
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import LANGUAGES, sentence
from shared.people import UNIT_ROLES, Grant, Role
from shared.plumbing.tokens import PERSON_LIFETIME
from shared.web.access import current_actor


class GrantSchema(ma.Schema):
    """A role in a council. Left out or null: not narrowed. Roles that act for a unit name units."""

    role = fields.String(required=True, validate=validate.OneOf([str(role) for role in Role]))
    council = slug(required=True)
    units = fields.List(code(), load_default=None, allow_none=True, validate=validate.Length(min=1))
    clusters = fields.List(code(), load_default=None, allow_none=True, validate=validate.Length(min=1))
    criteria = fields.List(code(), load_default=None, allow_none=True, validate=validate.Length(min=1))

    @ma.validates_schema
    def names_units(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("role") in UNIT_ROLES and not data.get("units"):
            raise ma.ValidationError("This role acts for a unit: name its units.", "units")


class HomeSchema(ma.Schema):
    """A unit in which the person works; nobody judges their own."""

    council = slug(required=True)
    unit = code(required=True)


class GrantsSchema(ma.Schema):
    """What an account is given in one council."""

    grants = fields.List(fields.Nested(GrantSchema), required=True, validate=validate.Length(max=60))
    home_units = fields.List(
        fields.Nested(HomeSchema), load_default=None, allow_none=True, validate=validate.Length(max=20)
    )


class NewAccountSchema(ma.Schema):
    """A new account."""

    login = Text(required=True, longest=100, shortest=3)
    name = Text(required=True, longest=100, shortest=1)
    password = Text(required=True, longest=1000)
    language = fields.String(load_default="vi", validate=validate.OneOf(LANGUAGES))
    grants = fields.List(fields.Nested(GrantSchema), required=True, validate=validate.Length(max=60))
    home_units = fields.List(fields.Nested(HomeSchema), load_default=list, validate=validate.Length(max=20))


class AccountSchema(ma.Schema):
    """An account as administrators see it."""

    id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    active = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    grants = fields.List(fields.Nested(GrantSchema), required=True)
    home_units = fields.List(fields.Nested(HomeSchema), required=True)


class ProofSchema(ma.Schema):
    """Who the program acts for: a sign-in name with its password, or a client key alone."""

    login = Text(longest=200)
    password = Text(longest=1000)
    client_key = Text(longest=200)

    @ma.validates_schema
    def is_one_proof(self, data: dict[str, Any], **kwargs: Any) -> None:
        by_password = "login" in data and "password" in data
        if by_password == ("client_key" in data) or ("login" in data) != ("password" in data):
            raise ma.ValidationError("Give login and password, or client_key alone.")


class TokenSchema(ma.Schema):
    """A bearer token (RFC 6750) for every service of the suite."""

    token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class StateSchema(ma.Schema):
    """Whether the account is open."""

    active = fields.Boolean(required=True, truthy={True}, falsy={False})


class PasswordSchema(ma.Schema):
    """A new password."""

    password = Text(required=True, longest=1000)


class NewKeySchema(ma.Schema):
    """A key for a program of one's own institution."""

    title = Text(required=True, longest=100, shortest=1)
    days = WholeNumber(required=True, validate=validate.Range(min=1, max=400))


class KeySchema(ma.Schema):
    """A key without its secret."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    expires_at = fields.AwareDateTime(required=True, format="iso")
    revoked_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class MadeKeySchema(KeySchema):
    """A key with its secret, which is told this once."""

    client_key = fields.String(required=True)


def tokens_api(parts: Parts) -> Blueprint:
    """`POST /v1/tokens`; endpoint `tokens.Tokens`."""
    blueprint = Blueprint("tokens", __name__, url_prefix="/v1/tokens", description="Tokens for programs")

    @blueprint.route("")
    class Tokens(MethodView):
        @blueprint.arguments(ProofSchema)
        @blueprint.response(201, TokenSchema)
        def post(self, proof: dict[str, str]) -> Any:
            """A bearer token for ten minutes; ask again when it has expired."""
            proved = sign_in.issue_client_token(
                parts.door,
                login=proof.get("login"),
                password=proof.get("password"),
                client_key=proof.get("client_key"),
                address=request.remote_addr,
            )
            token = parts.signer.person_token(proved.actor, issued_at=proved.issued_at)
            body = {"token": token, "token_type": "Bearer", "expires_in": int(PERSON_LIFETIME.total_seconds())}
            return body, 201, {"Cache-Control": "no-store"}

    return blueprint


def accounts_api(parts: Parts) -> Blueprint:
    """`/v1/accounts`; endpoints `accounts.…`."""
    blueprint = Blueprint("accounts", __name__, url_prefix="/v1/accounts", description="Accounts, roles and keys")
    door = parts.door

    @blueprint.route("")
    class Accounts(MethodView):
        @blueprint.response(200, AccountSchema(many=True))
        def get(self) -> Any:
            """Accounts that have to do with a council the asker administers."""
            return [_shown(account) for account in accounts.read_accounts(door, current_actor())]

        @blueprint.arguments(NewAccountSchema)
        @blueprint.response(201, AccountSchema)
        def post(self, given: dict[str, Any]) -> Any:
            """Open an account; roles only in councils the asker administers."""
            command = accounts.NewAccount(
                login=given["login"],
                name=given["name"],
                password=given["password"],
                language=given["language"],
                grants=_grants(given["grants"]),
                home_units=_homes(given["home_units"]),
            )
            return _shown(accounts.create_account(door, current_actor(), command))

    @blueprint.route("/<uuid:account>")
    class OneAccount(MethodView):
        @blueprint.response(200, AccountSchema)
        def get(self, account: Any) -> Any:
            """One's own account, or one that the asker administers."""
            return _shown(accounts.read_account(door, current_actor(), str(account)))

    @blueprint.route("/<uuid:account>/grants/<council>")
    class Grants(MethodView):
        @blueprint.arguments(GrantsSchema)
        @blueprint.response(200, AccountSchema)
        def put(self, given: dict[str, Any], account: Any, council: str) -> Any:
            """Replace the roles (and home units, if given) in one council; holds at once."""
            homes = None if given["home_units"] is None else _homes(given["home_units"])
            changed = accounts.change_grants(
                door, current_actor(), str(account), council, _grants(given["grants"]), homes
            )
            return _shown(changed)

    @blueprint.route("/<uuid:account>/state")
    class State(MethodView):
        @blueprint.arguments(StateSchema)
        @blueprint.response(200, AccountSchema)
        def put(self, given: dict[str, bool], account: Any) -> Any:
            """Close an account, or open it again."""
            return _shown(accounts.set_active(door, current_actor(), str(account), given["active"]))

    @blueprint.route("/<uuid:account>/password")
    class Password(MethodView):
        @blueprint.arguments(PasswordSchema)
        @blueprint.response(204)
        def put(self, given: dict[str, str], account: Any) -> None:
            """A new password for somebody who forgot theirs; their sessions and keys end."""
            accounts.reset_password(door, current_actor(), str(account), given["password"])

    @blueprint.route("/<uuid:account>/revocations")
    class Revocations(MethodView):
        @blueprint.response(204)
        def post(self, account: Any) -> None:
            """End all sessions of an account and void its tokens."""
            accounts.revoke(door, current_actor(), str(account))

    _keys(blueprint, parts)
    return blueprint


def _keys(blueprint: Blueprint, parts: Parts) -> None:
    """`/v1/accounts/own/keys`: keys of the asker's own account."""

    @blueprint.route("/own/keys")
    class Keys(MethodView):
        @blueprint.response(200, KeySchema(many=True))
        def get(self) -> Any:
            """One's own keys, without their secrets."""
            return sign_in.read_client_keys(parts.door, current_actor())

        @blueprint.arguments(NewKeySchema)
        @blueprint.response(201, MadeKeySchema)
        def post(self, given: dict[str, Any]) -> Any:
            """Make a key; its secret is told this once."""
            key, secret = sign_in.create_client_key(parts.door, current_actor(), given["title"], given["days"])
            body = {name: getattr(key, name) for name in ("id", "title", "created_at", "expires_at", "revoked_at")}
            return {**body, "client_key": secret}, 201, {"Cache-Control": "no-store"}

    @blueprint.route("/own/keys/<uuid:key>")
    class OneKey(MethodView):
        @blueprint.response(204)
        def delete(self, key: Any) -> None:
            """End a key."""
            sign_in.revoke_client_key(parts.door, current_actor(), str(key))


def _grants(given: list[dict[str, Any]]) -> tuple[Grant, ...]:
    grants: list[Grant] = []
    for number, grant in enumerate(given):
        try:
            grants.append(
                Grant(Role(grant["role"]), grant["council"], grant["units"], grant["clusters"], grant["criteria"])
            )
        except ValueError as error:
            said = sentence("This role cannot be given in this way.")
            raise BadInput([Fault(said, path=f"grants.{number}")]) from error
    return tuple(grants)


def _homes(given: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((home["council"], home["unit"]) for home in given)


def _shown(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "language": account.language,
        "active": account.active,
        "created_at": account.created_at,
        "grants": [
            {
                "role": str(g.role),
                "council": g.council,
                "units": g.units,
                "clusters": g.clusters,
                "criteria": g.criteria,
            }
            for g in account.grants
        ],
        "home_units": [{"council": council, "unit": unit} for council, unit in account.home_units],
    }
