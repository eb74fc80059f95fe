"""One cluster in its round: what was received, challenges, meetings, and the files brought for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from services.intake.challenges.model import Challenge
from services.intake.challenges.queries import as_seen
from services.intake.files.model import FileState
from services.intake.files.rules import refuse_handing_out
from services.intake.meetings.model import Meeting
from services.intake.people.rules import not_found
from services.intake.ports import EvidenceFiles, Store
from services.intake.rounds.model import RoundFile
from services.intake.rounds.queries import Place, find_place, prepares
from services.intake.submissions.model import Submission
from services.intake.submissions.rules import submitted_total
from shared.people import Actor


@dataclass(frozen=True)
class ClusterView:
    """What there is in a cluster's round: what was received of each member, challenges, meetings."""

    place: Place
    received: Mapping[str, Submission]
    totals: Mapping[str, float | None]  # self-scores, as far as the reader may see them
    challenges: Sequence[Challenge]
    meetings: Sequence[Meeting]


def read_cluster(store: Store, actor: Actor, cycle_code: str, cluster_code: str) -> ClusterView:
    """A cluster's round, for its members and those who follow it."""
    with store.view() as view:
        place = find_place(view, actor, cycle_code, cluster_code)
        received = view.submissions.newest_received(cycle_code, place.units)
        meetings = view.meetings.of_cluster(cycle_code, cluster_code)
        return ClusterView(
            place=place,
            received=received,
            totals={
                unit: submitted_total(place.framework, one) for unit, one in received.items() if unit in place.readable
            },
            challenges=[as_seen(place, one) for one in view.challenges.of_units(cycle_code, place.units)],
            meetings=[one for one in meetings if one.is_signed or prepares(place)],
        )


class FoundFile(NamedTuple):
    """A file on the disk, and who brought it to the round."""

    path: Path
    brought: RoundFile


def find_file(
    store: Store, files: EvidenceFiles, actor: Actor, cycle_code: str, cluster_code: str, sha256: str
) -> FoundFile:
    """The file of a challenge, an answer or minutes, for whoever sees what names it; their own for who brought it."""
    with store.view() as view:
        place = find_place(view, actor, cycle_code, cluster_code)
        brought = view.rounds.files(cycle_code, cluster_code, sha256)
        seen = any(one.unit in place.own for one in brought)
        if brought and not seen:
            challenges = view.challenges.of_units(cycle_code, place.units)
            named = {document.sha256 for one in challenges for document in as_seen(place, one).documents}
            named |= {
                version.content.minutes.sha256
                for meeting in view.meetings.of_cluster(cycle_code, cluster_code)
                for version in meeting.versions
                if version.content.minutes is not None
            }
            seen = sha256 in named
        state = view.retention.of([sha256]).get(sha256, FileState())
    if brought and seen:
        own = any(one.unit in place.own for one in brought)
        refuse_handing_out(state, scanned=files.scanned, own=own)
    path = files.path(sha256) if brought and seen else None
    if path is None:
        raise not_found()
    return FoundFile(path, brought[0])
