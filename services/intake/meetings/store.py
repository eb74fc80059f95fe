"""Meetings as rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.intake.cycles.tables import number_of_cycle
from services.intake.meetings.model import (
    Attendance,
    Content,
    Meeting,
    Minutes,
    MinutesPosition,
    NotedDissent,
    NotedTotal,
    Signer,
    Version,
)
from services.intake.meetings.tables import meeting_position, meeting_version
from services.intake.rounds.model import Quorum
from services.intake.tables import made_values, maker_of


class SqlMeetings:
    """`services.intake.meetings.ports.Meetings` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of_cluster(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        found: dict[int, Meeting] = {}
        for row in self._of_cluster(meeting_version, cycle, cluster, "version"):
            meeting = found.get(row["number"], Meeting(cycle, cluster, row["number"]))
            found[row["number"]] = meeting.with_version(_version(row))
        positions: dict[int, list[MinutesPosition]] = {}
        for row in self._of_cluster(meeting_position, cycle, cluster, "id"):
            names = ("version", "unit", "kind", "about_unit", "criterion", "reason")
            positions.setdefault(row["number"], []).append(
                MinutesPosition(**{name: row[name] for name in names}, **maker_of(row))
            )
        return [
            Meeting(cycle, cluster, number, meeting.versions, tuple(positions.get(number, ())))
            for number, meeting in sorted(found.items())
        ]

    def _of_cluster(self, table: sa.Table, cycle: str, cluster: str, order: str) -> Sequence[Any]:
        return (
            self.connection.execute(
                sa.select(table)
                .where(table.c.cycle_id == number_of_cycle(cycle), table.c.cluster == cluster)
                .order_by(table.c.number, table.c[order])
            )
            .mappings()
            .all()
        )

    def add_version(self, meeting: Meeting, version: Version) -> None:
        minutes = version.content.minutes
        self.connection.execute(
            sa.insert(meeting_version).values(
                cycle_id=number_of_cycle(meeting.cycle),
                cluster=meeting.cluster,
                number=meeting.number,
                version=version.number,
                content=version.content.document(),
                content_sha256=version.content_sha256,
                correction=version.correction,
                minutes_label=minutes.label if minutes else "",
                **made_values(version),
            )
        )

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None:
        self.connection.execute(
            sa.insert(meeting_position).values(
                cycle_id=number_of_cycle(meeting.cycle),
                cluster=meeting.cluster,
                number=meeting.number,
                version=position.version,
                unit=position.unit,
                kind=position.kind,
                about_unit=position.about_unit,
                criterion=position.criterion,
                reason=position.reason,
                **made_values(position),
            )
        )


def _version(row: Any) -> Version:
    content = _content(row["content"], row["minutes_label"])
    return Version(row["version"], content, row["content_sha256"], row["correction"], **maker_of(row))


def _content(document: Mapping[str, Any], label: str) -> Content:
    """The reverse of `Content.document`."""
    quorum, minutes = document["quorum"], document["minutes"]
    return Content(
        held_on=date.fromisoformat(document["held_on"]),
        place=document["place"],
        chair_unit=document["chair"]["unit"],
        chair=document["chair"]["name"],
        own_file_chair_unit=document["own_file_chair"]["unit"],
        own_file_chair=document["own_file_chair"]["name"],
        attendance=tuple(Attendance(**one) for one in document["attendance"]),
        table=tuple(NotedTotal(one["unit"], float(one["points"]), one["basis"]) for one in document["table"]),
        agreed=document["agreed"],
        dissents=tuple(NotedDissent(**one) for one in document["dissents"]),
        quorum=Quorum(Fraction(quorum["share"]), quorum["source"], quorum["standing"]),
        minutes=minutes
        and Minutes(
            **{**minutes, "issued_on": date.fromisoformat(minutes["issued_on"])}
            | {"signers": tuple(Signer(**one) for one in minutes["signers"]), "label": label}
        ),
    )
