"""Whatever a claim says of an item stands everywhere: attributes, API, feed, form, files."""

from dataclasses import fields

from services.intake.assessments.actions import save_items
from services.intake.assessments.model import FIGURE, ITEM_FIELDS, TEXT, Claim, GivenClaim, Said, said_in
from services.intake.assessments.pages.form import field_name, read_post, rows_of
from services.intake.assessments.queries import read_draft
from services.intake.assessments.schemas import FiguresSchema, ItemSchema
from services.intake.assessments.workbooks.csv import assessment_csv, read_assessment_csv
from services.intake.ports import Store
from services.intake.submissions.rules import content_of
from shared.contracts import intake_v1
from tests.builders.intake import CYCLE, an_open_cycle, officer

NAMES = [one.name for one in ITEM_FIELDS]
SAID = {one.name: 12.5 if one.kind == FIGURE else f"Lời của {one.name}" for one in ITEM_FIELDS}


def test_attributes_api_and_feed_know_the_same_fields() -> None:
    assert [one.name for one in fields(Said)] == ["criterion", *NAMES]
    assert list(FiguresSchema().fields) == NAMES
    assert set(NAMES) <= set(ItemSchema().fields)
    assert set(intake_v1.ItemSchema().fields) == {"criterion", "evidence", *NAMES}


def test_what_is_said_comes_back_from_everywhere(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [GivenClaim("C1", **SAID)], 0)
    view = read_draft(intake, officer(), CYCLE, "HN")
    assert view.draft.claim("C1").figures() == SAID
    sent = content_of(view.draft, view.framework, {})["items"][0]
    assert said_in(intake_v1.ItemSchema().load(sent)) == SAID


def test_each_field_can_be_changed_by_form_and_by_file(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [GivenClaim("C1", **SAID)], 0)
    view = read_draft(intake, officer(), CYCLE, "HN")
    row = rows_of(view, "vi")["C1"]
    table = assessment_csv(view, "vi").decode("utf-8-sig")
    for one in ITEM_FIELDS:
        form = {field_name("C1", name): text for name, text in row.typed.items()}
        form |= {"mark-C1": row.mark, "seen": "1", field_name("C1", one.name): "7"}
        [changed] = read_post(view, form, "vi").changed
        assert changed.figures() == SAID | {one.name: 7.0 if one.kind == FIGURE else "7"}
        if one.kind == TEXT:
            [filled] = read_assessment_csv(table.replace(SAID[one.name], "7").encode(), "a.csv", view).claims
            assert getattr(filled, one.name) == "7"


def test_a_document_that_does_not_know_a_field_says_nothing_there() -> None:
    assert Claim("C1", **said_in({})) == Claim("C1")
    assert Claim("C1", **said_in({})).is_empty
