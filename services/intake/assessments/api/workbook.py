"""Self-assessments as Excel workbooks for machines."""

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.assessments.actions import take_workbook
from services.intake.assessments.queries import changes_by, read_draft
from services.intake.assessments.schemas import LanguageSchema, PreviewSchema, WorkbookFormSchema, change_document
from services.intake.assessments.workbooks.csv import MEDIA_TYPE, assessment_csv, read_assessment_file
from services.intake.assessments.workbooks.writing import assessment_workbook
from services.intake.ports import WebDependencies
from services.intake.web import WORKBOOK, as_attachment
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_workbook(blueprint: Blueprint, web: WebDependencies) -> None:
    """`…/draft/workbook` on the blueprint of self-assessments."""

    @blueprint.route("/draft/workbook")
    class Workbook(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(LanguageSchema, location="query")
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type=WORKBOOK)
        def get(self, query: dict[str, Any], cycle: str, unit: str) -> Response:
            """The draft as an .xlsx file to fill in and bring back."""
            view = read_draft(web.store, current_actor(), cycle, unit)
            return as_attachment(assessment_workbook(view, query["language"]), WORKBOOK, f"{cycle}-{unit}.xlsx")

        @refuses(blueprint, 404, 409, 412, 415, *BODY)
        @blueprint.arguments(WorkbookFormSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(200, PreviewSchema)
        def post(self, form: dict[str, Any], cycle: str, unit: str) -> dict[str, Any]:
            """Look at a filled-in workbook or CSV file; with `take` its changes are saved, all of them or none."""
            file = form["file"]
            view = read_draft(web.store, current_actor(), cycle, unit)
            filled = read_assessment_file(file.stream.read(), file.filename, view)
            changes = changes_by(view, filled.claims, filled.documents, filled.version)
            version = view.draft.version
            if form["take"]:
                seen = filled.version if form["seen"] is None else form["seen"]
                version = take_workbook(
                    web.store, current_actor(), cycle, unit, filled.claims, filled.documents, seen
                ).version
            return {
                "version": version,
                "made_from": filled.version,
                "taken": form["take"],
                "changes": [change_document(change) for change in changes],
            }

    @blueprint.route("/draft/csv")
    class Csv(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(LanguageSchema, location="query")
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any], cycle: str, unit: str) -> Response:
            """The draft as a CSV file to fill in; it is brought back where workbooks are."""
            view = read_draft(web.store, current_actor(), cycle, unit)
            return as_attachment(assessment_csv(view, query["language"]), MEDIA_TYPE, f"{cycle}-{unit}.csv")
