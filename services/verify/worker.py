"""What Celery loads: `celery -A services.verify.worker worker -Q verify`."""

import sklearn.linear_model  # noqa: F401 - loaded once, before the pool forks, instead of in the first screening

from services.verify.settings import VerifySettings
from services.verify.tasks import register_tasks
from shared.plumbing.celery import make_celery
from shared.plumbing.http import ServiceClient
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.tokens import TokenSigner, load_signing_key
from shared.web.application import open_database

settings = read_settings(VerifySettings)
configure_logs(settings.log_format)
signer = TokenSigner("verify", load_signing_key(settings.signing_key_file))
database = open_database(settings)
client = ServiceClient(settings.intake_url, lambda: signer.service_token("intake"))
app = make_celery("verify", settings.redis_url)
register_tasks(app, database, client, settings)
