"""Accounts: what a login and a password must be, who may give which roles, sessions, and limits on sign-in. Pure."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.contracts.fields import CODE, SLUG
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import LANGUAGES, sentence
from shared.people import Actor, ActorKind, Grant, Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
# A working day in one sitting: an evening's pause ends it, and no session lives longer than a day.
SESSION_IDLE = timedelta(hours=4)
SESSION_LIFETIME = timedelta(hours=24)
LONGEST_CLIENT_KEY = timedelta(days=400)
MOST_GRANTS = 60
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@\-]{2,99}\Z")
# Long enough, yet what everybody would try first. Compared without spaces, dots and case.
_COMMON = frozenset(
    """
    123456789012 1234567890123 qwertyuiop12 qwertyuiop123 password1234 password12345 passwordpassword matkhau123456
    matkhau12345678 administrator administrator1 adminadmin123 congtam123456 congtamcongtam thiduakhenthuong
    thiduakhenthuong123 vietnam123456 vietnamvietnam hanoi12345678 abcdefghijkl abcd12345678 iloveyou1234 changeme1234
    welcome12345
    """.split()  # noqa: SIM905 - a list of words is easier to read and to extend as words
)


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


def read_login(text: str) -> str:
    """A login in its one spelling: lower case, ASCII. Raises BadInput on `login`."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    if not _LOGIN.match(login):
        said = sentence("A sign-in name has 3 to 100 characters: letters without accents, digits and . _ - @.")
        raise BadInput([Fault(said, path="login")])
    return login


def read_name(text: str) -> str:
    """A person's name in one spelling. Raises BadInput on `name`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= 100 or any(unicodedata.category(character) == "Cc" for character in name):
        raise BadInput([Fault(sentence("Give the person's name, at most 100 characters."), path="name")])
    return name


def normal_password(text: str) -> str:
    """A password in one spelling, whatever keyboard wrote its accents (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", text)


def check_password(text: str, *, login: str, name: str, path: str = "password") -> str:
    """A new password, normalised. Length decides, not kinds of characters (NIST SP 800-63B). Raises BadInput."""
    password = normal_password(text)
    bare = re.sub(r"[\s._\-]", "", password.casefold())
    said = None
    if len(password) < SHORTEST_PASSWORD:
        said = sentence(
            "A password has at least %(least)s characters; a short sentence is fine.", least=SHORTEST_PASSWORD
        )
    elif len(password) > LONGEST_PASSWORD:
        said = sentence("A password has at most %(most)s characters.", most=LONGEST_PASSWORD)
    elif bare in _COMMON or len(set(bare)) < 5:
        said = sentence("This password is one of the first that others would try; please choose another.")
    elif any(
        _much_of(bare, re.sub(r"[\s._\-]", "", part.casefold())) for part in (login, login.partition("@")[0], name)
    ):
        said = sentence("The password must not be made of the sign-in name or the person's name.")
    if said is not None:
        raise BadInput([Fault(said, path=path)])
    return password


def _much_of(password: str, part: str) -> bool:
    """Whether the password is little more than this part."""
    return len(part) >= 3 and part in password and len(password) - len(part) < SHORTEST_PASSWORD // 2


def check_grants(grants: Sequence[Grant], home_units: Sequence[tuple[str, str]], language: str = "vi") -> None:
    """Codes, language and number of what an account is given. Raises BadInput with a path each."""
    faults: list[Fault] = []
    if language not in LANGUAGES:
        faults.append(Fault(sentence("The language is vi or en."), path="language"))
    if len(grants) > MOST_GRANTS:
        faults.append(Fault(sentence("At most %(most)s roles for one account.", most=MOST_GRANTS), path="grants"))
    for number, grant in enumerate(grants):
        codes = (*(grant.units or ()), *(grant.clusters or ()), *(grant.criteria or ()))
        if not re.match(SLUG, grant.council) or not all(re.match(CODE, code) for code in codes):
            said = sentence("Councils, units, clusters and criteria are named by their codes.")
            faults.append(Fault(said, path=f"grants.{number}"))
    for number, (council, unit) in enumerate(home_units):
        if not re.match(SLUG, council) or not re.match(CODE, unit):
            said = sentence("Councils, units, clusters and criteria are named by their codes.")
            faults.append(Fault(said, path=f"home_units.{number}"))
    if faults:
        raise BadInput(faults)


# --- who may administer accounts


def administers_all(actor: Actor, councils: Iterable[str]) -> bool:
    """Whether the actor is an administrator of every one of these councils."""
    return all(actor.may(Role.ADMINISTRATOR, council=council) for council in councils)


def refuse_unless_administers(actor: Actor, councils: Iterable[str]) -> None:
    """Roles are given, and accounts are changed, only by administrators of all councils concerned."""
    concerned = list(councils)
    if not concerned and actor.may(Role.ADMINISTRATOR):
        return
    if not concerned or not administers_all(actor, concerned):
        raise Refusal(
            "not_allowed",
            Kind.FORBIDDEN,
            sentence("Only an administrator of every council concerned may do this."),
        )


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


def address_group(address: str | None) -> str:
    """What is limited together: an IPv4 address; the /64 of an IPv6 address, which one subscriber has to itself."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def limits_of(login: str, address: str | None) -> Sequence[tuple[str, Limit]]:
    """The buckets an attempt goes into; without a login only the address's."""
    name = ((f"login:{login}", ACCOUNT_LIMIT),) if login else ()
    return (*name, (f"address:{address_group(address)}", ADDRESS_LIMIT))


def too_many_attempts(wait: timedelta) -> Refusal:
    """The refusal for a full bucket; the same whether the account exists or not."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return Refusal(
        "too_many_attempts",
        Kind.TOO_MANY,
        sentence("Too many attempts. Please try again in %(minutes)s min.", minutes=minutes),
    )


def wrong_sign_in() -> Refusal:
    """The one answer to a wrong name, a wrong password and a closed account."""
    return Refusal("wrong_sign_in", Kind.UNAUTHENTICATED, sentence("The sign-in name or the password is not right."))


def password_is_once() -> Refusal:
    """The password is right, and was given out by an administrator: the person chooses one before anything else."""
    said = sentence("This password was given to you by an administrator. Please choose one of your own.")
    return Refusal("password_once", Kind.UNAUTHENTICATED, said)


def session_over() -> Refusal:
    """The session is unknown, expired, revoked, or its account closed."""
    return Refusal("session_over", Kind.UNAUTHENTICATED, sentence("Your sign-in has expired. Please sign in again."))


def no_such_account() -> Refusal:
    """There is no such account, or none that the asker may know of."""
    return Refusal("not_found", Kind.NOT_FOUND, sentence("There is no such account."))
