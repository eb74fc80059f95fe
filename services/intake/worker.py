"""What Celery loads: `celery -A services.intake.worker worker -Q intake`."""

from services.intake.adapters.evidence_files import EvidenceFolder
from services.intake.adapters.mail_queue import SqlMailQueue
from services.intake.adapters.scanners import read_scanner
from services.intake.adapters.smtp_post import SmtpPost, smtp_server
from services.intake.adapters.store import SqlIntake
from services.intake.settings import IntakeSettings
from services.intake.tasks import register_tasks
from shared.plumbing.celery import make_celery
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.web_app import open_database

_settings = read_settings(IntakeSettings)
configure_logs(_settings.log_format)
app = make_celery("intake", _settings.redis_url)
_database = open_database(_settings)
_server = smtp_server(_settings)
register_tasks(
    app,
    SqlIntake(_database),
    files=EvidenceFolder(_settings.evidence_dir),
    scanner=read_scanner(_settings.evidence_scanner),
    mail=(SqlMailQueue(_database, _settings.public_url), SmtpPost(_server)) if _server else None,
)
