"""Three answers: does the process live, are its dependencies there, which version is it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify

from shared.plumbing.database import Database
from shared.plumbing.feed_reader import reader_report
from shared.plumbing.work import open_work

Check = Callable[[], dict[str, Any]]


def migration_head(migrations: Path) -> str | None:
    """The newest migration of a service's code."""
    return ScriptDirectory(str(migrations)).get_current_head()


def database_check(database: Database, migrations: Path, version_schema: str | None = None) -> Check:
    """Asks the database which migration it is at and compares with the code."""
    expected = migration_head(migrations)

    def check() -> dict[str, Any]:
        with database.engine.connect() as connection:
            version = sa.table("alembic_version", sa.column("version_num"), schema=version_schema)
            current = connection.execute(sa.select(version.c.version_num)).scalar_one_or_none()
        return {"ok": current == expected, "migration": current, "expected": expected}

    return check


def feeds_check(database: Database) -> Check:
    """Positions of this service's feed readers; parked events and vanished subjects need a person."""

    def check() -> dict[str, Any]:
        with database.engine.connect() as connection:
            readers = reader_report(connection, database.schema)
        for reader in readers:
            reader["drained_at"] = reader["drained_at"].isoformat() if reader["drained_at"] else None
        return {"ok": True, "attention": any(r["parked"] or r["vanished"] for r in readers), "readers": readers}

    return check


def work_check(database: Database) -> Check:
    """Open and failed pieces of work."""

    def check() -> dict[str, Any]:
        with database.engine.connect() as connection:
            rows = open_work(connection, database.schema)
        for row in rows:
            row["oldest_at"] = row["oldest_at"].isoformat()
        return {"ok": True, "attention": any(row["state"] == "failed" for row in rows), "work": rows}

    return check


def health_blueprint(release: str, checks: dict[str, Check]) -> Blueprint:
    """`/health/live`, `/health/ready` (503 unless every check is ok) and `/health/version`."""
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    @blueprint.get("/live")
    def live() -> Any:
        return jsonify({"ok": True})

    @blueprint.get("/ready")
    def ready() -> Any:
        results: dict[str, dict[str, Any]] = {}
        for name, check in checks.items():
            try:
                results[name] = check()
            except Exception as error:
                # Whatever a dependency raises, the answer is "not ready", with the error's class only.
                results[name] = {"ok": False, "error": type(error).__name__}
        ok = all(result["ok"] for result in results.values())
        return jsonify({"ok": ok, "checks": results}), 200 if ok else 503

    @blueprint.get("/version")
    def version() -> Any:
        return jsonify({"release": release})

    return blueprint
