"""Who may call which endpoint: one table per service names each endpoint and method, and the guard enforces it.

    ACCESS = {
        "queue.page GET": roles(Role.REVIEWER, Role.LEAD_REVIEWER),
        "scores.Scores GET": roles(Role.REVIEWER) | services("ranking"),
        "cycles.Cycles GET": signed_in(),
        "cycles.Cycles POST": roles(Role.ADMINISTRATOR),
        "editions.page GET POST": public(),
    }
    guard(app, ACCESS, verifier, is_revoked)

A key is an endpoint and the methods under this rule; HEAD goes with GET. The table answers "may this kind of person
call this at all". Whether they may touch *this* unit is asked by the action or query (`actor.may(...)`), which knows
the unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, g, jsonify, redirect, request

from shared.clock import Clock, SystemClock
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import ANONYMOUS, Actor, ActorKind, Role
from shared.plumbing.tokens import TokenRefused, TokenSigner, TokenVerifier, unverified_claims
from shared.web.browser import UNSAFE, cookie_token, here, refuse_forgery, renew_path
from shared.web.problems import wants_page

# A token signed so recently that asking for another one would only send the browser in circles.
FRESH_SECONDS = 5


@dataclass(frozen=True)
class Access:
    """The rule of an endpoint. Rules are joined by `|`: whoever one of them admits may call it.

    `csrf=False` is for endpoints that anybody may post to without a cookie, whose proof is in the body itself.
    `identify=False` means that tokens are not read there: style sheets, health.
    """

    everybody: bool = False
    signed_in: bool = False
    roles: frozenset[Role] = frozenset()
    services: frozenset[str] = frozenset()
    csrf: bool = True
    identify: bool = True

    def __or__(self, other: "Access") -> "Access":
        return Access(
            self.everybody or other.everybody,
            self.signed_in or other.signed_in,
            self.roles | other.roles,
            self.services | other.services,
            self.csrf and other.csrf,
            self.identify or other.identify,
        )

    def admits(self, actor: Actor) -> bool:
        """Whether this actor may call the endpoint."""
        if self.everybody:
            return True
        if actor.kind is ActorKind.SERVICE:
            return actor.account in self.services
        if not actor.is_known:
            return False
        return self.signed_in or (bool(self.roles) and actor.may(self.roles))


def public(*, csrf: bool = True, identify: bool = True) -> Access:
    """Everybody, known or not."""
    return Access(everybody=True, csrf=csrf, identify=identify)


def signed_in() -> Access:
    """Any person or their API client."""
    return Access(signed_in=True)


def roles(*names: Role) -> Access:
    """Whoever holds one of these roles anywhere."""
    if not names:
        raise ValueError("name at least one role")
    return Access(roles=frozenset(names))


def services(*names: str) -> Access:
    """These services of the suite."""
    if not names:
        raise ValueError("name at least one service")
    return Access(services=frozenset(names))


_OPEN = public(identify=False)
# Endpoints that every service has; a service's own table may say otherwise.
COMMON_ACCESS: Mapping[str, Access] = {
    "health.live GET": _OPEN,
    "health.ready GET": _OPEN,
    "health.version GET": _OPEN,
    "api-docs.openapi_json GET": _OPEN,
    "keys.jwks GET": _OPEN,
    "ui.style GET": _OPEN,
    "ui.icon_image GET": _OPEN,
    "ui.choose_language GET": _OPEN,
}
_EXTENSION = "cong_tam_access"


def guard(
    app: Flask,
    table: Mapping[str, Access],
    verifier: TokenVerifier,
    is_revoked: Callable[[Actor], bool],
    clock: Clock | None = None,
) -> None:
    """Hold every request to the table. Call it after all blueprints are registered.

    Raises RuntimeError if an endpoint's method is missing in the table, or if the table names one that is unknown or
    names one twice. `is_revoked` says whether an actor's token (see `issued_at`) was withdrawn; it is not asked about
    services.
    """
    known = _methods(app)
    common = {key: rule for key, rule in COMMON_ACCESS.items() if key.split()[0] in known}
    rules = _by_method(common) | _by_method(table)
    served = {(endpoint, method) for endpoint, methods in known.items() for method in methods}
    if missing := sorted(served - rules.keys()):
        raise RuntimeError(f"endpoints without access rule: {_listed(missing)}")
    if unknown := sorted(rules.keys() - served):
        raise RuntimeError(f"access rules for unknown endpoints or methods: {_listed(unknown)}")
    app.extensions[_EXTENSION] = rules
    gate = _Gate(rules, verifier, is_revoked, clock or SystemClock())
    app.before_request(gate.check)
    app.jinja_env.globals.update(may_enter=may_enter)


def may_enter(name: str) -> bool:
    """Whether whoever is asking may call an endpoint; its GET where no method is named ("lists.entry POST")."""
    endpoint, _, method = name.partition(" ")
    rule: Access = current_app.extensions[_EXTENSION][endpoint, method or "GET"]
    return rule.admits(current_actor())


def _methods(app: Flask) -> dict[str, set[str]]:
    """The methods of each endpoint that need a rule."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        automatic = {"HEAD", "OPTIONS"} if getattr(rule, "provide_automatic_options", False) else {"HEAD"}
        found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - automatic)
    return found


def _by_method(table: Mapping[str, Access]) -> dict[tuple[str, str], Access]:
    """The table with one key for each endpoint and method."""
    rules: dict[tuple[str, str], Access] = {}
    for key, rule in table.items():
        endpoint, *methods = key.split()
        if not methods:
            raise RuntimeError(f"the access rule of {endpoint} names no method")
        for method in methods:
            if (endpoint, method) in rules:
                raise RuntimeError(f"two access rules for {endpoint} {method}")
            rules[endpoint, method] = rule
    return rules


def _listed(keys: list[tuple[str, str]]) -> str:
    return ", ".join(f"{endpoint} {method}" for endpoint, method in keys)


def current_actor() -> Actor:
    """Who is asking; nobody in particular outside a guarded request."""
    actor: Actor = g.get("actor", ANONYMOUS)
    return actor


def jwks_blueprint(signer: TokenSigner) -> Blueprint:
    """`/.well-known/jwks.json`: the public keys of this service."""
    blueprint = Blueprint("keys", __name__)

    @blueprint.get("/.well-known/jwks.json")
    def jwks() -> Any:
        answer = jsonify(signer.jwks())
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    return blueprint


class _Gate:
    """Authenticates, then admits or refuses, then looks for forgery."""

    def __init__(
        self,
        rules: Mapping[tuple[str, str], Access],
        verifier: TokenVerifier,
        is_revoked: Callable[[Actor], bool],
        clock: Clock,
    ) -> None:
        self.rules = rules
        self.verifier = verifier
        self.is_revoked = is_revoked
        self.clock = clock

    def check(self) -> Any:
        """Runs before every request; an answer instead of None ends it."""
        g.actor, g.token_source = ANONYMOUS, None
        endpoint = request.endpoint
        if endpoint is None:
            return None  # no such page, or no such method there: the framework says so
        if request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False):
            return None  # only lists the methods
        # An endpoint registered after the table was checked has no rule, so nobody may call it.
        method = "GET" if request.method == "HEAD" else request.method
        rule = self.rules.get((endpoint, method), Access())
        if not rule.identify:
            return None
        try:
            self._identify()
            if not rule.admits(g.actor):
                self._turn_away()
        except TokenRefused as refusal:
            if g.token_source == "bearer" or not rule.everybody:
                return self._ask_to_sign_in(refusal)
            g.token_source = None  # a stale cookie on a public page: just nobody in particular
        if rule.csrf and g.token_source != "bearer":
            refuse_forgery()
        return None

    def _identify(self) -> None:
        """Set `g.actor` from the bearer token or the cookie. A bearer token that fails is not replaced by a cookie."""
        header = request.headers.get("Authorization")
        if header is not None:
            g.token_source = "bearer"
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer" or not token.strip():
                raise TokenRefused("token_invalid", sentence("Expected the header “Authorization: Bearer TOKEN”."))
            actor = self.verifier.verify(token.strip())
        elif cookie := cookie_token():
            g.token_source = "cookie"
            actor = self.verifier.verify(cookie)
            if actor.kind is not ActorKind.PERSON:
                raise TokenRefused("token_invalid", sentence("This sign-in cannot be verified. Please sign in again."))
        else:
            return
        if actor.kind is not ActorKind.SERVICE and self.is_revoked(actor):
            raise TokenRefused("token_revoked", sentence("This sign-in was ended. Please sign in again."))
        g.actor = actor

    def _turn_away(self) -> None:
        if not g.actor.is_known:
            raise TokenRefused("token_missing", sentence("Please sign in first."))
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include this."))

    def _ask_to_sign_in(self, refusal: TokenRefused) -> Any:
        """Send a browser to fetch a fresh token, keeping method and body; tell everybody else."""
        if g.token_source == "bearer" or not wants_page() or self._just_signed():
            raise refusal
        unsafe = request.method in UNSAFE
        # 307 repeats the post with everything that was typed: first to intake, then back here.
        return redirect(renew_path(here()), 307 if unsafe else 302)

    def _just_signed(self) -> bool:
        token = cookie_token()
        issued = unverified_claims(token).get("iat") if token else None
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            return False
        return abs(self.clock.now().timestamp() - issued) < FRESH_SECONDS
