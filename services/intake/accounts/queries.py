"""Accounts as administrators and their owners see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.accounts.model import Account, ClientKey, Handover
from services.intake.accounts.rules import administers_all, no_such_account, refuse_unless_administers
from services.intake.people.model import HistoryRow
from services.intake.ports import AccountStore, AccountWork
from shared.people import Actor


def read_accounts(account_store: AccountStore, actor: Actor) -> Sequence[Account]:
    """The accounts that have to do with a council the actor administers, by login."""
    with account_store.work() as work:
        return [account for account in work.accounts.accounts() if _may_see(actor, account)]


def read_account(account_store: AccountStore, actor: Actor, identity: str) -> Account:
    """One such account, or one's own."""
    with account_store.work() as work:
        account = find_account(work, identity, lock=None)
    if actor.account != account.id and not _may_see(actor, account):
        raise no_such_account()
    return account


def find_account(work: AccountWork, identity: str, lock: str | None = "update") -> Account:
    account = work.accounts.account(identity, lock=lock)
    if account is None:
        raise no_such_account()
    return account


def _may_see(actor: Actor, account: Account) -> bool:
    return any(administers_all(actor, [council]) for council in account.councils())


def read_client_keys(account_store: AccountStore, actor: Actor) -> Sequence[ClientKey]:
    """The keys of one's own account, newest first; never their secrets."""
    with account_store.work() as work:
        return work.accounts.client_keys(actor.account)


@dataclass(frozen=True)
class AccountView:
    """An account as its council's administrator sees it."""

    account: Account
    handovers: Sequence[Handover]
    names: dict[str, str]  # of the other accounts, by id
    history: Sequence[HistoryRow]


def read_account_view(account_store: AccountStore, actor: Actor, council: str, identity: str) -> AccountView:
    """One account of a council that the actor administers, with what was done to it, newest first."""
    refuse_unless_administers(actor, [council])
    with account_store.work() as work:
        account = work.accounts.account(identity)
        handovers = work.handovers.of(account.id) if account else ()
        if account is None or not (council in account.councils() or handovers):
            raise no_such_account()
        others = {one for handover in handovers for one in (handover.from_account, handover.to_account)}
        known = {one: work.accounts.account(one) for one in others}
        names = {one: f"{found.name} ({found.login})" for one, found in known.items() if found}
        return AccountView(account, handovers, names, work.history.of(f"account:{account.id}"))
