"""Where intake is put together: stores behind ports, subjects into blueprints."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import flask
from flask import Flask, request
from flask_smorest import Blueprint

from services.intake.access import ACCESS
from services.intake.accounts.api.accounts import accounts_api, tokens_api
from services.intake.accounts.api.offices import offices_api
from services.intake.accounts.pages.accounts import account_pages
from services.intake.accounts.pages.sessions import session_pages
from services.intake.administration.api import register_life, register_setup
from services.intake.administration.pages.administration import administration_routes
from services.intake.administration.pages.copying import copy_routes, quota_routes
from services.intake.administration.pages.new_cycle import new_cycle_routes
from services.intake.adoption.api import adoption_api
from services.intake.adoption.pages import adoption_routes
from services.intake.assessments.api.drafts import register_documents, register_draft
from services.intake.assessments.api.workbook import register_workbook
from services.intake.assessments.pages.evidence import evidence_routes
from services.intake.assessments.pages.form_page import assessment_routes, register_item_words
from services.intake.assessments.pages.workbook import workbook_routes
from services.intake.challenges.api import register_challenges
from services.intake.challenges.pages import challenge_routes
from services.intake.cluster_round.api import register_cluster
from services.intake.cluster_round.pages import cluster_routes
from services.intake.contributions.api import register_contributions
from services.intake.contributions.pages import contribution_routes
from services.intake.covenants.api import covenants_api
from services.intake.covenants.pages import covenant_paper_routes, covenant_routes
from services.intake.cycles.api import register_cycles
from services.intake.cycles.pages import calendar_routes, register_cycles_of
from services.intake.directory.api import directory_api
from services.intake.directory.pages.lists import directory_routes
from services.intake.directory.pages.workbook import directory_workbook_routes
from services.intake.files.api import retention_api
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.files.clients.scanners import read_scanner
from services.intake.files.model import LARGEST_FILE
from services.intake.files.pages import retention_routes
from services.intake.frameworks.pages import framework_routes
from services.intake.inbox.api import register_inbox
from services.intake.inbox.clients import smtp_server
from services.intake.inbox.pages import inbox_routes
from services.intake.inbox.ports import MailDesk
from services.intake.inbox.readers import CaughtMails
from services.intake.inbox.store.mail import SqlMailQueue
from services.intake.meetings.api import register_meetings
from services.intake.meetings.pages import meeting_routes
from services.intake.overview.api import register_overview
from services.intake.overview.pages import overview_routes
from services.intake.papers.prints import TypstPrinter
from services.intake.ports import WebDependencies
from services.intake.questions.api import register_explanations
from services.intake.questions.pages import explanation_routes
from services.intake.reminders.api import register_owed
from services.intake.reminders.pages import owed_routes
from services.intake.results.api import register_roll_up
from services.intake.results.pages import roll_up_routes
from services.intake.rounds.api import register_days, register_files
from services.intake.rounds.pages import round_routes
from services.intake.settings import IntakeSettings
from services.intake.store import SqlAccountStore, SqlStore
from services.intake.submissions.api import register_dossier, register_submissions
from services.intake.submissions.pages.dossier import dossier_routes
from services.intake.submissions.pages.files import download_routes
from services.intake.submissions.pages.papers import paper_routes
from services.intake.submissions.pages.submissions import submission_routes
from services.intake.web import NAVIGATION, MultipartBlueprint, register_words
from shared.plumbing.database import Database
from shared.plumbing.feed import feed_blueprint
from shared.plumbing.health import Check, database_check, feeds_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import MEGABYTE, make_app, migrations_of, open_database
from shared.web.frame import count_unread, set_navigation
from shared.web.routing import install_converters

PAGES = (
    overview_routes,
    administration_routes,
    framework_routes,
    new_cycle_routes,
    copy_routes,
    quota_routes,
    calendar_routes,
    retention_routes,
    directory_routes,
    directory_workbook_routes,
    roll_up_routes,
    adoption_routes,
    covenant_routes,
    covenant_paper_routes,
    assessment_routes,
    evidence_routes,
    download_routes,
    contribution_routes,
    workbook_routes,
    dossier_routes,
    submission_routes,
    paper_routes,
    explanation_routes,
    round_routes,
    cluster_routes,
    challenge_routes,
    meeting_routes,
)

# Endpoints that take a file; the rest of a multipart body is small.
FILE_ENDPOINTS = frozenset(
    {"assessments.Evidence", "assessments.Workbook", "assessments.RequestEvidence", "rounds.Files"}
    | {
        "pages.workbook",
        "pages.evidence",
        "pages.request_evidence",
        "pages.dossier",
        "pages.framework",
        "pages.new_cycle",
        "pages.propose",
        "pages.challenge",
        "pages.answer_challenge",
        "pages.new_meeting",
        "pages.edit_meeting",
        "pages.directory_workbook",
        "people.accounts",
    }
)


def create_app(settings: IntakeSettings, *, database: Database | None = None) -> Flask:
    """The web application of intake. `database` replaces the one the settings name (tests set its clock)."""
    database = database or open_database(settings)
    signer = TokenSigner("intake", load_signing_key(settings.signing_key_file), database.clock)
    verifier = TokenVerifier(read_trusted_keys(settings.trusted_keys_file), "intake", database.clock)
    account_store = SqlAccountStore(database, settings.secret_key)
    scanner = read_scanner(settings.evidence_scanner)
    files = EvidenceFolder(settings.evidence_dir, scanned=scanner is not None)
    store = SqlStore(database)
    mail = _mail_desk(settings, database)
    web = WebDependencies(store, files, TypstPrinter(), account_store, signer, mail)

    app, api = make_app(
        "intake",
        settings,
        package="services.intake",
        title="Công Tâm: intake",
        checks={
            "database": database_check(database, migrations_of(__file__)),
            "feeds": feeds_check(database),
            "evidence": files.check,
            "mail": _mail_check(mail),
        },
        largest_body=2 * MEGABYTE,
        strict_templates=True,
    )
    install_converters(app, api)
    _let_files_in(app)
    for blueprint in _apis(web, feed_blueprint(database)):
        api.register_blueprint(blueprint)
    app.register_blueprint(jwks_blueprint(signer))
    for pages in _pages(web):
        app.register_blueprint(pages)
    count_unread(app, store.unread)
    set_navigation(app, NAVIGATION)
    guard(app, ACCESS, verifier, account_store.is_revoked, database.clock)
    return app


def _apis(web: WebDependencies, feed: Blueprint) -> Iterable[Blueprint]:
    """The blueprints of the JSON API; several subjects may stand in one of them."""
    cycle = "/v1/cycles/<slug:cycle>"
    return (
        directory_api(web),
        _joined(
            Blueprint("cycles", __name__, url_prefix="/v1/cycles", description="Cycles and their states"),
            web,
            (register_life, register_overview, register_cycles),
        ),
        _joined(
            Blueprint("setup", __name__, url_prefix="/v1/cycles", description="Quotas, and next year's cycle"),
            web,
            (register_setup, register_roll_up),
        ),
        adoption_api(web),
        covenants_api(web),
        _joined(
            MultipartBlueprint("rounds", __name__, url_prefix=cycle, description="The cluster round"),
            web,
            (register_days, register_cluster, register_files, register_challenges, register_meetings),
        ),
        _joined(
            MultipartBlueprint(
                "assessments",
                __name__,
                url_prefix=f"{cycle}/units/<code:unit>",
                description="Self-assessments: draft, evidence, submissions, receipts",
            ),
            web,
            (
                register_draft,
                register_dossier,
                register_documents,
                register_workbook,
                register_contributions,
                register_explanations,
                register_submissions,
            ),
        ),
        _joined(
            Blueprint("notices", __name__, url_prefix="/v1", description="Notices, mail, reminders"),
            web,
            (register_inbox, register_owed),
        ),
        retention_api(web),
        feed,
        tokens_api(web),
        accounts_api(web),
        offices_api(web),
    )


def _joined(
    blueprint: Blueprint, web: WebDependencies, subjects: Iterable[Callable[[Blueprint, WebDependencies], None]]
) -> Blueprint:
    for register in subjects:
        register(blueprint, web)
    return blueprint


def _pages(web: WebDependencies) -> Iterable[flask.Blueprint]:
    """The blueprints of pages."""
    pages, inbox = flask.Blueprint("pages", __name__), flask.Blueprint("inbox", __name__)
    register_words(pages)
    register_item_words(pages)
    register_cycles_of(pages, web)
    for blueprint, subjects in ((pages, PAGES), (inbox, (inbox_routes, owed_routes))):
        for path, name, view, methods in itertools.chain.from_iterable(routes(web) for routes in subjects):
            blueprint.add_url_rule(path, name, view, methods=methods)
    return (session_pages(web), pages, account_pages(web), inbox)


def _mail_desk(settings: IntakeSettings, database: Database) -> MailDesk:
    server = smtp_server(settings)
    caught = None if settings.mail_catcher_dir is None else CaughtMails(settings.mail_catcher_dir)
    queue = SqlMailQueue(database, settings.public_url)
    return MailDesk(queue, f"{server.host}:{server.port}" if server else None, caught)


def _mail_check(mail: MailDesk) -> Check:
    def check() -> dict[str, Any]:
        """Mail that is not set up, or was given up, needs a person; the service works without it."""
        report = mail.queue.report()
        said = {"configured": mail.server is not None, "waiting": report.waiting, "failed": report.failed}
        return {"ok": True, "attention": mail.server is None or report.failed > 0, **said}

    return check


# Endpoints whose form carries a whole preview along.
PREVIEW_ENDPOINTS = frozenset({"pages.take_directory"})


def _let_files_in(app: Flask) -> None:
    """A larger body where a file or a preview is expected, before anybody reads the form."""

    @app.before_request
    def allow_file() -> None:
        if request.endpoint in FILE_ENDPOINTS:
            request.max_content_length = LARGEST_FILE + MEGABYTE // 4
        elif request.endpoint in PREVIEW_ENDPOINTS:
            request.max_content_length = request.max_form_memory_size = LARGEST_FILE
