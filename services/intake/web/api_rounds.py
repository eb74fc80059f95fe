"""The cluster round for machines: its days, what there is to read, challenges, meetings."""

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.usecases import challenges, cluster_page, cluster_round, meetings
from services.intake.web.api_assessments import as_download
from services.intake.web.parts import NUMBER, Parts
from services.intake.web.round_schemas import (
    BroughtSchema,
    ChallengeListSchema,
    ChallengeSchema,
    ClusterRoundSchema,
    GivenChallengeAnswerSchema,
    GivenChallengeSchema,
    GivenMeetingSchema,
    GivenMinutesPositionSchema,
    GivenRoundSchema,
    GivenVersionSchema,
    GivenWithdrawalSchema,
    MeetingSchema,
    RoundFileFormSchema,
    RoundSchema,
    challenge_document,
    cluster_round_document,
    meeting_document,
    round_document,
)
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

CLUSTER = "/clusters/<code:cluster>"
ITEM = "/units/<code:unit>/items/<code:criterion>/challenges"


def register_days(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/round")
    class Round(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RoundSchema)
        def get(self, cycle: str) -> Any:
            """The days of the cluster round as declared, and the quorum of its meeting with its source."""
            return round_document(cluster_round.read_round(parts.intake, current_actor(), cycle))

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenRoundSchema)
        @blueprint.response(201, RoundSchema)
        def post(self, given: Any, cycle: str) -> Any:
            """Declare the days, or change them with a reason; every declaration stays on record."""
            cluster_round.declare_round(parts.intake, current_actor(), cycle, given)
            return round_document(cluster_round.read_round(parts.intake, current_actor(), cycle))


def register_files(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route(f"{CLUSTER}/files")
    class Files(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(RoundFileFormSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, BroughtSchema)
        def post(self, form: dict[str, Any], cycle: str, cluster: str) -> Any:
            """Bring a file that a challenge, an answer or the minutes will name."""
            file = form["file"]
            brought = cluster_round.bring_file(
                parts.intake, parts.files, current_actor(), cycle, cluster, form["unit"], file.stream, file.filename
            )
            return {**vars(brought.file), "label": brought.label}


def register_cluster(blueprint: Blueprint, parts: Parts) -> None:
    """One cluster's round, and the files brought to it."""

    @blueprint.route(f"{CLUSTER}/round")
    class ClusterRound(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ClusterRoundSchema)
        def get(self, cycle: str, cluster: str) -> Any:
            """What there is to read in a cluster, its challenges and its meetings."""
            return cluster_round_document(cluster_page.read_cluster(parts.intake, current_actor(), cycle, cluster))

    @blueprint.route(f"{CLUSTER}/files/<sha256:sha256>")
    class File(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, cycle: str, cluster: str, sha256: str) -> Response:
            """The file, always as a download."""
            path, brought = cluster_page.find_file(parts.intake, parts.files, current_actor(), cycle, cluster, sha256)
            return as_download(path, brought.file, brought.label)


def register_challenges(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route(ITEM)
    class Challenges(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ChallengeListSchema)
        def get(self, cycle: str, unit: str, criterion: str) -> Any:
            """What other members ask about an item."""
            view = challenges.read_item(parts.intake, current_actor(), cycle, unit, criterion)
            return {"challenges": [challenge_document(one) for one in view.challenges]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenChallengeSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Challenge an item of another member with a document, on the declared days."""
            made = challenges.challenge(parts.intake, current_actor(), cycle, unit, criterion, **given)
            return challenge_document(made)

    @blueprint.route(f"{ITEM}/{NUMBER}/answer")
    class Answer(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenChallengeAnswerSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str, number: int) -> Any:
            """Answer, once, in the name of the challenged unit."""
            made = challenges.answer(parts.intake, current_actor(), cycle, unit, criterion, number, **given)
            return challenge_document(made)

    @blueprint.route(f"{ITEM}/{NUMBER}/withdrawal")
    class Withdrawal(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenWithdrawalSchema)
        @blueprint.response(201, ChallengeSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, criterion: str, number: int) -> Any:
            """Take a challenge back in the name of the member that entered it."""
            made = challenges.withdraw(parts.intake, current_actor(), cycle, unit, criterion, number, **given)
            return challenge_document(made)


def register_meetings(blueprint: Blueprint, parts: Parts) -> None:
    def answer(cycle: str, cluster: str, number: int) -> Any:
        return meeting_document(meetings.read_meeting(parts.intake, current_actor(), cycle, cluster, number))

    @blueprint.route(f"{CLUSTER}/meetings")
    class Meetings(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenMeetingSchema)
        @blueprint.response(201, MeetingSchema)
        def post(self, given: Any, cycle: str, cluster: str) -> Any:
            """Record a meeting of the cluster; head, deputies, administrators."""
            made = meetings.record_meeting(parts.intake, current_actor(), cycle, cluster, None, given)
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
            meetings.record_meeting(parts.intake, current_actor(), cycle, cluster, number, meeting, **given)
            return answer(cycle, cluster, number)

    @blueprint.route(f"{CLUSTER}/meetings/{NUMBER}/positions")
    class Positions(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(GivenMinutesPositionSchema)
        @blueprint.response(201, MeetingSchema)
        def post(self, given: dict[str, Any], cycle: str, cluster: str, number: int) -> Any:
            """Confirm the signed minutes or dissent, in the name of a member that came."""
            meetings.take_position(parts.intake, current_actor(), cycle, cluster, number, **given)
            return answer(cycle, cluster, number)
