"""Hand an office over: now, or on its day, when beat calls."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.accounts.actions.accounts import revoke_tokens
from services.intake.accounts.model import Account, Handover
from services.intake.accounts.rules import (
    handed_over,
    new_password,
    no_such_account,
    read_login,
    read_name,
    refuse_unless_administers,
)
from services.intake.people.model import ITSELF, HistoryRow
from services.intake.ports import AccountStore, AccountWork
from services.intake.vietnamese import one_spelling
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

LONGEST_NUMBER = 200


@dataclass(frozen=True)
class GivenHandover:
    """To whom an office passes: an account that is there, or a new one of that login and name."""

    login: str
    name: str  # only for a new account
    from_on: date
    document_number: str


@dataclass(frozen=True)
class HandedOver:
    """The handover, who takes over, and the new account's password, which is shown once; None: it had one."""

    handover: Handover
    successor: Account
    password: str | None


def hand_over(
    account_store: AccountStore, actor: Actor, council: str, identity: str, given: GivenHandover
) -> HandedOver:
    """Hand the roles that an account has in the council to another one; at once where the day has come.

    A new account is made closed and opens on the day. Raises BadInput, Refusal (not_found, handed_over).
    """
    refuse_unless_administers(actor, [council])
    login, number = _checked(given)
    password = new_password()
    password_hash = account_store.passwords.hash(password)
    with account_store.work() as work:
        known, _hash = work.accounts.credentials(login)
        # Both in one order, so that two handovers never wait for each other crosswise.
        for one in sorted({identity, known.id if known else identity}):
            work.accounts.account(one, lock="update")
        old = work.accounts.account(identity)
        if old is None or council not in old.councils():
            raise no_such_account()
        if not any(grant.council == council for grant in old.grants):
            said = sentence("This account has no role in the council that could be handed over.")
            raise Refusal("handed_over", Kind.CONFLICT, said)
        if any(_waits(one, old, council) for one in work.handovers.of(old.id)):
            said = sentence("A handover of this account is waiting for its day already.")
            raise Refusal("handed_over", Kind.CONFLICT, said)
        successor, is_new = _successor(work, actor, old, council, login, given.name, password_hash)
        handover = Handover(
            id=str(uuid.uuid4()),
            council=council,
            from_account=old.id,
            to_account=successor.id,
            from_on=given.from_on,
            document_number=number,
            account=actor.account,
            name=actor.name,
            at=work.now,
        )
        work.handovers.add(handover)
        for account in (old, successor):
            _record(work, actor, "handover_recorded", account, handover)
        if given.from_on <= work.now.astimezone(VIETNAM).date():
            successor = _carry_out(work, actor, handover)
        work.commit()
    return HandedOver(handover, successor, password if is_new else None)


def carry_out_due_handovers(account_store: AccountStore) -> Sequence[str]:
    """Carry out every handover whose day has come; safe to call at any time. Answers with their ids."""
    with account_store.work() as work:
        due = work.handovers.due(work.now.astimezone(VIETNAM).date())
    done: list[str] = []
    for one in due:
        with account_store.work() as work:
            held = work.handovers.get(one.id, lock=True)
            if held is None or held.done_at is not None:
                continue  # somebody was faster
            _carry_out(work, ITSELF, held)
            work.commit()
            done.append(one.id)
    return done


def _checked(given: GivenHandover) -> tuple[str, str]:
    number = one_spelling(given.document_number).strip()
    faults: list[Fault] = []
    login = ""
    try:
        login = read_login(given.login)
    except BadInput as bad:
        faults += bad.faults
    if not number:
        faults.append(Fault(sentence("Give the document's number."), path="document_number"))
    elif len(number) > LONGEST_NUMBER:
        said = sentence("At most %(most)s characters.", most=LONGEST_NUMBER)
        faults.append(Fault(said, path="document_number"))
    if faults:
        raise BadInput(faults)
    return login, number


def _waits(handover: Handover, old: Account, council: str) -> bool:
    return handover.from_account == old.id and handover.council == council and handover.done_at is None


def _successor(
    work: AccountWork, actor: Actor, old: Account, council: str, login: str, name: str, password_hash: str
) -> tuple[Account, bool]:
    """Who takes over, and whether the account is new."""
    known, _hash = work.accounts.credentials(login)
    if known is not None:
        if known.id == old.id:
            raise BadInput([Fault(sentence("The office already belongs to this account."), path="login")])
        refuse_unless_administers(actor, known.councils())
        if not known.active:
            raise BadInput([Fault(sentence("The account %(login)s is closed.", login=login), path="login")])
        return known, False
    account = Account(
        id=str(uuid.uuid4()),
        login=login,
        name=read_name(name),
        language=old.language,
        home_units=tuple(home for home in old.home_units if home[0] == council),
        grants=tuple(grant for grant in old.grants if grant.council == council),
        active=False,
        created_at=work.now,
        password_once=True,
    )
    if not work.accounts.add_account(account, password_hash):
        said = sentence("The sign-in name %(login)s is already in use.", login=login)
        raise BadInput([Fault(said, path="login")])
    return account, True


def _carry_out(work: AccountWork, actor: Actor, handover: Handover) -> Account:
    """Roles, homes and assigned items pass on; the sessions of the old account end where it is closed."""
    both = sorted((handover.from_account, handover.to_account))
    held = {one: work.accounts.account(one, lock="update") for one in both}
    old, new = held[handover.from_account], held[handover.to_account]
    assert old is not None
    assert new is not None
    old, new = handed_over(old, new, handover.council)
    if not old.active:
        work.accounts.revoke_sessions(old.id, work.now)
        work.accounts.revoke_client_keys(old.id, work.now)
    old, new = revoke_tokens(work, old), revoke_tokens(work, new)
    for subject in work.handovers.pass_on(handover.council, old.id, new.id, new.name):
        details = {"from": old.id, "to": new.id, "to_name": new.name, "document": handover.document_number}
        work.history.record(HistoryRow(actor.account, actor.name, "items_passed_on", subject, details, work.now))
    for account in (old, new):
        _record(work, actor, "office_handed_over", account, handover)
    work.handovers.done(handover.id, work.now)
    return new


def _record(work: AccountWork, actor: Actor, action: str, account: Account, handover: Handover) -> None:
    details = {
        "from": handover.from_account,
        "to": handover.to_account,
        "council": handover.council,
        "from_on": handover.from_on.isoformat(),
        "document": handover.document_number,
        "active": account.active,
        "grants": [grant.to_claim() for grant in account.grants],
    }
    work.history.record(HistoryRow(actor.account, actor.name, action, f"account:{account.id}", details, work.now))
