"""Real PostgreSQL and Redis for tests, and databases migrated by a service's own Alembic tree.

Started once a test session. Not durable against power loss (`fsync=off`): a test run does not outlive its machine;
everything a killed *process* could lose is as in production.
"""

import itertools
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy.engine import make_url

from deploy.children import StartFailure
from deploy.databases import (
    DATABASES,
    ROLES,
    ServiceDatabase,
    create_database,
    create_roles,
    drop_database,
    migrate,
    plain_url,
    role_url,
)
from deploy.embedded import EmbeddedPostgres, EmbeddedRedis, find_postgres_binaries, find_redis_server
from deploy.feeds import renew_feed_identities

PLUMBING = ServiceDatabase("plumbing", "plumbing_owner", ("plumbing",))
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}


@dataclass(frozen=True)
class TestDatabase:
    """One fresh database. `url` is its (first) application role's, `urls` every role's, `admin_url` the superuser's."""

    __test__ = False

    name: str
    owner_url: str
    url: str
    urls: Mapping[str, str]
    admin_url: str


class Databases:
    """Makes databases on one server; each service's template is migrated once and copied after that."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = plain_url(admin_url)
        self._passwords = {role: secrets.token_urlsafe(16) for role in (*ROLES, *PLUMBING.roles)}
        create_roles(self.admin_url, self._passwords, (*DATABASES.values(), PLUMBING))
        self._connection = psycopg.connect(self.admin_url, autocommit=True)
        self._templates: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def make(self, service: str | None = None) -> TestDatabase:
        """A fresh database migrated by `service`; without one an empty database (roles plumbing, plumbing_owner)."""
        if service is None:
            return self._make(PLUMBING, template=None)
        if service not in self._templates:
            template = self._make(DATABASES[service], template=None)
            migrate(service, template.owner_url)
            self._templates[service] = template.name
        made = self._make(DATABASES[service], template=self._templates[service])
        renew_feed_identities(made.admin_url)
        return made

    def make_unmigrated(self, service: str) -> TestDatabase:
        """A fresh database of `service` on which no migration has run."""
        return self._make(DATABASES[service], template=None)

    def _make(self, database: ServiceDatabase, *, template: str | None) -> TestDatabase:
        name = f"test_{database.name}_{next(self._numbers)}"
        drop_database(self._connection, name)
        create_database(self._connection, database, name=name, template=template)
        urls = {role: role_url(self.admin_url, role, self._passwords[role], name) for role in database.roles}
        admin_url = make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)
        return TestDatabase(name, urls[database.owner], urls[database.applications[0]], urls, admin_url)

    def drop(self, database: TestDatabase) -> None:
        """Drop `database`, whoever is still connected."""
        drop_database(self._connection, database.name)

    def close(self) -> None:
        self._connection.close()


def has_server_binaries() -> bool:
    """Whether both embedded servers can be started here."""
    try:
        return bool(find_postgres_binaries() and find_redis_server())
    except StartFailure:
        return False


def start_postgres(folder: Path) -> EmbeddedPostgres | None:
    """The embedded server; None where TEST_DATABASE_URL (an administrator's) names one that is there already."""
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    try:
        server = EmbeddedPostgres(folder, settings=TEST_SETTINGS)
        server.start()
    except StartFailure as failure:
        pytest.skip(f"no PostgreSQL: {failure} For tests the name is TEST_DATABASE_URL.")
    return server


def start_redis(folder: Path) -> EmbeddedRedis | None:
    """The embedded server; None where TEST_REDIS_URL names one whose databases may be emptied."""
    if os.environ.get("TEST_REDIS_URL"):
        return None
    try:
        server = EmbeddedRedis(folder, appendfsync="no")
        server.start()
    except StartFailure as failure:
        pytest.skip(f"no Redis: {failure} For tests the name is TEST_REDIS_URL.")
    return server


class RedisDatabases:
    """Hands out the sixteen numbered databases of one Redis server in turn, each emptied first."""

    def __init__(self, url: str) -> None:
        self._server = url.rsplit("/", 1)[0]
        self._numbers = itertools.cycle(range(16))

    def make(self) -> str:
        """The URL of an empty database."""
        url = f"{self._server}/{next(self._numbers)}"
        with redis.Redis.from_url(url) as client:
            client.flushdb()
        return url
