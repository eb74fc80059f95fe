"""The web application of scoring: where stores are bound to ports."""

from flask import Flask

from services.ranking.access import SCORING_ACCESS
from services.ranking.council.pages import council_pages
from services.ranking.cycles.api import cycles_api
from services.ranking.cycles.pages import NAVIGATION, cycle_page, cycle_pages
from services.ranking.editions.api import CONVERTERS, editions_api, keys_api
from services.ranking.editions.pages import edition_pages
from services.ranking.editions.readers import load_edition_key
from services.ranking.people.store import Revocations
from services.ranking.scoring.api import add_scoring_api
from services.ranking.scoring.pages import scoring_pages
from services.ranking.settings import RankingSettings
from services.ranking.store import SqlStore
from services.ranking.web import WORDS
from shared.plumbing.database import Database
from shared.plumbing.feed import feed_blueprint
from shared.plumbing.health import database_check, feeds_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import make_app, migrations_of, open_database
from shared.web.frame import set_navigation
from shared.web.routing import install_converters

NAME = "ranking"


def create_app(settings: RankingSettings, *, database: Database | None = None) -> Flask:
    """The web application of scoring. `database` replaces the one the settings name (tests set its clock)."""
    database = database or open_database(settings, schema="scoring")
    signer = TokenSigner(NAME, load_signing_key(settings.signing_key_file), database.clock)
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), NAME, database.clock)
    store, key = SqlStore(database), load_edition_key(settings.edition_key_file)
    app, api = make_app(
        NAME,
        settings,
        package="services.ranking",
        title="Công Tâm: ranking",
        checks={
            "database": database_check(database, migrations_of(__file__), "scoring"),
            "feeds": feeds_check(database),
        },
        strict_templates=True,
    )
    install_converters(app, api, **CONVERTERS)
    app.jinja_env.globals["words"] = WORDS
    cycles = cycles_api(store)
    add_scoring_api(cycles, store)
    for blueprint in (cycles, editions_api(store, key), keys_api(key.public), feed_blueprint(database)):
        api.register_blueprint(blueprint)
    app.register_blueprint(jwks_blueprint(signer))
    show_cycle = cycle_page(store)
    app.register_blueprint(cycle_pages(store, show_cycle))
    app.register_blueprint(scoring_pages(store, show_cycle))
    app.register_blueprint(edition_pages(store, key, show_cycle))
    app.register_blueprint(council_pages(store))
    set_navigation(app, NAVIGATION)
    guard(app, SCORING_ACCESS, verifier, Revocations(database).is_revoked, database.clock)
    return app
