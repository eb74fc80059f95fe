"""What gunicorn loads for voting."""

from services.ranking.ballot_app import create_app
from services.ranking.settings import BallotSettings
from shared.plumbing.settings import read_settings

application = create_app(read_settings(BallotSettings))
