"""Give people accounts and roles, change them, and withdraw what was signed before."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.intake.accounts.model import OPERATOR, Account, NewAccount
from services.intake.accounts.queries import find_account
from services.intake.accounts.rules import (
    check_grants,
    check_password,
    limits_of,
    no_such_account,
    normal_password,
    read_login,
    read_name,
    refuse_unless_administers,
    too_many_attempts,
    wrong_sign_in,
)
from services.intake.notices.actions import notify
from services.intake.notices.model import ACCOUNT_CHANGED, Notice
from services.intake.notices.rules import the_accounts
from services.intake.people.model import HistoryRow
from services.intake.ports import AccountStore, AccountWork
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, ActorKind, Grant, Role

# What people hear about their own account.
ANNOUNCED = {
    "grants_changed": sentence("Your roles were changed."),
    "account_opened": sentence("Your account was opened again."),
    "password_reset": sentence("Your password was set anew by an administrator."),
    "password_changed": sentence("Your password was changed."),
    "sessions_revoked": sentence("All your sign-ins were ended."),
}


def create_account(account_store: AccountStore, actor: Actor, command: NewAccount) -> Account:
    """An account with roles in councils that the actor administers. Raises BadInput, Refusal (login_taken)."""
    concerned = {grant.council for grant in command.grants} | {council for council, _ in command.home_units}
    refuse_unless_administers(actor, concerned)
    return _create(account_store, actor, command)


def create_administrator(account_store: AccountStore, login: str, name: str, password: str, council: str) -> Account:
    """A council's first administrator, from the command line. Raises BadInput, Refusal (login_taken)."""
    grants = (Grant(Role.ADMINISTRATOR, council),)
    return _create(account_store, OPERATOR, NewAccount(login, name, password, grants))


def check_new_accounts(account_store: AccountStore, actor: Actor, commands: Sequence[NewAccount]) -> list[NewAccount]:
    """The commands with logins and names in their one spelling; raises BadInput, located by position (`accounts.0`).

    Passwords are not looked at: who lists accounts does not choose them.
    """
    for command in commands:
        councils = {grant.council for grant in command.grants} | {council for council, _ in command.home_units}
        refuse_unless_administers(actor, councils)
    faults: list[Fault] = []
    checked: list[NewAccount] = []
    with account_store.work() as work:
        taken = {account.login for account in work.accounts.accounts()}
    for index, command in enumerate(commands):
        try:
            login, name = read_login(command.login), read_name(command.name)
            check_grants(command.grants, command.home_units, command.language)
        except BadInput as bad:
            faults += [replace(fault, path=f"accounts.{index}.{fault.path}") for fault in bad.faults]
            continue
        if login in taken:
            said = sentence("The sign-in name %(login)s is already in use.", login=login)
            faults.append(Fault(said, path=f"accounts.{index}.login"))
        taken.add(login)
        checked.append(replace(command, login=login, name=name))
    if faults:
        raise BadInput(faults)
    return checked


def create_accounts(account_store: AccountStore, actor: Actor, commands: Sequence[NewAccount]) -> list[Account]:
    """Many accounts in one transaction: all of them or none. Raises BadInput, located by position."""
    ready = check_new_accounts(account_store, actor, commands)
    # Hashing takes its time; it is done before the transaction begins.
    hashes = [
        account_store.passwords.hash(check_password(command.password, login=command.login, name=command.name))
        for command in ready
    ]
    created: list[Account] = []
    with account_store.work() as work:
        for index, (command, password_hash) in enumerate(zip(ready, hashes, strict=True)):
            account = _account(command, work.now)
            if not work.accounts.add_account(account, password_hash):
                said = sentence("The sign-in name %(login)s is already in use.", login=command.login)
                raise BadInput([Fault(said, path=f"accounts.{index}.login")])
            _record(work, actor, "account_created", account)
            created.append(account)
        work.commit()
    return created


def _account(command: NewAccount, now: datetime) -> Account:
    return Account(
        id=str(uuid.uuid4()),
        login=command.login,
        name=command.name,
        language=command.language,
        home_units=command.home_units,
        grants=command.grants,
        active=True,
        created_at=now,
        password_once=command.password_once,
    )


def _create(account_store: AccountStore, actor: Actor, command: NewAccount) -> Account:
    login, name = read_login(command.login), read_name(command.name)
    check_grants(command.grants, command.home_units, command.language)
    password = check_password(command.password, login=login, name=name)
    # Hashing takes its time; it is done before the transaction begins.
    password_hash = account_store.passwords.hash(password)
    with account_store.work() as work:
        account = _account(replace(command, login=login, name=name), work.now)
        if not work.accounts.add_account(account, password_hash):
            raise Refusal(
                "login_taken",
                Kind.CONFLICT,
                sentence("The sign-in name %(login)s is already in use.", login=login),
            )
        _record(work, actor, "account_created", account)
        work.commit()
    return account


def change_grants(
    account_store: AccountStore,
    actor: Actor,
    identity: str,
    council: str,
    grants: Sequence[Grant],
    home_units: Sequence[tuple[str, str]] | None = None,
) -> Account:
    """Other roles (and home units, unless None) in one council; they hold from the next token on, which is now."""
    refuse_unless_administers(actor, [council])
    check_grants(grants, home_units or ())
    if any(grant.council != council for grant in grants) or any(home[0] != council for home in home_units or ()):
        raise Refusal(
            "another_council",
            Kind.INVALID,
            sentence("The roles given here must all be in council %(council)s.", council=council),
        )
    with account_store.work() as work:
        account = find_account(work, identity).with_grants(council, grants, home_units)
        account = revoke_tokens(work, account)
        _record(work, actor, "grants_changed", account)
        work.commit()
    return account


def set_active(account_store: AccountStore, actor: Actor, identity: str, active: bool) -> Account:
    """Close an account, or open it again. Closing ends its sessions and keys at once."""
    with account_store.work() as work:
        account = find_account(work, identity)
        refuse_unless_administers(actor, account.councils())
        account = replace(account, active=active)
        if not active:
            _end_everything(work, account)
        account = revoke_tokens(work, account)
        _record(work, actor, "account_opened" if active else "account_closed", account)
        work.commit()
    return account


def revoke(account_store: AccountStore, actor: Actor, identity: str) -> Account:
    """End all sessions and void all tokens of an account: one's own, or one that the actor administers."""
    with account_store.work() as work:
        account = find_account(work, identity)
        if actor.account != account.id or actor.kind is not ActorKind.PERSON:
            refuse_unless_administers(actor, account.councils())
        work.accounts.revoke_sessions(account.id, work.now)
        account = revoke_tokens(work, account)
        _record(work, actor, "sessions_revoked", account)
        work.commit()
    return account


def reset_password(
    account_store: AccountStore, actor: Actor, identity: str, password: str, *, once: bool = False
) -> None:
    """A new password for somebody who forgot theirs; all their sessions and keys end.

    `once`: it opens the account only to choose another one.
    """
    with account_store.work() as work:
        account = find_account(work, identity, lock=None)
    refuse_unless_administers(actor, account.councils())
    password_hash = account_store.passwords.hash(check_password(password, login=account.login, name=account.name))
    with account_store.work() as work:
        account = find_account(work, identity)
        refuse_unless_administers(actor, account.councils())
        work.accounts.save_password(account.id, password_hash)
        _end_everything(work, account)
        account = revoke_tokens(work, replace(account, password_once=once))
        _record(work, actor, "password_reset", account)
        work.commit()


def change_password(account_store: AccountStore, actor: Actor, current: str, new: str, address: str | None) -> None:
    """One's own password. All sessions end, so that whoever knew the old one is out; sign in again after it."""
    with account_store.work() as work:
        account = work.accounts.account(actor.account)
        stored = work.accounts.password_hash(actor.account)
    if account is None or actor.kind is not ActorKind.PERSON:
        raise no_such_account()
    attempts = limits_of(account.login, address)
    if wait := account_store.limits.take(attempts):
        raise too_many_attempts(wait)
    if not account_store.passwords.is_right(stored, normal_password(current)):
        raise wrong_sign_in()
    account_store.limits.give_back(attempts)
    password_hash = account_store.passwords.hash(
        check_password(new, login=account.login, name=account.name, path="new_password")
    )
    with account_store.work() as work:
        account = find_account(work, account.id)
        work.accounts.save_password(account.id, password_hash)
        work.accounts.revoke_sessions(account.id, work.now)
        account = revoke_tokens(work, account)
        _record(work, actor, "password_changed", account)
        work.commit()


def revoke_tokens(work: AccountWork, account: Account) -> Account:
    """Save the account with all its tokens void from this moment on, and say so in the feed."""
    account = account.revoked(work.moment())
    assert account.tokens_void_before is not None
    work.accounts.save_account(account)
    data = {"account": account.id, "before": account.tokens_void_before.isoformat()}
    work.publish(Event("sessions_revoked", f"account:{account.id}", account.revocations, work.now, data))
    for reader in ("verify", "ranking"):
        work.wake_up(f"{reader}.drain_feeds", reader)
    return account


def _end_everything(work: AccountWork, account: Account) -> None:
    work.accounts.revoke_sessions(account.id, work.now)
    work.accounts.revoke_client_keys(account.id, work.now)


def _record(work: AccountWork, actor: Actor, action: str, account: Account) -> None:
    details = {
        "login": account.login,
        "active": account.active,
        "grants": [grant.to_claim() for grant in account.grants],
        "home_units": [list(home) for home in account.home_units],
    }
    work.history.record(HistoryRow(actor.account, actor.name, action, f"account:{account.id}", details, work.now))
    if action in ANNOUNCED:
        recorded = Notice(ACCOUNT_CHANGED, the_accounts(account.id), detail=ANNOUNCED[action], even_myself=True)
        notify(work, actor, recorded)
