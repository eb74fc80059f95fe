"""What gunicorn loads."""

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.plumbing.settings import read_settings

application = create_app(read_settings(IntakeSettings))
