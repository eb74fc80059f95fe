"""Meetings for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.meetings.actions import record_meeting, take_position
from services.intake.meetings.queries import read_meeting
from services.intake.meetings.schemas import (
    GivenMeetingSchema,
    GivenMinutesPositionSchema,
    GivenVersionSchema,
    MeetingSchema,
    meeting_document,
)
from services.intake.ports import WebDependencies
from services.intake.web import CLUSTER, NUMBER
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_meetings(blueprint: Blueprint, web: WebDependencies) -> None:
    def answer(cycle: str, cluster: str, number: int) -> Any:
        return meeting_document(read_meeting(web.store, current_actor(), cycle, cluster, number))

    @blueprint.route(f"{CLUSTER}/meetings")
    class Meetings(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenMeetingSchema)
        @blueprint.response(201, MeetingSchema)
        def post(self, given: Any, cycle: str, cluster: str) -> Any:
            """Record a meeting of the cluster; head, deputies, administrators."""
            made = record_meeting(web.store, current_actor(), cycle, cluster, None, given)
            return answer(cycle, cluster, made.number)

    @blueprint.route(f"{CLUSTER}/meetings/{NUMBER}")
    class Meeting(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, MeetingSchema)
        def get(self, cycle: str, cluster: str, number: int) -> Any:
            """A meeting's record with what members said of the newest version."""
            return answer(cycle, cluster, number)

    @blueprint.route(f"{CLUSTER}/meetings/{NUMBER}/versions")
    class Versions(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(GivenVersionSchema)
        @blueprint.response(201, MeetingSchema)
        def post(self, given: dict[str, Any], cycle: str, cluster: str, number: int) -> Any:
            """Another version upon the one seen; of signed minutes a signed correction that says what it changes."""
            meeting = given.pop("meeting")
            record_meeting(web.store, current_actor(), cycle, cluster, number, meeting, **given)
            return answer(cycle, cluster, number)

    @blueprint.route(f"{CLUSTER}/meetings/{NUMBER}/positions")
    class Positions(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(GivenMinutesPositionSchema)
        @blueprint.response(201, MeetingSchema)
        def post(self, given: dict[str, Any], cycle: str, cluster: str, number: int) -> Any:
            """Confirm the signed minutes or dissent, in the name of a member that came."""
            take_position(web.store, current_actor(), cycle, cluster, number, **given)
            return answer(cycle, cluster, number)
