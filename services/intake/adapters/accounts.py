"""Accounts, sessions and limits on PostgreSQL, and password hashes."""

import hmac
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.intake.account_ports import Limits, Passwords
from services.intake.adapters import account_tables
from services.intake.adapters.assessment_repository import SqlHistory
from services.intake.adapters.handovers import SqlHandovers
from services.intake.adapters.notices import SqlNotices
from services.intake.adapters.tables import uuid_of
from services.intake.domain.accounts import Account, ClientKey, Limit, Session
from services.intake.domain.vietnamese import sort_key
from services.intake.ports import Contributor
from shared.contracts.events import Event
from shared.people import Actor, Grant, Role
from shared.plumbing import database

_FORGET_LIMITS = timedelta(days=1)


class ArgonPasswords:
    """argon2id: 19 MiB, two passes, one lane (OWASP's first choice; about 25 ms)."""

    def __init__(self, time_cost: int = 2, memory_kib: int = 19 * 1024) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        # What an unknown account is compared with, so that it takes as long as a known one.
        self._nobody = self._hasher.hash(uuid.uuid4().hex)
        # Many sign-ins at once must not add up to all the memory there is.
        self._turns = threading.BoundedSemaphore(4)

    def hash(self, password: str) -> str:
        """A fresh salted hash, with its parameters in it."""
        with self._turns:
            return self._hasher.hash(_bytes(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; False for None after the same work."""
        with self._turns:
            try:
                return self._hasher.verify(stored or self._nobody, _bytes(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_old(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


class SqlPeople:
    """`services.intake.ports.People` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        """The open accounts with the role contributor for this unit, in Vietnamese order of their names."""
        granted = [[Role.CONTRIBUTOR.value, council, [unit]]]
        rows = self.connection.execute(
            sa.select(account_tables.account).where(
                account_tables.account.c.active, account_tables.account.c.grants.contains(granted)
            )
        ).mappings()
        accounts = [account for account in map(_read_account, rows) if account.contributes(council, unit)]
        return [Contributor(one.id, one.name) for one in sorted(accounts, key=lambda one: sort_key(one.name))]


class SqlAccounts:
    """`services.intake.account_ports.AccountStore` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def account(self, identity: str, *, lock: str | None = None) -> Account | None:
        number = uuid_of(identity)
        if number is None:
            return None
        query = sa.select(account_tables.account).where(account_tables.account.c.id == number)
        if lock is not None:
            query = query.with_for_update(read=lock == "share")
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _read_account(row)

    def credentials(self, login: str) -> tuple[Account | None, str | None]:
        row = (
            self.connection.execute(sa.select(account_tables.account).where(account_tables.account.c.login == login))
            .mappings()
            .one_or_none()
        )
        return (None, None) if row is None else (_read_account(row), row["password_hash"])

    def accounts(self) -> Sequence[Account]:
        rows = self.connection.execute(
            sa.select(account_tables.account).order_by(account_tables.account.c.login)
        ).mappings()
        return [_read_account(row) for row in rows]

    def password_hash(self, identity: str) -> str | None:
        return self.connection.execute(
            sa.select(account_tables.account.c.password_hash).where(account_tables.account.c.id == uuid_of(identity))
        ).scalar_one_or_none()

    def add_account(self, account: Account, password_hash: str) -> bool:
        values = {
            **_written(account),
            "id": uuid.UUID(account.id),
            "login": account.login,
            "created_at": account.created_at,
            "password_hash": password_hash,
        }
        added = insert(account_tables.account).values(values).on_conflict_do_nothing(index_elements=["login"])
        return self.connection.execute(added.returning(account_tables.account.c.id)).one_or_none() is not None

    def save_account(self, account: Account) -> None:
        self.connection.execute(
            sa.update(account_tables.account)
            .where(account_tables.account.c.id == uuid.UUID(account.id))
            .values(_written(account))
        )

    def save_password(self, identity: str, password_hash: str) -> None:
        self.connection.execute(
            sa.update(account_tables.account)
            .where(account_tables.account.c.id == uuid.UUID(identity))
            .values(password_hash=password_hash)
        )

    # --- sessions

    def add_session(self, session: Session) -> None:
        self.connection.execute(
            sa.insert(account_tables.browser_session).values(
                id=uuid.UUID(session.id),
                account_id=uuid.UUID(session.account),
                secret_sha256=session.secret_sha256,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
        )

    def session_by_secret(self, secret_sha256: str) -> Session | None:
        query = sa.select(account_tables.browser_session).where(
            account_tables.browser_session.c.secret_sha256 == secret_sha256
        )
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
            sa.update(account_tables.browser_session)
            .where(account_tables.browser_session.c.id == uuid.UUID(session.id))
            .values(expires_at=session.expires_at, revoked_at=session.revoked_at)
        )

    def revoke_sessions(self, account: str, at: datetime) -> None:
        self.connection.execute(
            sa.update(account_tables.browser_session)
            .where(
                account_tables.browser_session.c.account_id == uuid.UUID(account),
                account_tables.browser_session.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )

    def forget_old_sessions(self, before: datetime) -> None:
        self.connection.execute(
            sa.delete(account_tables.browser_session).where(account_tables.browser_session.c.expires_at < before)
        )

    # --- client keys

    def add_client_key(self, key: ClientKey) -> None:
        self.connection.execute(
            sa.insert(account_tables.client_key).values(
                id=uuid.UUID(key.id),
                account_id=uuid.UUID(key.account),
                title=key.title,
                secret_sha256=key.secret_sha256,
                created_at=key.created_at,
                expires_at=key.expires_at,
            )
        )

    def client_key_by_secret(self, secret_sha256: str) -> ClientKey | None:
        query = sa.select(account_tables.client_key).where(account_tables.client_key.c.secret_sha256 == secret_sha256)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _read_key(row)

    def client_keys(self, account: str) -> Sequence[ClientKey]:
        query = (
            sa.select(account_tables.client_key)
            .where(account_tables.client_key.c.account_id == uuid_of(account))
            .order_by(account_tables.client_key.c.created_at.desc())
        )
        return [_read_key(row) for row in self.connection.execute(query).mappings()]

    def revoke_client_key(self, account: str, identity: str, at: datetime) -> bool:
        revoked = (
            sa.update(account_tables.client_key)
            .where(
                account_tables.client_key.c.account_id == uuid_of(account),
                account_tables.client_key.c.id == uuid_of(identity),
                account_tables.client_key.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )
        return self.connection.execute(revoked).rowcount == 1

    def revoke_client_keys(self, account: str, at: datetime) -> None:
        self.connection.execute(
            sa.update(account_tables.client_key)
            .where(
                account_tables.client_key.c.account_id == uuid.UUID(account),
                account_tables.client_key.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )


class SqlLimits:
    """Leaking buckets in rows; the row's lock makes simultaneous attempts count one after the other."""

    def __init__(self, base: database.Database, secret: str) -> None:
        self._database = base
        self._secret = hmac.digest(secret.encode(), b"sign-in limits", "sha256")

    def take(self, limits: Sequence[tuple[str, Limit]]) -> timedelta:
        """Add one attempt to each key, unless one is full: then how long to wait, and nothing is added."""
        with self._database.engine.connect() as connection:
            # Not the unit of work's clock: the moment counts at which the locks are ours.
            levels = [(key, limit, self._lock(connection, key, limit)) for key, limit in self._sorted(limits)]
            wait = max((limit.wait(level) for _, limit, level in levels), default=timedelta())
            if wait:
                return wait
            for key, _, level in levels:
                self._write(connection, key, level + 1)
            self._forget(connection)
            connection.commit()
        return timedelta()

    def give_back(self, limits: Sequence[tuple[str, Limit]]) -> None:
        """Take one attempt out of each key again."""
        with self._database.engine.connect() as connection:
            for key, limit in self._sorted(limits):
                self._write(connection, key, max(0.0, self._lock(connection, key, limit) - 1))
            connection.commit()

    def _forget(self, connection: Connection) -> None:
        """Drop rows that have long leaked empty, without waiting for anybody who holds one."""
        table = account_tables.sign_in_limit
        stale = sa.select(table.c.key).where(table.c.updated_at < self._database.clock.now() - _FORGET_LIMITS)
        empty = stale.limit(100).with_for_update(skip_locked=True)
        connection.execute(sa.delete(table).where(table.c.key.in_(empty)))

    def _sorted(self, limits: Sequence[tuple[str, Limit]]) -> list[tuple[str, Limit]]:
        """Under their hashed keys, in one order, so that two attempts never wait for each other crosswise."""
        hashed = [
            (hmac.digest(self._secret, key.encode("utf-8", "surrogatepass"), "sha256").hex(), limit)
            for key, limit in limits
        ]
        return sorted(hashed, key=lambda pair: pair[0])

    def _lock(self, connection: Connection, key: str, limit: Limit) -> float:
        """The level now, with the row held until the transaction ends."""
        table = account_tables.sign_in_limit
        added = insert(table).values(key=key, level=0.0, updated_at=self._database.clock.now())
        # An update that changes nothing: it locks the row that is there, and there is one in any case.
        held = added.on_conflict_do_update(index_elements=["key"], set_={"key": added.excluded.key})
        row = connection.execute(held.returning(table.c.level, table.c.updated_at)).one()
        return limit.level(row.level, row.updated_at, self._database.clock.now())

    def _write(self, connection: Connection, key: str, level: float) -> None:
        table = account_tables.sign_in_limit
        connection.execute(
            sa.update(table).where(table.c.key == key).values(level=level, updated_at=self._database.clock.now())
        )


class SqlAccountWork:
    """`services.intake.account_ports.AccountWork` on a unit of work."""

    def __init__(self, inner: database.UnitOfWork) -> None:
        self.inner = inner
        self.now = inner.now
        self.accounts = SqlAccounts(inner.connection)
        self.history = SqlHistory(inner.connection)
        self.notices = SqlNotices(inner.connection, inner.database.clock)
        self.handovers = SqlHandovers(inner.connection)

    def moment(self) -> datetime:
        return self.inner.database.clock.now()

    def publish(self, event: Event) -> None:
        self.inner.publish(event)

    def ring(self, task: str, queue: str) -> None:
        self.inner.ring(task, queue)

    def commit(self) -> None:
        self.inner.commit()


class SqlAccountDoor:
    """`services.intake.account_ports.AccountDoor` on PostgreSQL. `secret` keys the hashes of what is limited."""

    def __init__(self, base: database.Database, secret: str, passwords: Passwords | None = None) -> None:
        self.database = base
        self.limits: Limits = SqlLimits(base, secret)
        self.passwords: Passwords = passwords or ArgonPasswords()

    @contextmanager
    def work(self) -> Iterator[SqlAccountWork]:
        with self.database.unit_of_work() as inner:
            yield SqlAccountWork(inner)

    def is_revoked(self, actor: Actor) -> bool:
        """Whether the actor's token is void: for intake's own guard, by one look at the account."""
        with self.database.glance() as connection:
            query = sa.select(account_tables.account.c.active, account_tables.account.c.tokens_void_before)
            row = connection.execute(query.where(account_tables.account.c.id == uuid_of(actor.account))).one_or_none()
        if row is None or not row.active:
            return True
        before = row.tokens_void_before
        return before is not None and (actor.issued_at is None or actor.issued_at < before)


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


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
