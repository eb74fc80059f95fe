"""What Celery loads: `celery -A services.intake.worker worker -Q intake`."""

from services.intake.adapters.store import SqlIntake
from services.intake.settings import IntakeSettings
from services.intake.tasks import register_tasks
from shared.plumbing.celery import make_celery
from shared.plumbing.http import ServiceClient
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.tokens import TokenSigner, load_signing_key
from shared.plumbing.web_app import open_database

_settings = read_settings(IntakeSettings)
configure_logs(_settings.log_format)
_signer = TokenSigner("intake", load_signing_key(_settings.signing_key_file))
_database = open_database(_settings)
_client = ServiceClient(_settings.verify_url, lambda: _signer.service_token("verify"))
app = make_celery("intake", _settings.redis_url)
register_tasks(app, SqlIntake(_database), _database, _client)
