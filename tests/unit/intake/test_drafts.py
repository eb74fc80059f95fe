"""However two officers interleave, nobody's figures disappear without somebody having seen them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.assessments.model import Claim, Draft
from services.intake.people.model import Editor
from shared.contracts.refusals import Refusal

AT = datetime(2026, 11, 22, tzinfo=UTC)
saves = st.lists(
    st.tuples(
        st.sampled_from(["lan", "minh"]),
        st.booleans(),  # looks first
        st.dictionaries(st.sampled_from(["C1", "C2"]), st.sampled_from([None, 1.0, 2.0]), min_size=1),
    ),
    max_size=12,
)


@given(saves)
def test_no_unseen_figure_is_overwritten(steps: list[tuple[str, bool, dict[str, float | None]]]) -> None:
    draft = Draft("c", "u", "k")
    seen = {"lan": draft, "minh": draft}
    for who, looks_first, values in steps:
        if looks_first:
            seen[who] = draft
        known = seen[who]
        wanted = [Claim(code, value) for code, value in values.items()]
        try:
            after = draft.merged(wanted, known.version, Editor(who, who, AT))
        except Refusal:
            continue
        for code, value in values.items():
            stands, saw = draft.claim(code).value, known.claim(code).value
            # What is replaced was seen, or is the very same, or never changed since it was seen.
            assert value == stands or stands == saw or draft.edits[code].version <= known.version
        for code in {"C1", "C2"} - set(values):
            assert after.claim(code) == draft.claim(code)
        assert after.version == draft.version + (after is not draft)
        draft = after
        seen[who] = draft


@given(saves)
def test_a_whole_save_needs_the_newest_version(steps: list[tuple[str, bool, dict[str, float | None]]]) -> None:
    draft = Draft("c", "u", "k")
    for who, looks_first, values in steps:
        wanted = [Claim(code, value) for code, value in values.items()]
        old = draft.version - (0 if looks_first else 1)
        try:
            after = draft.replaced(wanted, old, Editor(who, who, AT))
        except Refusal:
            assert old != draft.version
            continue
        assert old == draft.version
        assert {code: claim.value for code, claim in after.claims.items()} == {
            code: value for code, value in values.items() if value is not None
        }
        draft = after


def test_a_blank_is_kept_as_nothing_and_never_as_a_number() -> None:
    draft = Draft("c", "u", "k").with_claims({"C1": Claim("C1", 0.0)}, Editor("a", "A", AT))
    assert draft.claims["C1"].value == 0.0
    emptied = draft.with_claims({"C1": replace(draft.claim("C1"), value=None)}, Editor("a", "A", AT))
    assert "C1" not in emptied.claims


def test_the_same_figures_clash_with_nothing_however_old_the_draft_that_was_seen() -> None:
    lan, minh = Editor("lan", "Lan", AT), Editor("minh", "Minh", AT)
    saved = Draft("c", "u", "k").merged([Claim("C1", 1.0), Claim("C2", 2.0)], 0, lan)
    assert saved.merged([Claim("C1", 1.0)], 0, minh) is saved
    with pytest.raises(Refusal) as refused:
        saved.merged([Claim("C1", 1.0), Claim("C2", 3.0)], 0, minh)
    assert [fault.path for fault in refused.value.faults] == ["items.C2"]
