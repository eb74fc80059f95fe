"""What needs a second person, and the trail as plain rows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.results.model import Decided, Verdict
from services.verify.reviews.model.steps import ReviewRules
from services.verify.reviews.model.trail import BEGINNING, AuditRow, AuditStep
from services.verify.reviews.rules.second_person import Weight, check_rules, needs_second_person
from services.verify.reviews.rules.trail import check_chain, link
from shared.contracts.refusals import BadInput

RULES = ReviewRules()
ON_DOCUMENT = Decided(Verdict.ADJUST, 50.0, None, on_source=False)
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def weight(**changed: object) -> Weight:
    return replace(Weight(60.0, 55.0, None, 100.0, first_changes=False), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moved", "needed"),
    [
        ({}, False),
        ({"decided": 50.0}, True),  # exactly a tenth of the maximum
        ({"decided": 50.1}, False),
        ({"first_changes": True}, True),
        ({"decided": 60.0, "independent": 45.0}, True),  # the claim taken against its source
        ({"decided": 60.0, "independent": 55.0}, False),
        ({"decided": None}, True),  # nobody can say how much it moves
        ({"claimed": None, "decided": 30.0}, True),
        ({"decided": 60.0}, False),
    ],
)
def test_what_moves_much_needs_a_second_person(moved: dict[str, object], needed: bool) -> None:
    assert needs_second_person(RULES, ON_DOCUMENT, weight(**moved), outside=False) is needed


def test_what_a_source_gives_by_rule_needs_none_but_bringing_a_claim_down_does() -> None:
    on_source = replace(ON_DOCUMENT, on_source=True)
    heavy = weight(decided=10.0, first_changes=True)
    assert not needs_second_person(RULES, on_source, heavy, outside=False)
    assert needs_second_person(RULES, on_source, heavy, outside=True)
    relaxed = replace(RULES, countersign_first=False, countersign_share=0.6)
    assert not needs_second_person(relaxed, on_source, heavy, outside=True)


def test_rules_that_nobody_could_keep_are_refused_at_their_fields() -> None:
    check_rules(RULES)
    with pytest.raises(BadInput) as refused:
        check_rules(ReviewRules(countersign_share=1.2, claim_days=0, reminder_days=7, objection_days=91))
    fields = {fault.path for fault in refused.value.faults}
    assert fields == {"countersign_share", "claim_days", "reminder_days", "objection_days"}


def chain(count: int) -> list[AuditRow]:
    rows: list[AuditRow] = []
    for number in range(1, count + 1):
        step = AuditStep("a", "Lan", "decided", "HN", "C1", "vì thế", {"value": number / 3})
        rows.append(link("year", number, rows[-1].sha256 if rows else BEGINNING, NOW, step))
    return rows


@given(st.integers(1, 6), st.data())
def test_a_changed_row_is_found_where_it_is(count: int, data: st.DataObject) -> None:
    rows = chain(count)
    head = (count, rows[-1].sha256)
    assert check_chain("year", rows, head, {}).fault is None
    place = data.draw(st.integers(0, count - 1))
    how = data.draw(st.sampled_from(["content", "unit", "drop", "swap", "twice"]))
    changed = list(rows)
    if how == "content":
        changed[place] = replace(rows[place], content=rows[place].content.replace("Lan", "Hoa"))
    elif how == "unit":
        changed[place] = replace(rows[place], unit="HP")
    elif how == "drop":
        del changed[place]
    elif how == "twice":
        changed.insert(place, rows[place])
    elif place + 1 < count:
        changed[place], changed[place + 1] = rows[place + 1], rows[place]
    else:
        return
    fault = check_chain("year", changed, head, {}).fault
    assert fault is not None
    first = place + 2 if how in ("drop", "swap") and place + 1 < count else place + 1
    assert fault.number == (place + 1 if how == "twice" else first)
