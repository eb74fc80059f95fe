"""The web application of voting: another process, another database role, another session cookie than scoring's."""

import structlog
from flask import Flask, g, request

from services.ranking.access import VOTING_ACCESS
from services.ranking.people.store import Revocations
from services.ranking.settings import BallotSettings
from services.ranking.voting.api import boxes_api
from services.ranking.voting.pages import NAVIGATION, ballot_pages
from services.ranking.voting.store.ballots import SqlVotingStore
from services.ranking.voting.store.box_keys import BoxKeyFiles
from services.ranking.web import WORDS
from shared.plumbing.database import Database
from shared.plumbing.health import database_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import make_app, migrations_of, open_database
from shared.web.frame import set_navigation
from shared.web.routing import install_converters

NAME = "ballot"
# The endpoints behind which nothing is logged and no request has a number.
CASTING = frozenset({"boxes.Ballots", "ballot_pages.cast"})


def create_app(settings: BallotSettings, *, database: Database | None = None) -> Flask:
    """The web application of voting. `database` replaces the one the settings name (tests set its clock)."""
    database = database or open_database(settings, schema="voting")
    signer = TokenSigner(NAME, load_signing_key(settings.signing_key_file), database.clock)
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), NAME, database.clock)
    store, keys = SqlVotingStore(database), BoxKeyFiles(settings.box_key_dir)
    app, api = make_app(
        NAME,
        settings,
        package="services.ranking",
        title="Công Tâm: voting",
        # Alembic keeps its table in the schema of scoring.
        checks={"database": database_check(database, migrations_of(__file__), "scoring")},
        strict_templates=True,
    )
    _keep_casting_unnumbered(app)
    install_converters(app, api)
    app.jinja_env.globals["words"] = WORDS
    api.register_blueprint(boxes_api(store, keys))
    app.register_blueprint(jwks_blueprint(signer))
    app.register_blueprint(ballot_pages(store, keys, database.clock))
    set_navigation(app, NAVIGATION)
    guard(app, VOTING_ACCESS, verifier, Revocations(database).is_revoked, database.clock)
    return app


def _keep_casting_unnumbered(app: Flask) -> None:
    """Requests that put in a paper get no request id, so that no log of any kind can order them."""

    @app.before_request
    def forget_number() -> None:
        if request.endpoint in CASTING:
            g.request_id = "-"
            structlog.contextvars.clear_contextvars()
