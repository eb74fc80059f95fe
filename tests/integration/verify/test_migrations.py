"""The migrations make the tables that the code describes, and every table has its rights."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.verify import store  # noqa: F401 - loads every subject's tables
from services.verify.tables import metadata


def test_migrations_and_tables_say_the_same(make_database: Any) -> None:
    engine = sa.create_engine(sa.make_url(make_database("verify").owner_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_application_may_read_and_add_everywhere_and_remove_only_read_models(make_database: Any) -> None:
    engine = sa.create_engine(sa.make_url(make_database("verify").owner_url).set(drivername="postgresql+psycopg"))
    rights: dict[str, set[str]] = {}
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'verify'"
            )
        )
        for table, right in rows:
            rights.setdefault(table, set()).add(right)
    engine.dispose()
    assert set(metadata.tables) <= set(rights)
    assert all("SELECT" in granted for granted in rights.values())
    history = {
        *("submission", "submission_item", "submission_evidence", "source", "release", "observation", "finding"),
        *("decision", "settlement", "history", "outbox_event", "source_mapping", "waiting_row", "unit_spelling"),
        *("keyed_letter", "letter_verdict", "fetch_plan", "fetch_attempt"),
        *("source_due", "source_reminder", "rating_lock", "correction", "correction_verdict", "item_change"),
        *("review_rule", "countersignature", "objection", "objection_answer", "audit_step"),
        *("review_plan", "audit_salt", "audit_draw", "joint_acceptance"),
    }
    assert all(rights[table] == {"SELECT", "INSERT"} for table in history)
    may_delete = {table for table, granted in rights.items() if "DELETE" in granted}
    assert may_delete == {"cycle_cluster", "cycle_member", "review_item", "feed_subject", "feed_waiting"}
