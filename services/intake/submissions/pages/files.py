"""A unit's file, for those who may read it."""

from flask import Response

from services.intake.ports import WebDependencies
from services.intake.submissions.queries import find_evidence
from services.intake.web import OF_UNIT, Routes, as_download
from shared.web.access import current_actor


class DownloadPages:
    """Files of units."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def download(self, cycle: str, unit: str, sha256: str) -> Response:
        """A document's file, as a download."""
        path, upload = find_evidence(self.web.store, self.web.files, current_actor(), cycle, unit, sha256)
        return as_download(path, upload.file.media_type, upload.file.sha256, upload.label)


def download_routes(web: WebDependencies) -> Routes:
    """Files."""
    pages = DownloadPages(web)
    return ((OF_UNIT + "/evidence/<sha256:sha256>", "download", pages.download, ["GET"]),)
