"""Accounts, sessions and keys as rows."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.intake.accounts.model import Account, ClientKey, Session
from services.intake.accounts.tables import browser_session, client_key
from services.intake.people import tables as people_tables
from services.intake.people.model import Contributor
from services.intake.people.tables import account
from services.intake.tables import uuid_of
from services.intake.vietnamese import sort_key
from shared.people import Grant, Role


class SqlPeople:
    """`services.intake.ports.People` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        granted = [[Role.CONTRIBUTOR.value, council, [unit]]]
        rows = self.connection.execute(
            sa.select(account).where(account.c.active, account.c.grants.contains(granted))
        ).mappings()
        accounts = [account for account in map(_read_account, rows) if account.contributes(council, unit)]
        return [Contributor(one.id, one.name) for one in sorted(accounts, key=lambda one: sort_key(one.name))]


class SqlAccounts:
    """`services.intake.ports.AccountStore` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def account(self, identity: str, *, lock: str | None = None) -> Account | None:
        number = uuid_of(identity)
        if number is None:
            return None
        query = sa.select(account).where(account.c.id == number)
        if lock is not None:
            query = query.with_for_update(read=lock == "share")
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _read_account(row)

    def credentials(self, login: str) -> tuple[Account | None, str | None]:
        row = self.connection.execute(sa.select(account).where(account.c.login == login)).mappings().one_or_none()
        return (None, None) if row is None else (_read_account(row), row["password_hash"])

    def accounts(self) -> Sequence[Account]:
        rows = self.connection.execute(sa.select(account).order_by(account.c.login)).mappings()
        return [_read_account(row) for row in rows]

    def password_hash(self, identity: str) -> str | None:
        return self.connection.execute(
            sa.select(account.c.password_hash).where(account.c.id == uuid_of(identity))
        ).scalar_one_or_none()

    def add_account(self, account: Account, password_hash: str) -> bool:
        values = {
            **_written(account),
            "id": uuid.UUID(account.id),
            "login": account.login,
            "created_at": account.created_at,
            "password_hash": password_hash,
        }
        added = insert(people_tables.account).values(values).on_conflict_do_nothing(index_elements=["login"])
        return self.connection.execute(added.returning(people_tables.account.c.id)).one_or_none() is not None

    def save_account(self, account: Account) -> None:
        self.connection.execute(
            sa.update(people_tables.account)
            .where(people_tables.account.c.id == uuid.UUID(account.id))
            .values(_written(account))
        )

    def save_password(self, identity: str, password_hash: str) -> None:
        self.connection.execute(
            sa.update(account).where(account.c.id == uuid.UUID(identity)).values(password_hash=password_hash)
        )

    # --- sessions

    def add_session(self, session: Session) -> None:
        self.connection.execute(
            sa.insert(browser_session).values(
                id=uuid.UUID(session.id),
                account_id=uuid.UUID(session.account),
                secret_sha256=session.secret_sha256,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
        )

    def session_by_secret(self, secret_sha256: str) -> Session | None:
        query = sa.select(browser_session).where(browser_session.c.secret_sha256 == secret_sha256)
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return Session(
            id=str(row["id"]),
            account=str(row["account_id"]),
            secret_sha256=row["secret_sha256"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            revoked_at=row["revoked_at"],
        )

    def save_session(self, session: Session) -> None:
        self.connection.execute(
            sa.update(browser_session)
            .where(browser_session.c.id == uuid.UUID(session.id))
            .values(expires_at=session.expires_at, revoked_at=session.revoked_at)
        )

    def revoke_sessions(self, account: str, at: datetime) -> None:
        self.connection.execute(
            sa.update(browser_session)
            .where(
                browser_session.c.account_id == uuid.UUID(account),
                browser_session.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )

    def forget_old_sessions(self, before: datetime) -> None:
        self.connection.execute(sa.delete(browser_session).where(browser_session.c.expires_at < before))

    # --- client keys

    def add_client_key(self, key: ClientKey) -> None:
        self.connection.execute(
            sa.insert(client_key).values(
                id=uuid.UUID(key.id),
                account_id=uuid.UUID(key.account),
                title=key.title,
                secret_sha256=key.secret_sha256,
                created_at=key.created_at,
                expires_at=key.expires_at,
            )
        )

    def client_key_by_secret(self, secret_sha256: str) -> ClientKey | None:
        query = sa.select(client_key).where(client_key.c.secret_sha256 == secret_sha256)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _read_key(row)

    def client_keys(self, account: str) -> Sequence[ClientKey]:
        query = (
            sa.select(client_key)
            .where(client_key.c.account_id == uuid_of(account))
            .order_by(client_key.c.created_at.desc())
        )
        return [_read_key(row) for row in self.connection.execute(query).mappings()]

    def revoke_client_key(self, account: str, identity: str, at: datetime) -> bool:
        revoked = (
            sa.update(client_key)
            .where(
                client_key.c.account_id == uuid_of(account),
                client_key.c.id == uuid_of(identity),
                client_key.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )
        return self.connection.execute(revoked).rowcount == 1

    def revoke_client_keys(self, account: str, at: datetime) -> None:
        self.connection.execute(
            sa.update(client_key)
            .where(
                client_key.c.account_id == uuid.UUID(account),
                client_key.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )


def _read_account(row: Any) -> Account:
    return Account(
        id=str(row["id"]),
        login=row["login"],
        name=row["name"],
        language=row["language"],
        home_units=tuple((council, unit) for council, unit in row["home_units"]),
        grants=tuple(Grant.from_claim(claim) for claim in row["grants"]),
        active=row["active"],
        created_at=row["created_at"],
        tokens_void_before=row["tokens_void_before"],
        revocations=row["revocations"],
        password_once=row["password_once"],
    )


def _written(account: Account) -> dict[str, Any]:
    """What may change in an account."""
    return {
        "name": account.name,
        "language": account.language,
        "home_units": [list(home) for home in account.home_units],
        "grants": [grant.to_claim() for grant in account.grants],
        "active": account.active,
        "tokens_void_before": account.tokens_void_before,
        "revocations": account.revocations,
        "password_once": account.password_once,
    }


def _read_key(row: Any) -> ClientKey:
    return ClientKey(
        id=str(row["id"]),
        account=str(row["account_id"]),
        title=row["title"],
        secret_sha256=row["secret_sha256"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
