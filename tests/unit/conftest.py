"""Unit tests cannot reach a database: libpq's sockets are not Python's, so `disable_socket` alone would not stop it."""

import psycopg
import pytest


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection, also through SQLAlchemy."""

    def refuse(*_arguments: object, **_names: object) -> None:
        raise RuntimeError("A unit test tried to reach a database; move it to tests/integration.")

    monkeypatch.setattr(psycopg.Connection, "connect", refuse)
    monkeypatch.setattr(psycopg, "connect", refuse)
