"""Prove who one is: sign in, renew, sign out, and tokens for programs."""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.intake.accounts.actions.accounts import revoke_tokens
from services.intake.accounts.model import LONGEST_CLIENT_KEY, Account, ClientKey, Session
from services.intake.accounts.rules import (
    limits_of,
    no_such_account,
    normal_password,
    password_is_once,
    read_login,
    session_over,
    too_many_attempts,
    wrong_sign_in,
)
from services.intake.people.model import HistoryRow
from services.intake.ports import AccountStore
from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, ActorKind
from shared.plumbing.tokens import hash_client_token, new_client_key

_FORGET_SESSIONS = timedelta(days=30)


@dataclass(frozen=True)
class SignedIn:
    """A session was opened or used. `issued_at` is when the token says it was made (see `renew`)."""

    account: Account
    actor: Actor
    issued_at: datetime
    expires_at: datetime


def sign_in(account_store: AccountStore, login: str, password: str, address: str | None) -> tuple[SignedIn, str]:
    """Open a session; also returns the secret for the browser's cookie, which is stored nowhere.

    Raises the same Refusal, after the same work, for an unknown name, a wrong password and a closed account.
    """
    account = prove(account_store, login, password, address)
    secret = secrets.token_urlsafe(32)
    with account_store.work() as work:
        held = work.accounts.account(account.id, lock="share")
        if held is None or not held.active:
            raise wrong_sign_in()
        if held.password_once:
            raise password_is_once()
        session = Session(
            id=str(uuid.uuid4()),
            account=held.id,
            secret_sha256=hash_client_token(secret),
            created_at=work.now,
            expires_at=work.now,
        ).renewed(work.now)
        work.accounts.add_session(session)
        work.accounts.forget_old_sessions(work.now - _FORGET_SESSIONS)
        signed_in = SignedIn(held, held.actor(ActorKind.PERSON, session.id), work.moment(), session.expires_at)
        work.commit()
    return signed_in, secret


def prove(account_store: AccountStore, login: str, password: str, address: str | None) -> Account:
    """The account whose name and password these are. Every wrong answer weighs on the name and on the address."""
    try:
        name = read_login(login)
    except BadInput:
        name = ""
    attempts = limits_of(name or login[:200], address)
    # Counted before the password is looked at, in a transaction of its own: a thousand tries at once are a thousand.
    if wait := account_store.limits.take(attempts):
        raise too_many_attempts(wait)
    with account_store.work() as work:
        account, stored = work.accounts.credentials(name)
    normal = normal_password(password)
    if not account_store.passwords.is_right(stored, normal) or account is None or stored is None or not account.active:
        raise wrong_sign_in()
    account_store.limits.give_back(attempts)
    if account_store.passwords.is_old(stored):
        _strengthen(account_store, account, stored, normal)
    return account


def _strengthen(account_store: AccountStore, account: Account, stored: str, password: str) -> None:
    """Hash the password again with today's parameters, unless it was changed meanwhile."""
    fresh = account_store.passwords.hash(password)
    with account_store.work() as work:
        work.accounts.account(account.id, lock="update")
        if work.accounts.password_hash(account.id) == stored:
            work.accounts.save_password(account.id, fresh)
            work.commit()


def renew(account_store: AccountStore, secret: str | None) -> SignedIn:
    """Use a session for another token. Raises the refusal session_over.

    The token's time is taken while the account is held: a revocation either waits for us and voids this token, or
    came first and is seen here.
    """
    if not secret:
        raise session_over()
    with account_store.work() as work:
        session = work.accounts.session_by_secret(hash_client_token(secret))
        account = work.accounts.account(session.account, lock="share") if session else None
        # Read again now that the account is held: a revocation may have come between.
        session = work.accounts.session_by_secret(hash_client_token(secret))
        if session is None or account is None or not account.active or not session.is_good(work.now):
            raise session_over()
        session = session.renewed(work.now)
        work.accounts.save_session(session)
        renewed = SignedIn(account, account.actor(ActorKind.PERSON, session.id), work.moment(), session.expires_at)
        work.commit()
    return renewed


def sign_out(account_store: AccountStore, secret: str | None) -> None:
    """End the session and void the account's tokens; other browsers of the person fetch themselves new ones."""
    if not secret:
        return
    with account_store.work() as work:
        session = work.accounts.session_by_secret(hash_client_token(secret))
        account = work.accounts.account(session.account, lock="update") if session else None
        if session is None or account is None or session.revoked_at is not None:
            return
        work.accounts.save_session(replace(session, revoked_at=work.now))
        revoke_tokens(work, account)
        work.commit()


# --- programs
def issue_client_token(
    account_store: AccountStore, *, login: str | None, password: str | None, client_key: str | None, address: str | None
) -> SignedIn:
    """Who a program acts for, by name and password or by a client key. Raises wrong_sign_in, too_many_attempts."""
    if client_key is not None:
        account, session = _prove_by_key(account_store, client_key, address)
    else:
        account, session = prove(account_store, login or "", password or "", address), None
    with account_store.work() as work:
        held = work.accounts.account(account.id, lock="share")
        if held is None or not held.active:
            raise wrong_sign_in()
        if client_key is None and held.password_once:
            raise password_is_once()
        moment = work.moment()
    return SignedIn(held, held.actor(ActorKind.CLIENT, session), moment, moment)


def _prove_by_key(account_store: AccountStore, secret: str, address: str | None) -> tuple[Account, str]:
    attempts = limits_of("", address)
    if wait := account_store.limits.take(attempts):
        raise too_many_attempts(wait)
    with account_store.work() as work:
        key = work.accounts.client_key_by_secret(hash_client_token(secret))
        account = work.accounts.account(key.account) if key else None
        if key is None or account is None or not key.is_good(work.now):
            raise wrong_sign_in()
    account_store.limits.give_back(attempts)
    return account, key.id


def create_client_key(account_store: AccountStore, actor: Actor, title: str, days: int) -> tuple[ClientKey, str]:
    """A key for one's own account; its secret is shown once."""
    if not 1 <= days <= LONGEST_CLIENT_KEY.days:
        said = sentence("A key is good for 1 to %(most)s days.", most=LONGEST_CLIENT_KEY.days)
        raise BadInput([Fault(said, path="days")])
    secret = new_client_key()
    with account_store.work() as work:
        account = work.accounts.account(actor.account, lock="share")
        if account is None or not account.active or not _proved_by_password(actor):
            raise no_such_account()
        key = ClientKey(
            id=str(uuid.uuid4()),
            account=account.id,
            title=title,
            secret_sha256=hash_client_token(secret),
            created_at=work.now,
            expires_at=work.now + timedelta(days=days),
        )
        work.accounts.add_client_key(key)
        details = {"key": key.id, "title": title, "expires_at": key.expires_at.isoformat()}
        work.history.record(
            HistoryRow(actor.account, actor.name, "client_key_created", f"account:{account.id}", details, work.now)
        )
        work.commit()
    return key, secret


def _proved_by_password(actor: Actor) -> bool:
    """Whether there is a person behind the token: a key must not beget keys."""
    return actor.kind is ActorKind.PERSON or (actor.kind is ActorKind.CLIENT and actor.session is None)


def revoke_client_key(account_store: AccountStore, actor: Actor, identity: str) -> None:
    """End a key of one's own account."""
    with account_store.work() as work:
        if not work.accounts.revoke_client_key(actor.account, identity, work.now):
            raise Refusal("not_found", no_such_account().kind, sentence("There is no such key."))
        details = {"key": identity}
        work.history.record(
            HistoryRow(actor.account, actor.name, "client_key_revoked", f"account:{actor.account}", details, work.now)
        )
        work.commit()
