"""The verify service: the one place where its parts meet."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from services.verify.access import ACCESS
from services.verify.claims import tables as claim_tables
from services.verify.results.api import feed_api
from services.verify.reviews.api.changes import changes_api
from services.verify.reviews.api.items import items_api
from services.verify.reviews.api.steps import review_api
from services.verify.settings import LARGEST_RELEASE, VerifySettings
from services.verify.sources.api.fetching import fetching_api
from services.verify.sources.api.mappings import mappings_api
from services.verify.sources.api.ratings import ratings_api
from services.verify.sources.api.sources import sources_api
from services.verify.store import SqlStore
from services.verify.triage.api.triage import triage_api
from services.verify.triage.pages.cycles import pages
from services.verify.web.dependencies import Parts
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
    )
    install_converters(app, api)
    parts = Parts(settings, database, SqlStore(database))
    for made in (
        feed_api,
        items_api,
        review_api,
        triage_api,
        sources_api,
        mappings_api,
        fetching_api,
        changes_api,
        ratings_api,
    ):
        api.register_blueprint(made(parts))
    app.register_blueprint(pages(parts))
    set_navigation(app, PLACES)
    app.register_blueprint(jwks_blueprint(TokenSigner(NAME, load_signing_key(settings.signing_key_file))))
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), NAME)
    guard(app, ACCESS, verifier, lambda actor: _is_revoked(database, actor))
    return app


def _is_revoked(database: Database, actor: Actor) -> bool:
    """Whether intake has said that this account's tokens of that time are void."""
    row: Any = None
    with database.glance() as connection:
        row = connection.execute(
            sa.select(claim_tables.revoked_session.c.before).where(
                claim_tables.revoked_session.c.account == actor.account
            )
        ).scalar_one_or_none()
    return row is not None and (actor.issued_at is None or actor.issued_at < row)
