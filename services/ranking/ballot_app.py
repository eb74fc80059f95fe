"""Where voting's parts meet: another process, another database role, another session cookie than scoring's."""

from flask import Flask

from services.ranking.people.store import Revocations
from services.ranking.voting.store import SqlVotingRecords
from services.ranking.voting.readers import BoxKeyFiles
from services.ranking.settings import BallotSettings
from services.ranking.voting.actions import Voting
from services.ranking.access import VOTING_ACCESS
from services.ranking.web.parts import CONVERTERS
from services.ranking.voting.api import boxes_api
from services.ranking.web.voting.casting import keep_casting_unnumbered
from services.ranking.voting.pages import NAVIGATION, ballot_pages
from services.ranking.web.words import install_words
from shared.plumbing.database import Database
from shared.plumbing.health import database_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import make_app, migrations_of, open_database
from shared.web.frame import set_navigation
from shared.web.routing import install_converters

NAME = "ballot"


def create_app(settings: BallotSettings, *, database: Database | None = None) -> Flask:
    """The web application of voting. `database` replaces the one the settings name (tests set its clock)."""
    database = database or open_database(settings, schema="voting")
    signer = TokenSigner(NAME, load_signing_key(settings.signing_key_file), database.clock)
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), NAME, database.clock)
    voting = Voting(database, SqlVotingRecords, BoxKeyFiles(settings.box_key_dir))
    app, api = make_app(
        NAME,
        settings,
        package="services.ranking",
        title="Công Tâm: voting",
        # Alembic keeps its table in the schema of scoring.
        checks={"database": database_check(database, migrations_of(__file__), "scoring")},
    )
    keep_casting_unnumbered(app)
    install_converters(app, api, **CONVERTERS)
    install_words(app.jinja_env)
    api.register_blueprint(boxes_api(voting))
    app.register_blueprint(jwks_blueprint(signer))
    app.register_blueprint(ballot_pages(voting))
    set_navigation(app, NAVIGATION)
    guard(app, VOTING_ACCESS, verifier, Revocations(database).is_revoked, database.clock)
    return app
