"""What comes in and goes out about accounts, tokens, keys and handovers."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.accounts.actions.handovers import LONGEST_NUMBER, GivenHandover
from services.intake.accounts.model import Account, Handover
from services.intake.schemas import day, moment
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import LANGUAGES, sentence
from shared.people import UNIT_ROLES, Grant, Role


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


def handover_document(handover: Handover) -> dict[str, Any]:
    return {**vars(handover), "by": handover.name}


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
    """A key with its secret, which is shown this once."""

    client_key = fields.String(required=True)


def grants_of(given: list[dict[str, Any]]) -> tuple[Grant, ...]:
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


def homes_of(given: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((home["council"], home["unit"]) for home in given)


def account_document(account: Account) -> dict[str, Any]:
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
