"""The verify service: the one place where its parts meet."""

import flask
from flask import Flask
from flask_smorest import Blueprint

from services.verify.access import ACCESS
from services.verify.claims.queries import is_revoked
from services.verify.results.api import feed_api
from services.verify.reviews.api.changes import changes_api
from services.verify.reviews.api.items import register_items
from services.verify.reviews.api.steps import review_api
from services.verify.reviews.pages.routes import review_routes
from services.verify.settings import LARGEST_RELEASE, VerifySettings
from services.verify.sources.api.fetching import fetching_api
from services.verify.sources.api.mappings import mappings_api
from services.verify.sources.api.ratings import ratings_api
from services.verify.sources.api.sources import sources_api
from services.verify.sources.pages.routes import source_routes
from services.verify.store import SqlStore
from services.verify.triage.api.cycles import register_cycles
from services.verify.triage.api.triage import triage_api
from services.verify.triage.pages.routes import triage_routes
from services.verify.web.templating import install_words
from shared.contracts.sentences import N_
from shared.people import Actor
from shared.plumbing.database import Database
from shared.plumbing.health import database_check, feeds_check, work_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import make_app, migrations_of, open_database
from shared.web.frame import Place, set_navigation
from shared.web.routing import install_converters

NAME = "verify"
# A form around the file: field names, boundaries, the CSRF token.
FORM_ROOM = 64 * 1024
PLACES = (Place("pages.home", N_("Cycles")), Place("pages.sources", N_("Sources")))


def create_app(settings: VerifySettings, database: Database | None = None) -> Flask:
    """The web application: JSON API, pages, feed, health."""
    database = database or open_database(settings)
    checks = {
        "database": database_check(database, migrations_of(__file__)),
        "feeds": feeds_check(database),
        "work": work_check(database),
    }
    app, api = make_app(
        NAME,
        settings,
        package=__package__ or "services.verify",
        title="Công Tâm: verification",
        checks=checks,
        largest_body=LARGEST_RELEASE + FORM_ROOM,
        strict_templates=True,
    )
    install_converters(app, api)
    store = SqlStore(database)
    items = Blueprint("items", __name__, url_prefix="/v1/cycles", description="Verification of a cycle")
    register_cycles(items, store)
    register_items(items, store)
    made = (review_api, triage_api, sources_api, mappings_api, fetching_api, changes_api, ratings_api)
    for blueprint in (feed_api(store), items, *(make(store) for make in made)):
        api.register_blueprint(blueprint)
    app.register_blueprint(_pages(store))
    set_navigation(app, PLACES)
    app.register_blueprint(jwks_blueprint(TokenSigner(NAME, load_signing_key(settings.signing_key_file))))
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), NAME)
    guard(app, ACCESS, verifier, lambda actor: _is_revoked(store, actor))
    return app


def _pages(store: SqlStore) -> flask.Blueprint:
    pages = flask.Blueprint("pages", __name__)
    for routes in (triage_routes(store), review_routes(store), source_routes(store)):
        for path, name, function, methods in routes:
            pages.add_url_rule(path, name, function, methods=methods)
    install_words(pages)
    return pages


def _is_revoked(store: SqlStore, actor: Actor) -> bool:
    with store.glance() as view:
        return is_revoked(view, actor)
