"""What gunicorn loads: `services.verify.wsgi:application`."""

from services.verify.app import create_app
from services.verify.settings import VerifySettings
from shared.plumbing.settings import read_settings

application = create_app(read_settings(VerifySettings))
