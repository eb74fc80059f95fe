"""Passwords that an administrator hands over: made here, shown once, good for choosing another one."""

from dataclasses import replace

from services.intake.accounts.actions.accounts import reset_password, revoke_tokens
from services.intake.accounts.actions.sign_in import SignedIn, prove, sign_in
from services.intake.accounts.rules import check_password, new_password, normal_password, wrong_sign_in
from services.intake.people.model import HistoryRow
from services.intake.ports import AccountStore
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor


def reset_to_once(account_store: AccountStore, actor: Actor, identity: str) -> str:
    """A password for somebody who forgot theirs; it opens the account only to choose another one."""
    password = new_password()
    reset_password(account_store, actor, identity, password, once=True)
    return password


def choose_password(
    account_store: AccountStore, login: str, password: str, chosen: str, address: str | None
) -> tuple[SignedIn, str]:
    """Sign in with a password that was handed over, by choosing another one. Raises like `sign_in`, and BadInput."""
    account = prove(account_store, login, password, address)
    if normal_password(chosen) == normal_password(password):
        said = sentence("Choose another password than the one you were given.")
        raise BadInput([Fault(said, path="new_password")])
    checked = check_password(chosen, login=account.login, name=account.name, path="new_password")
    password_hash = account_store.passwords.hash(checked)
    with account_store.work() as work:
        held = work.accounts.account(account.id, lock="update")
        if held is None or not held.active or not held.password_once:
            raise wrong_sign_in()
        work.accounts.save_password(held.id, password_hash)
        held = revoke_tokens(work, replace(held, password_once=False))
        details = {"login": held.login}
        work.history.record(HistoryRow(held.id, held.name, "password_changed", f"account:{held.id}", details, work.now))
        work.commit()
    return sign_in(account_store, login, checked, address)
