"""Where intake's parts meet."""

from typing import Any

from flask import Flask, request

from services.intake.adapters.accounts import SqlAccountDoor
from services.intake.adapters.caught_mail import CaughtMails
from services.intake.adapters.evidence_files import EvidenceFolder
from services.intake.adapters.mail_queue import SqlMailQueue
from services.intake.adapters.scanners import read_scanner
from services.intake.adapters.smtp_post import smtp_server
from services.intake.adapters.store import SqlIntake
from services.intake.adapters.typst_printer import TypstPrinter
from services.intake.domain.evidence import LARGEST_FILE
from services.intake.settings import IntakeSettings
from services.intake.web.access import ACCESS
from services.intake.web.account_pages import account_pages
from services.intake.web.api_adoption import adoption_api
from services.intake.web.api_assessments import assessments_api
from services.intake.web.api_covenants import covenants_api
from services.intake.web.api_cycles import cycles_api
from services.intake.web.api_directory import directory_api
from services.intake.web.api_rounds import rounds_api
from services.intake.web.api_setup import setup_api
from services.intake.web.keeping_pages import keeping_api
from services.intake.web.notice_api import notices_api
from services.intake.web.notice_pages import MailDesk, notice_pages
from services.intake.web.office_api import offices_api
from services.intake.web.pages import NAVIGATION, pages
from services.intake.web.parts import Parts
from services.intake.web.session_api import accounts_api, tokens_api
from services.intake.web.session_pages import Desk, session_pages
from shared.plumbing.database import Database
from shared.plumbing.feed import feed_blueprint
from shared.plumbing.health import Check, database_check, feeds_check
from shared.plumbing.tokens import TokenSigner, TokenVerifier, load_signing_key, read_trusted_keys
from shared.web.access import guard, jwks_blueprint
from shared.web.application import MEGABYTE, make_app, migrations_of, open_database
from shared.web.frame import count_unread, set_navigation
from shared.web.routing import install_converters

# Doors that take a file; the rest of a multipart body is small.
FILE_DOORS = frozenset(
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
    door = SqlAccountDoor(database, settings.secret_key)
    scanner = read_scanner(settings.evidence_scanner)
    files = EvidenceFolder(settings.evidence_dir, scanned=scanner is not None)
    intake = SqlIntake(database)
    parts = Parts(intake, files, TypstPrinter())
    mail = _mail_desk(settings, database)
    desk = Desk(door, signer)

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
    )
    install_converters(app, api)
    _let_files_in(app)
    for blueprint in (
        directory_api(parts),
        cycles_api(parts),
        setup_api(parts),
        adoption_api(parts),
        covenants_api(parts),
        rounds_api(parts),
        assessments_api(parts),
        notices_api(parts),
        keeping_api(parts),
        feed_blueprint(database),
        tokens_api(desk),
        accounts_api(desk),
        offices_api(desk),
    ):
        api.register_blueprint(blueprint)
    app.register_blueprint(jwks_blueprint(signer))
    app.register_blueprint(session_pages(desk))
    app.register_blueprint(pages(parts))
    app.register_blueprint(account_pages(parts, desk))
    app.register_blueprint(notice_pages(parts, mail))
    count_unread(app, intake.unread)
    set_navigation(app, NAVIGATION)
    guard(app, ACCESS, verifier, door.is_revoked, database.clock)
    return app


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


# Doors whose form carries a whole preview along.
PREVIEW_DOORS = frozenset({"pages.take_directory"})


def _let_files_in(app: Flask) -> None:
    """A larger body where a file or a preview is expected, before anybody reads the form."""

    @app.before_request
    def allow_file() -> None:
        if request.endpoint in FILE_DOORS:
            request.max_content_length = LARGEST_FILE + MEGABYTE // 4
        elif request.endpoint in PREVIEW_DOORS:
            request.max_content_length = request.max_form_memory_size = LARGEST_FILE
