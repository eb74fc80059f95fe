"""What gunicorn loads for scoring."""

from services.ranking.app import create_app
from services.ranking.settings import RankingSettings
from shared.plumbing.settings import read_settings

application = create_app(read_settings(RankingSettings))
