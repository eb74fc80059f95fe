"""Whom a notice reaches, and when its mail is due. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.intake.notices.model import Addressee, Delivery, Notice, Recipients, mail_due_at
from services.intake.people.model import OFFICERS, STAFF
from shared.people import UNIT_ROLES, Actor, Role


def the_unit(council: str, unit: str) -> Recipients:
    """The unit's officers and leaders."""
    return Recipients(council, OFFICERS, unit)


def the_staff(council: str, unit: str, cluster: str | None) -> Recipients:
    """The council's administrators and reviewers for a unit; nobody of the unit itself."""
    return Recipients(council, STAFF, unit, cluster, never_of=unit)


def the_administrators(council: str) -> Recipients:
    """The council's administrators."""
    return Recipients(council, (Role.ADMINISTRATOR,))


def the_accounts(*accounts: str) -> Recipients:
    """These people."""
    return Recipients(accounts=accounts)


def deliveries(
    notices: Sequence[Notice], people: Iterable[Addressee], actor: Actor, now: datetime
) -> list[list[Delivery]]:
    """Who is reached by each notice, once each; never the one who did it, unless the notice says so."""
    known = {one.actor.account: one for one in people}
    by_role: dict[tuple[Role, str, str | None], set[str]] = defaultdict(set)
    for account, one in known.items():
        for grant in one.actor.grants:
            for unit in (grant.units or ()) if grant.role in UNIT_ROLES else (None,):
                by_role[grant.role, grant.council, unit].add(account)
    reached: list[list[Delivery]] = []
    for notice in notices:
        accounts = {account for account in notice.to.accounts if account in known} | {
            account
            for role in notice.to.roles
            for account in _candidates(by_role, role, notice.to)
            if _is_meant(known[account].actor, role, notice.to)
        }
        if not notice.even_myself:
            accounts.discard(actor.account)
        reached.append([Delivery(account, mail_due_at(known[account].mode, now)) for account in sorted(accounts)])
    return reached


def _candidates(by_role: dict[tuple[Role, str, str | None], set[str]], role: Role, to: Recipients) -> Iterable[str]:
    if role in UNIT_ROLES and to.unit is not None:
        return by_role.get((role, to.council, to.unit), ())
    if role in UNIT_ROLES:
        return {
            one for (own, council, _), some in by_role.items() for one in some if (own, council) == (role, to.council)
        }
    return by_role.get((role, to.council, None), ())


def _is_meant(actor: Actor, role: Role, to: Recipients) -> bool:
    if to.never_of is not None and actor.belongs_to(to.council, to.never_of):
        return False
    return actor.may(role, council=to.council, unit=to.unit, cluster=to.cluster)
