"""What Celery loads: `celery -A services.intake.worker worker -Q intake`."""

from services.intake.adapters.accounts import SqlAccountDoor
from services.intake.adapters.store import SqlIntake
from services.intake.settings import IntakeSettings
from services.intake.tasks import register_account_tasks, register_tasks
from shared.plumbing.celery import make_celery
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.web_app import open_database

_settings = read_settings(IntakeSettings)
configure_logs(_settings.log_format)
app = make_celery("intake", _settings.redis_url)
_database = open_database(_settings)
register_tasks(app, SqlIntake(_database))
register_account_tasks(app, SqlAccountDoor(_database, _settings.secret_key))
