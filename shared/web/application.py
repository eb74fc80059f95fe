"""Every web process is made the same way: settings in, a Flask application with the whole plumbing out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import FileSystemLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.plumbing import request_id
from shared.plumbing.celery import CeleryWaker
from shared.plumbing.database import Database
from shared.plumbing.health import Check, health_blueprint
from shared.plumbing.logs import configure_logs
from shared.plumbing.settings import ServiceSettings
from shared.web.browser import install_browser
from shared.web.frame import install_pages
from shared.web.languages import install_languages
from shared.web.problems import ProblemApi, register_refusals

MEGABYTE = 1024 * 1024


def make_app(
    name: str,
    settings: ServiceSettings,
    *,
    package: str,
    title: str,
    checks: Mapping[str, Check],
    largest_body: int = 2 * MEGABYTE,
    options: Mapping[str, Any] | None = None,
    strict_templates: bool = False,
) -> tuple[Flask, ProblemApi]:
    """An application named `name` (also its path behind the gateway) and its documented API.

    The caller registers its blueprints on the two and then calls `shared.web.access.guard`. With `strict_templates` a
    template that uses an unknown name fails instead of showing nothing.
    """
    configure_logs(settings.log_format)
    app = Flask(package, template_folder=None, static_folder=None)
    app.name = name
    # Every subject of a service brings the templates of its pages along; `templates` holds what its subjects share.
    root = Path(app.root_path)
    app.jinja_loader = FileSystemLoader([root / "templates", *sorted(root.glob("*/templates"))])
    if strict_templates:
        app.jinja_env.undefined = StrictUndefined
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=largest_body,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
            "security": [{"bearer": []}],
        },
        PUBLIC_URL=settings.public_url.rstrip("/"),
        SERVICE_NAME=name,
        **(options or {}),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    request_id.install(app)
    # One proxy stands in front: the gateway. It tells the prefix and the address people use.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign]
    register_refusals(app)
    install_languages(app)
    install_pages(app)
    install_browser(app, secure=urlsplit(settings.public_url).scheme == "https")
    api = ProblemApi(app)
    app.register_blueprint(health_blueprint(settings.release, dict(checks)))
    return app, api


def migrations_of(package_file: str) -> Path:
    """The migrations folder beside a service's module."""
    return Path(package_file).parent / "migrations"


def open_database(settings: ServiceSettings, *, schema: str | None = None) -> Database:
    """The service's database which wakes the other workers."""
    return Database(
        settings.database_url,
        schema=schema,
        waker=CeleryWaker(settings.redis_url),
        pool_size=settings.database_pool_size,
    )
