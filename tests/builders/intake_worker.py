"""What intake's tasks are registered with in tests: the parts a test does not name answer nobody."""

from typing import Any

from services.intake.store import SqlStore
from services.intake.tasks import Surroundings


class Silent:
    """A part that a test has no use for."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody should have asked for {name}")


def surroundings(intake: SqlStore, **named: Any) -> Surroundings:
    """The tasks' surroundings without scanner and post, unless named."""
    parts = {
        "account_store": Silent(),
        "verify": Silent(),
        "files": Silent(),
        "queue": Silent(),
        "scanner": None,
        "post": None,
    }
    return Surroundings(store=intake, database=intake.database, **(parts | named))
