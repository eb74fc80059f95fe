"""What the pages of ranking share: what codes are called, and the small steps of every form."""

from collections.abc import Callable
from typing import Any

from flask import flash

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence
from shared.web.languages import said
from shared.web.problems import STATUS

# What templates call `words`; each text is a key of the catalogues.
WORDS: dict[str, dict[str, str]] = {
    "audiences": {
        "board": N_("Central Board and staff"),
        "council": N_("Council"),
        "cluster": N_("Members of the clusters"),
        "public": N_("Public"),
    },
    "cycle_states": {
        "draft": N_("being prepared"),
        "open": N_("taking self-assessments in"),
        "intake_closed": N_("self-assessments closed"),
        "archived": N_("archived"),
    },
    "cluster_methods": {
        "score_only": N_("decides by scores alone"),
        "score_then_vote": N_("votes on nominations after the scores are frozen"),
    },
    # How a part is known; the sign stands beside the points in dense tables.
    "statuses": {
        "verified": N_("confirmed by an independent source"),
        "provisional": N_("an older or preliminary figure"),
        "documented": N_("accepted on documents"),
        "unverifiable": N_("nothing independent to compare with"),
        "contested": N_("decided between differing sources"),
        "left_out": N_("left out for the whole cluster"),
    },
    "signs": {"provisional": "p", "documented": "d", "unverifiable": "u", "contested": "c", "left_out": "×"},
    "ballot_methods": {
        "one_per_place": N_("one name for each place"),
        "approval": N_("any names, in no order"),
    },
    "rule_statuses": {
        "law": N_("law"),
        "regulation": N_("regulation"),
        "assumption": N_("assumption, to be confirmed"),
    },
    "rule_bases": {
        "roll": N_("of all members"),
        "cast": N_("of the papers returned"),
        "valid": N_("of the valid papers"),
    },
    "standings": {
        "named": N_("named"),
        "tie": N_("level; people must decide"),
        "below_threshold": N_("too few papers"),
        "nobody": N_("nobody is named"),
        "waits": N_("waits for the place before it"),
    },
    "withheld": {
        "no_quorum": N_("Too few papers came in for a quorum. The box was not opened, and nothing is counted."),
        "too_few": N_("With so few papers the count would show how each unit voted. The box was not opened."),
    },
}


# Shows the page of a cycle, with the refusal of a form that stands on it (see `cycles.pages`).
ShowCycle = Callable[[str, Refusal | None], Any]


def confirm(message: Sentence) -> None:
    """Show on the next page that something was done."""
    flash(said(message), "good")


def with_status(page: str, refusal: Refusal | None) -> str | tuple[str, int]:
    """A page with the status of the refusal it shows."""
    return (page, STATUS[refusal.kind]) if refusal else page


def raise_if_out_of_reach(refusal: Refusal) -> None:
    """A refusal that says "not yours" or "not there" gets a page of its own, not a place on a form."""
    if refusal.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
        raise refusal
