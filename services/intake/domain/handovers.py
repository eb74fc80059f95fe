"""An office passes from one person to another: roles and assigned criteria follow, the old account is closed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.intake.domain.accounts import Account
from shared.people import Grant


@dataclass(frozen=True)
class Handover:
    """From `from_account` to `to_account`, for one council, from a day on, by a document. Ids are UUIDs as text."""

    id: str
    council: str
    from_account: str
    to_account: str
    from_on: date
    document_number: str
    account: str
    name: str
    at: datetime
    done_at: datetime | None = None


def handed_over(old: Account, new: Account, council: str) -> tuple[Account, Account]:
    """Both accounts afterwards: the old one without roles in the council, and closed where none is left elsewhere."""
    grants = _united(new.grants, old.grants, council)
    homes = tuple(dict.fromkeys(home for one in (new, old) for home in one.home_units if home[0] == council))
    after = old.with_grants(council, (), ())
    taken = replace(new.with_grants(council, grants, homes), active=True)
    return replace(after, active=after.active and bool(after.grants)), taken


def _united(present: Iterable[Grant], added: Iterable[Grant], council: str) -> tuple[Grant, ...]:
    return tuple(dict.fromkeys(grant for grant in (*present, *added) if grant.council == council))
