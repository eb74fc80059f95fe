"""What Celery loads: `celery -A services.ranking.worker worker -Q ranking`."""

from services.ranking.scoring.tasks import feed_readers, register_tasks
from services.ranking.settings import RankingSettings
from services.ranking.store import SqlUnitOfWork
from shared.plumbing.celery import make_celery
from shared.plumbing.http import ServiceClient
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import read_settings
from shared.plumbing.tokens import TokenSigner, load_signing_key
from shared.web.application import open_database

_settings = read_settings(RankingSettings)
configure_logs(_settings.log_format)
_signer = TokenSigner("ranking", load_signing_key(_settings.signing_key_file))


def _client(service: str, url: str) -> ServiceClient:
    return ServiceClient(url, lambda: _signer.service_token(service))


app = make_celery("ranking", _settings.redis_url)
register_tasks(
    app,
    open_database(_settings, schema="scoring"),
    feed_readers(_client("intake", _settings.intake_url), _client("verify", _settings.verify_url), bind=SqlUnitOfWork),
)
