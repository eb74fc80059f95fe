"""What Celery loads: `celery -A services.intake.worker worker -Q intake`."""

from services.intake.files.clients.folder import EvidenceFolder
from services.intake.files.clients.scanners import read_scanner
from services.intake.inbox.clients import SmtpPost, smtp_server
from services.intake.inbox.store.mail import SqlMailQueue
from services.intake.settings import IntakeSettings
from services.intake.store import SqlAccountStore, SqlStore
from services.intake.tasks import Surroundings, register_tasks
from shared.plumbing.celery import make_celery
from shared.plumbing.http import ServiceClient
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.tokens import TokenSigner, load_signing_key
from shared.web.application import open_database

_settings = read_settings(IntakeSettings)
configure_logs(_settings.log_format)
_signer = TokenSigner("intake", load_signing_key(_settings.signing_key_file))
_database = open_database(_settings)
_client = ServiceClient(_settings.verify_url, lambda: _signer.service_token("verify"))
app = make_celery("intake", _settings.redis_url)
_server = smtp_server(_settings)
register_tasks(
    app,
    Surroundings(
        SqlStore(_database),
        SqlAccountStore(_database, _settings.secret_key),
        _database,
        _client,
        EvidenceFolder(_settings.evidence_dir),
        read_scanner(_settings.evidence_scanner),
        SqlMailQueue(_database, _settings.public_url),
        SmtpPost(_server) if _server else None,
    ),
)
