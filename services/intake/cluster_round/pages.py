"""One cluster's round as a page."""

from typing import Any

from flask import render_template

from services.intake.challenges.model import CHALLENGE_BADGES
from services.intake.cluster_round.queries import find_file, read_cluster
from services.intake.ports import WebDependencies
from services.intake.vietnamese import sort_key
from services.intake.web import IN_CLUSTER, Routes, as_download
from shared.web.access import current_actor


class ClusterPages:
    """Pages of one cluster in its round."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def cluster(self, cycle: str, cluster: str) -> str:
        """What there is to read in one cluster, what was challenged, and the meetings."""
        view = read_cluster(self.web.store, current_actor(), cycle, cluster)
        place = view.place
        return render_template(
            "cluster_round/cluster_round.html",
            view=view,
            place=place,
            cycle=place.cycle,
            members=sorted(place.cluster.members, key=lambda one: sort_key(one.title.in_language("vi"))),
            titles={one.unit: one.title for one in place.cluster.members},
            items={item.code: item for item in place.framework.items},
            states=CHALLENGE_BADGES,
        )

    def file(self, cycle: str, cluster: str, sha256: str) -> Any:
        """A file of the round, as a download."""
        path, brought = find_file(self.web.store, self.web.files, current_actor(), cycle, cluster, sha256)
        return as_download(path, brought.file.media_type, brought.file.sha256, brought.label)


def cluster_routes(web: WebDependencies) -> Routes:
    """One cluster's round."""
    pages = ClusterPages(web)
    return (
        (IN_CLUSTER + "/round", "cluster_round", pages.cluster, ["GET"]),
        (IN_CLUSTER + "/files/<sha256:sha256>", "round_file", pages.file, ["GET"]),
    )
