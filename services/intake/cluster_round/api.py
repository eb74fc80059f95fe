"""One cluster's round and its files, for machines."""

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.cluster_round.queries import find_file, read_cluster
from services.intake.cluster_round.schemas import ClusterRoundSchema, cluster_round_document
from services.intake.ports import WebDependencies
from services.intake.web import CLUSTER, as_download
from shared.web.access import current_actor
from shared.web.routing import refuses


def register_cluster(blueprint: Blueprint, web: WebDependencies) -> None:
    """One cluster's round, and the files brought to it."""

    @blueprint.route(f"{CLUSTER}/round")
    class ClusterRound(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ClusterRoundSchema)
        def get(self, cycle: str, cluster: str) -> Any:
            """What there is to read in a cluster, its challenges and its meetings."""
            return cluster_round_document(read_cluster(web.store, current_actor(), cycle, cluster))

    @blueprint.route(f"{CLUSTER}/files/<sha256:sha256>")
    class File(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, cycle: str, cluster: str, sha256: str) -> Response:
            """The file, always as a download."""
            path, brought = find_file(web.store, web.files, current_actor(), cycle, cluster, sha256)
            return as_download(path, brought.file.media_type, brought.file.sha256, brought.label)
