"""The suite's databases and roles: one database a service, an owner role that migrates, application roles that work.

Application roles own nothing and hold only what migrations grant them by name; nobody connects to another service's
database. Everything here may run again on a server where it ran before.
"""

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url

from deploy.children import ROOT
from deploy.embedded import write_secret

CREATION_LOCK = 0x436F6E67_54616D  # "CongTam": two runners on one server take turns
LOCALE = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
MIGRATION_URL = "MIGRATION_DATABASE_URL"


@dataclass(frozen=True)
class ServiceDatabase:
    """A database, the role that owns and migrates it, and the roles its processes work under."""

    name: str
    owner: str
    applications: tuple[str, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return (self.owner, *self.applications)


INTAKE = ServiceDatabase("intake", "intake_owner", ("intake",))
VERIFY = ServiceDatabase("verify", "verify_owner", ("verify",))
RANKING = ServiceDatabase("ranking", "ranking_owner", ("ranking_scoring", "ranking_voting"))
DATABASES = {database.name: database for database in (INTAKE, VERIFY, RANKING)}
ROLES = tuple(role for database in DATABASES.values() for role in database.roles)


def kept_passwords(path: Path) -> dict[str, str]:
    """Every role's password from `path` (JSON, readable by its owner only); missing ones are made and kept."""
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in ROLES if role not in passwords]
    if missing:
        passwords |= {role: secrets.token_urlsafe(32) for role in missing}
        write_secret(path, json.dumps(passwords, indent=1))
    return passwords


def role_url(admin_url: str, role: str, password: str, database: str) -> str:
    """The administrator's server as seen by `role`: `postgresql://role:password@host:port/database`."""
    url = make_url(admin_url).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)


def create_databases(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Make (or bring up to date) every role and database of the suite on the server of `admin_url`."""
    with _administrator(admin_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [CREATION_LOCK])
        for database in DATABASES.values():
            _create_roles(connection, database, passwords)
            create_database(connection, database)


def create_database(
    connection: psycopg.Connection, database: ServiceDatabase, *, name: str | None = None, template: str | None = None
) -> None:
    """Make `database` (under another `name`, from a `template`, where tests ask so) and close it to everybody else."""
    name = name or database.name
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        origin = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL(LOCALE)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} {}").format(
                sql.Identifier(name), sql.Identifier(database.owner), origin
            )
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    for role in database.applications:
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
        )
    if template is None:
        _close_public_schema(connection, database, name)


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Drop a database with whoever is connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create_roles(admin_url: str, passwords: Mapping[str, str], of: Iterable[ServiceDatabase]) -> None:
    """Make the roles alone; tests make their databases later, under names of their own."""
    with _administrator(admin_url) as connection:
        for database in of:
            _create_roles(connection, database, passwords)


@contextmanager
def _administrator(admin_url: str) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(plain_url(admin_url), autocommit=True, connect_timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def plain_url(url: str) -> str:
    """A URL as libpq and its programs read it: without SQLAlchemy's `+psycopg`."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _create_roles(connection: psycopg.Connection, database: ServiceDatabase, passwords: Mapping[str, str]) -> None:
    for role in database.roles:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        # Hashed here, so that no statement log of the server ever holds a password.
        verifier = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("ALTER ROLE {} NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(verifier.decode())
            )
        )
    # A migration that waits for a lock makes everybody behind it wait too: better it fails and is run again.
    connection.execute(sql.SQL("ALTER ROLE {} SET lock_timeout = '10s'").format(sql.Identifier(database.owner)))
    superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser is not None and not superuser[0]:  # a managed server's administrator must be a member to give away
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(database.owner)))


def _close_public_schema(connection: psycopg.Connection, database: ServiceDatabase, name: str) -> None:
    info = connection.info
    with psycopg.connect(
        host=info.host, port=info.port, user=info.user, password=info.password, dbname=name, autocommit=True
    ) as inside:
        owner = sql.Identifier(database.owner)
        inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in database.applications:
            inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
        inside.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(owner)
        )


def alembic_config(service: str) -> Config:
    """Alembic's settings for one service; its `env.py` reads the owner's URL from MIGRATION_DATABASE_URL."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations").replace("%", "%%"))
    return config


def migrate(service: str, owner_url: str, revision: str = "head") -> None:
    """Bring one service's database up to `revision` as its owner; its processes may then read which one it is."""
    before = os.environ.get(MIGRATION_URL)
    os.environ[MIGRATION_URL] = owner_url
    try:
        command.upgrade(alembic_config(service), revision)
    finally:
        if before is None:
            del os.environ[MIGRATION_URL]
        else:
            os.environ[MIGRATION_URL] = before
    _show_revision(owner_url, DATABASES[service])


def _show_revision(owner_url: str, database: ServiceDatabase) -> None:
    """Health checks compare the migration head: alembic makes its table itself, so no migration grants it."""
    with psycopg.connect(plain_url(owner_url), autocommit=True) as connection:
        rows = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'alembic_version'").fetchall()
        for (schema,) in rows:
            for role in database.applications:
                connection.execute(
                    sql.SQL("GRANT SELECT ON {} TO {}").format(
                        sql.Identifier(schema, "alembic_version"), sql.Identifier(role)
                    )
                )
