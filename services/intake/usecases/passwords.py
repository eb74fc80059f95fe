"""Passwords that an administrator hands over: made here, shown once, good for choosing another one."""

import secrets
from dataclasses import replace

from services.intake.account_ports import AccountDoor
from services.intake.domain.accounts import check_password, normal_password, wrong_sign_in
from services.intake.ports import HistoryRow
from services.intake.usecases.accounts import reset_password, revoke_tokens
from services.intake.usecases.sign_in import SignedIn, prove, sign_in
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor

# Read aloud and typed without mistakes: no 0 and o, no 1 and l.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Sixteen letters in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def reset_to_once(door: AccountDoor, actor: Actor, identity: str) -> str:
    """A password for somebody who forgot theirs; it opens the account only to choose another one."""
    password = new_password()
    reset_password(door, actor, identity, password, once=True)
    return password


def choose_password(
    door: AccountDoor, login: str, password: str, chosen: str, address: str | None
) -> tuple[SignedIn, str]:
    """Sign in with a password that was handed over, by choosing another one. Raises like `sign_in`, and BadInput."""
    account = prove(door, login, password, address)
    if normal_password(chosen) == normal_password(password):
        said = sentence("Choose another password than the one you were given.")
        raise BadInput([Fault(said, path="new_password")])
    checked = check_password(chosen, login=account.login, name=account.name, path="new_password")
    password_hash = door.passwords.hash(checked)
    with door.work() as work:
        held = work.accounts.account(account.id, lock="update")
        if held is None or not held.active or not held.password_once:
            raise wrong_sign_in()
        work.accounts.save_password(held.id, password_hash)
        held = revoke_tokens(work, replace(held, password_once=False))
        details = {"login": held.login}
        work.history.record(HistoryRow(held.id, held.name, "password_changed", f"account:{held.id}", details, work.now))
        work.commit()
    return sign_in(door, login, checked, address)
