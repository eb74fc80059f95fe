"""What a login and a password must be, who may give which roles, when attempts are too many. Pure."""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from services.intake.accounts.model import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    LONGEST_PASSWORD,
    MOST_GRANTS,
    SHORTEST_PASSWORD,
    Account,
    Limit,
)
from shared.contracts.fields import CODE, SLUG
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import LANGUAGES, sentence
from shared.people import Actor, Grant, Role

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


def handed_over(old: Account, new: Account, council: str) -> tuple[Account, Account]:
    """Both accounts afterwards: the old one without roles in the council, and closed where none is left elsewhere."""
    grants = _united(new.grants, old.grants, council)
    homes = tuple(dict.fromkeys(home for one in (new, old) for home in one.home_units if home[0] == council))
    after = old.with_grants(council, (), ())
    taken = replace(new.with_grants(council, grants, homes), active=True)
    return replace(after, active=after.active and bool(after.grants)), taken


def _united(present: Iterable[Grant], added: Iterable[Grant], council: str) -> tuple[Grant, ...]:
    return tuple(dict.fromkeys(grant for grant in (*present, *added) if grant.council == council))


# Read aloud and typed without mistakes: no 0 and o, no 1 and l.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Sixteen letters in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
