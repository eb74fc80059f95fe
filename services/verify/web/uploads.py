"""Uploaded files: their bytes, within limits, and their names."""

from typing import Any

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict

from services.verify.settings import LARGEST_RELEASE
from shared.contracts.refusals import BadInput, Fault, Kind
from shared.contracts.sentences import sentence

LONGEST_FILE_NAME = 200


class _UploadParser(FlaskParser):  # webargs' own parser, with files among the fields
    def load_form(self, req: Any, schema: Any) -> Any:
        return self._makeproxy(CombinedMultiDict([req.form, req.files]), schema)


class UploadBlueprint(Blueprint):
    """A blueprint whose forms may hold files."""

    ARGUMENTS_PARSER = _UploadParser()


def read_limited(file: Any) -> bytes:
    """An uploaded file's bytes. Raises BadInput (too large) as soon as it is over the limit."""
    raw: bytes = file.stream.read(LARGEST_RELEASE + 1)
    if len(raw) > LARGEST_RELEASE:
        message = sentence("The file is larger than %(most)s MB.", most=LARGEST_RELEASE // (1024 * 1024))
        raise BadInput([Fault(message, path="file")], code="file_too_large", kind=Kind.TOO_LARGE)
    return raw


def shown_file_name(name: str | None) -> str:
    """The name of an uploaded file as we show it: without folders and control characters; never used as a path."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip()
    return clean.encode("utf-8", "ignore").decode()[:LONGEST_FILE_NAME] or "upload.csv"
