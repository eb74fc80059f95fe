"""A round that is ready to be reviewed: figures, self-assessments, screened."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from services.verify.renewal import tasks
from services.verify.store import SqlStore
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, Town

JEE = {
    "source": "jee",
    "council": "central",
    "title": {"vi": "Đánh giá ngoài độc lập", "en": "Joint External Evaluation"},
    "publisher": {"vi": "Tổ chức Y tế Thế giới", "en": "World Health Organization"},
    "licence": "CC BY-NC-SA 3.0 IGO",
}


class Round:
    """Drives verify through its own endpoints."""

    def __init__(self, database: Database, intake: Intake, drain: Callable[[], int], town: Town) -> None:
        self.database, self.intake, self.drain, self.town = database, intake, drain, town

    def figures(self, raw: str, source: str = "jee", **form: str) -> None:
        """Bring a file of a source, registering the source if need be."""
        client = self.town.client(ADMINISTRATOR)
        client.post("/v1/sources", json=JEE | {"source": source})
        data = {"cycle": "ihr-2018", "published_on": "2026-02-01"} | form
        answer = self.town.client(RATER).post(
            f"/v1/sources/{source}/releases", data=data | {"file": (io.BytesIO(raw.encode()), f"{source}.csv")}
        )
        assert answer.status_code == 201, answer.json

    def sends(self, unit: str, claims: Mapping[str, float | None], **more: Any) -> None:
        """A unit sends a self-assessment, which is read and screened."""
        self.intake.receives(says.submission(unit, claims, **more))
        self.settle_down()

    def settle_down(self) -> None:
        """Read all that intake says and run all screenings."""
        self.drain()
        tasks.screen_all(self.database, SqlStore(self.database), self.town.settings)

    def ready(self) -> None:
        """AA claims 90 where JEE has 40; BB 50 where it has 45; nobody can check C3."""
        self.intake.records(says.cycle())
        self.drain()
        self.figures("unit,indicator,period,value\nAA,C1,2018,40\nBB,C1,2018,45\nAA,C1,2017,35\n")
        for unit, cluster in (("AA", "NORTH"), ("BB", "NORTH"), ("CC", "SOUTH")):
            claims = {"C1": 90.0 if unit == "AA" else 50.0, "C2": 50.0, "C3": 60.0}
            self.intake.receives(says.submission(unit, claims, cluster=cluster))
        self.settle_down()

    def rows(self, table: sa.Table, *conditions: Any) -> list[dict[str, Any]]:
        """Rows of a table by primary key."""
        with self.database.reader() as connection:
            found = connection.execute(sa.select(table).where(*conditions).order_by(*table.primary_key)).mappings()
            return [dict(row) for row in found]
