"""The frame of every page: style sheet, icon, language switch, and what templates may ask for."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, redirect, request, url_for

from shared.contracts.sentences import LANGUAGES, N_
from shared.people import Role
from shared.web.access import current_actor, may_enter
from shared.web.browser import (
    account_path,
    here,
    intake_path,
    renew_path,
    safe_next,
    set_language_cookie,
    sibling,
    sign_out_path,
)

log = structlog.get_logger(__name__)
_HERE = Path(__file__).parent
_FOREVER = "public, max-age=31536000, immutable"
# The apps of the suite by their path behind the gateway, in the order of the work.
SUITE = (
    ("intake", N_("Self-assessment")),
    ("verify", N_("Verification")),
    ("ranking", N_("Ranking")),
    ("ballot", N_("Voting")),
)

ROLE_TITLES = {
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.PROVINCE_OFFICER: N_("Province officer"),
    Role.SIGNING_LEADER: N_("Signing leader"),
    Role.REVIEWER: N_("Reviewer"),
    Role.LEAD_REVIEWER: N_("Lead reviewer"),
    Role.SUPPORT_TEAM: N_("Support team"),
    Role.CLUSTER_HEAD: N_("Cluster head"),
    Role.CLUSTER_DEPUTY: N_("Cluster deputy"),
    Role.TELLER: N_("Teller"),
    Role.MINISTRY_RATER: N_("Ministry rater"),
    Role.BOARD_RATER: N_("Board rater"),
    Role.COUNCIL_MEMBER: N_("Council member"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


@dataclass(frozen=True)
class Place:
    """An entry of an app's own navigation. `title` is a template marked with `N_`."""

    endpoint: str
    title: str


def install_pages(app: Flask) -> None:
    """Register the blueprint `ui` and give templates `frame`, the description of what surrounds a page."""
    styles = (_HERE / "static" / "cong-tam.css").read_bytes()
    icon = (_HERE / "static" / "icon.svg").read_bytes()
    fingerprint = hashlib.sha256(styles).hexdigest()[:12]
    blueprint = Blueprint("ui", __name__, url_prefix="/ui", template_folder="templates")

    @blueprint.get("/<wanted>/cong-tam.css")
    def style(wanted: str) -> Response:
        answer = Response(styles, mimetype="text/css")
        # While a new release rolls out, an old page may ask for its old sheet: give it ours, but not for ever.
        answer.headers["Cache-Control"] = _FOREVER if wanted == fingerprint else "no-cache"
        return answer

    @blueprint.get("/icon.svg")
    def icon_image() -> Response:
        answer = Response(icon, mimetype="image/svg+xml")
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer

    @blueprint.get("/language/<language>")
    def choose_language(language: str) -> Any:
        if language not in LANGUAGES:
            abort(404)
        answer = redirect(safe_next(request.args.get("next"), request.script_root + "/"), 303)
        set_language_cookie(answer, language)
        return answer

    app.register_blueprint(blueprint)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["cong_tam_navigation"] = ()
    app.jinja_env.globals.update(frame=_Frame(fingerprint), actor=current_actor, anchor=anchor, role_titles=ROLE_TITLES)


def anchor(text: str) -> str:
    """A short identifier made from a text, for `id` attributes that nobody needs to read."""
    return hashlib.sha256(str(text).encode()).hexdigest()[:8]


def set_navigation(app: Flask, places: Sequence[Place]) -> None:
    """An app's own places in their order; each visitor sees those they may enter."""
    app.extensions["cong_tam_navigation"] = tuple(places)


def count_unread(app: Flask, count: Callable[[str], int]) -> None:
    """Show beside the way to the inbox how many of the visitor's notices are unread: `count` is given the account."""
    app.extensions["cong_tam_unread"] = count


class _Frame:
    """Answers the base template's questions about the current request."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def style_path(self) -> str:
        """The style sheet under its fingerprint."""
        return url_for("ui.style", wanted=self._fingerprint)

    def app_title(self) -> str:
        """The English name of this app, to be translated."""
        return dict(SUITE).get(str(current_app.config.get("SERVICE_NAME")), "")

    def suite(self) -> list[dict[str, Any]]:
        """The apps behind the gateway; nothing where an app is reached without it."""
        name = current_app.config.get("SERVICE_NAME")
        if not request.script_root:
            return []
        return [{"title": title, "path": sibling(app) + "/", "here": app == name} for app, title in SUITE]

    def places(self) -> list[dict[str, Any]]:
        """This app's navigation as far as the visitor may go."""
        return [
            {"title": place.title, "path": url_for(place.endpoint), "here": place.endpoint == request.endpoint}
            for place in current_app.extensions["cong_tam_navigation"]
            if may_enter(place.endpoint)
        ]

    def language_path(self, language: str) -> str:
        """Switches the language and comes back to this page (to its GET form where it was posted)."""
        back = here()
        if request.method not in ("GET", "HEAD"):
            may_get = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
            back = back if may_get else request.script_root + "/"
        return url_for("ui.choose_language", language=language, next=back)

    def sign_in_path(self) -> str:
        """Where to sign in and come back to this page."""
        return renew_path(here() if request.method in ("GET", "HEAD") else request.script_root + "/")

    def sign_out_path(self) -> str:
        """The page that ends the session."""
        return sign_out_path()

    def account_path(self) -> str:
        """One's own account: roles, password, keys."""
        return account_path()

    def notices_path(self) -> str:
        """One's own inbox."""
        return intake_path("inbox.notices", "/notices")

    def unread(self) -> int:
        """How many of one's own notices are unread; 0 in the apps that do not keep them, or when nobody can say."""
        count = current_app.extensions.get("cong_tam_unread")
        if count is None:
            return 0
        try:
            return int(count(current_actor().account))
        except Exception as error:
            # The page that says the database is away has this frame, too.
            log.warning("unread_unknown", error=type(error).__name__)
            return 0

    def home_path(self) -> str:
        """This app's first page."""
        return request.script_root + "/"
