"""What the pages of ranking share: what codes are called, and the small steps of every form."""

from flask import flash, request

from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.languages import said
from shared.web.problems import STATUS

# Each text is a key of the catalogues.

AUDIENCES = {
    "board": N_("Central Board and staff"),
    "council": N_("Council"),
    "cluster": N_("Members of the clusters"),
    "public": N_("Public"),
}
CYCLE_STATES = {
    "draft": N_("being prepared"),
    "open": N_("taking self-assessments in"),
    "intake_closed": N_("self-assessments closed"),
    "archived": N_("archived"),
}
CLUSTER_METHODS = {
    "score_only": N_("decides by scores alone"),
    "score_then_vote": N_("votes on nominations after the scores are frozen"),
}
# How a part is known; the sign stands beside the points in dense tables.
STATUSES = {
    "verified": N_("confirmed by an independent source"),
    "provisional": N_("an older or preliminary figure"),
    "documented": N_("accepted on documents"),
    "unverifiable": N_("nothing independent to compare with"),
    "contested": N_("decided between differing sources"),
    "left_out": N_("left out for the whole cluster"),
}
SIGNS = {"provisional": "p", "documented": "d", "unverifiable": "u", "contested": "c", "left_out": "×"}
BALLOT_METHODS = {
    "one_per_place": N_("one name for each place"),
    "approval": N_("any names, in no order"),
}
RULE_STATUSES = {
    "law": N_("law"),
    "regulation": N_("regulation"),
    "assumption": N_("assumption, to be confirmed"),
}
RULE_BASES = {
    "roll": N_("of all members"),
    "cast": N_("of the papers returned"),
    "valid": N_("of the valid papers"),
}
STANDINGS = {
    "named": N_("named"),
    "tie": N_("level; people must decide"),
    "below_threshold": N_("too few papers"),
    "nobody": N_("nobody is named"),
    "waits": N_("waits for the place before it"),
}
WITHHELD = {
    "no_quorum": N_("Too few papers came in for a quorum. The box was not opened, and nothing is counted."),
    "too_few": N_("With so few papers the count would show how each unit voted. The box was not opened."),
}


def install_words(environment: object) -> None:
    """Give templates these names."""
    environment.globals.update(  # type: ignore[attr-defined]  # a Jinja environment
        words={
            "audiences": AUDIENCES,
            "cycle_states": CYCLE_STATES,
            "cluster_methods": CLUSTER_METHODS,
            "statuses": STATUSES,
            "signs": SIGNS,
            "ballot_methods": BALLOT_METHODS,
            "rule_statuses": RULE_STATUSES,
            "rule_bases": RULE_BASES,
            "standings": STANDINGS,
            "withheld": WITHHELD,
        }
    )


def form_line(name: str, longest: int) -> str | None:
    """A line of the form without blanks around it; None where it is empty."""
    text = request.form.get(name, "").strip()
    if len(text) > longest or "\x00" in text:
        message = sentence("At most %(most)s characters are taken here.", most=longest)
        raise Refusal("text_too_long", Kind.INVALID, message, [Fault(message, path=name)])
    return text or None


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
