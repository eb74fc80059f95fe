"""Accounts, sessions, keys, limits and handovers: what they are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.people import Actor, ActorKind, Grant, Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256


# A working day in one sitting: an evening's pause ends it, and no session lives longer than a day.
SESSION_IDLE = timedelta(hours=4)
SESSION_LIFETIME = timedelta(hours=24)
LONGEST_CLIENT_KEY = timedelta(days=400)
MOST_GRANTS = 60


# --- accounts
@dataclass(frozen=True)
class Account:
    """A person (or an institution's API client) with what they were granted. `id` is a UUID as text."""

    id: str
    login: str
    name: str
    language: str
    home_units: tuple[tuple[str, str], ...]
    grants: tuple[Grant, ...]
    active: bool
    created_at: datetime
    tokens_void_before: datetime | None = None
    revocations: int = 0
    password_once: bool = False  # an administrator gave it out: it opens the account only to choose another one

    def actor(self, kind: ActorKind, session: str | None) -> Actor:
        """The account as it acts through a session or a client key."""
        return Actor(self.id, self.name, self.home_units, self.grants, session, kind)

    def councils(self) -> frozenset[str]:
        """Every council the account has to do with."""
        return frozenset(grant.council for grant in self.grants) | {council for council, _ in self.home_units}

    def contributes(self, council: str, unit: str) -> bool:
        """Whether items of the unit may be assigned to the account."""
        return any(grant.role is Role.CONTRIBUTOR and grant.covers(council, unit, None, None) for grant in self.grants)

    def revoked(self, moment: datetime) -> "Account":
        """The account with every token issued before `moment` void."""
        before = max(moment, self.tokens_void_before) if self.tokens_void_before else moment
        return replace(self, tokens_void_before=before, revocations=self.revocations + 1)

    def with_grants(
        self, council: str, grants: Iterable[Grant], home_units: Iterable[tuple[str, str]] | None
    ) -> "Account":
        """The account with other grants (and home units, unless None) in one council; those elsewhere stay."""
        kept = tuple(grant for grant in self.grants if grant.council != council)
        homes = self.home_units
        if home_units is not None:
            homes = tuple(home for home in homes if home[0] != council) + tuple(home_units)
        return replace(self, grants=kept + tuple(grants), home_units=homes)


# --- sessions
@dataclass(frozen=True)
class Session:
    """A browser's session; its secret is known to the browser only."""

    id: str
    account: str
    secret_sha256: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_good(self, moment: datetime) -> bool:
        """Whether the session may still be used."""
        return self.revoked_at is None and moment < self.expires_at

    def renewed(self, moment: datetime) -> "Session":
        """The session after having been used: it ends after a pause, and after a day in any case."""
        return replace(self, expires_at=min(moment + SESSION_IDLE, self.created_at + SESSION_LIFETIME))


@dataclass(frozen=True)
class ClientKey:
    """An opaque key with which a program gets tokens in an account's name."""

    id: str
    account: str
    title: str
    secret_sha256: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_good(self, moment: datetime) -> bool:
        """Whether the key may still be used."""
        return self.revoked_at is None and moment < self.expires_at


# --- limits
@dataclass(frozen=True)
class Limit:
    """A bucket that leaks: each attempt adds one, one leaks every `leak`, and when it is full nobody gets in.

    A wrong attempt stays in the bucket, a right one is taken out again.
    """

    capacity: int
    leak: timedelta

    def level(self, level: float, since: datetime, now: datetime) -> float:
        """What is left of `level` after the time since then."""
        return max(0.0, level - max(now - since, timedelta()) / self.leak)

    def wait(self, level: float) -> timedelta:
        """How long until one more attempt fits; nothing if it fits now."""
        return max(timedelta(), (level + 1 - self.capacity) * self.leak)


# Guessing one account: ten tries, then one a minute. From one address: a hundred, then one every six seconds, because
# a whole ministry may come from one address.
ACCOUNT_LIMIT = Limit(10, timedelta(minutes=1))
ADDRESS_LIMIT = Limit(100, timedelta(seconds=6))


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


# Who acts on the command line, where whoever may read the settings may do everything.
OPERATOR = Actor(account="operator", name="operator", kind=ActorKind.SERVICE)


@dataclass(frozen=True)
class NewAccount:
    """What an administrator says of a new account."""

    login: str
    name: str
    password: str
    grants: tuple[Grant, ...]
    home_units: tuple[tuple[str, str], ...] = ()
    language: str = "vi"
    password_once: bool = False  # it opens the account only to choose another one
