"""What codes are called on pages, and the tone of their badges; each text is a key of the catalogues."""

from shared.contracts.sentences import N_

Word = tuple[str, str]  # text, tone

REVIEWS: dict[str, Word] = {
    "open": (N_("to be reviewed"), "attention"),
    "decided": (N_("decided"), "good"),
    "settled": (N_("settled at the source's figure"), "good"),
    "closed": (N_("nothing to ask"), "neutral"),
}
STATES: dict[str, Word] = {
    "verified": (N_("confirmed by a source"), "good"),
    "provisional": (N_("older or preliminary figure"), "info"),
    "documented": (N_("accepted on documents"), "good"),
    "unverifiable": (N_("no independent figure"), "neutral"),
    "contested": (N_("figures differ"), "attention"),
}
BASES: dict[str, str] = {
    "source": N_("the source's figure"),
    "decision": N_("a decision"),
    "settled": N_("a settlement for the whole cluster"),
    "none": N_("nothing yet"),
}
VERDICTS: dict[str, str] = {
    "accept": N_("accepted"),
    "adjust": N_("adjusted"),
    "reject": N_("not accepted"),
    "settle": N_("settled"),
}
SEVERITIES: dict[str, Word] = {
    "note": (N_("note"), "neutral"),
    "inconclusive": (N_("could not be checked"), "info"),
    "question": (N_("to be explained"), "attention"),
    "conflict": (N_("to be decided"), "attention"),
}
CHALLENGE_STATES: dict[str, Word] = {
    "open": (N_("not answered yet"), "attention"),
    "answered": (N_("answered"), "info"),
    "withdrawn": (N_("withdrawn"), "neutral"),
}
CYCLE_STATES: dict[str, Word] = {
    "draft": (N_("being prepared"), "neutral"),
    "open": (N_("open for self-assessment"), "good"),
    "intake_closed": (N_("closed for submissions"), "info"),
    "archived": (N_("archived"), "neutral"),
}
RELEASE_STATES: dict[str, Word] = {
    "final": (N_("final"), "good"),
    "preliminary": (N_("preliminary"), "info"),
    "synthetic": (N_("invented"), "attention"),
}
FETCH_OUTCOMES: dict[str, Word] = {
    "asked": (N_("being asked"), "neutral"),
    "taken": (N_("taken in"), "good"),
    "unchanged": (N_("unchanged"), "info"),
    "refused": (N_("cannot be read"), "problem"),
    "down": (N_("no answer: not verified"), "problem"),
}
# What each check looks at, in a few words.
CODES: dict[str, str] = {
    "ARITHMETIC": N_("points and rule"),
    "SOURCE_CONFLICT": N_("difference from the source"),
    "SOURCES_DISAGREE": N_("sources differ"),
    "INCONSISTENT_REPORTS": N_("differs from another report"),
    "PEER_OUTLIER": N_("compared with the cluster"),
    "MODEL_OUTLIER": N_("compared with other figures"),
    "HISTORY_OUTLIER": N_("compared with earlier rounds"),
    "UNIT_INFLATION": N_("all items of the unit"),
    "ALL_MAX": N_("nearly all at the maximum"),
    "EVERYONE_ABOVE_AVERAGE": N_("nearly all above the national figure"),
    "ADDING_UP": N_("adds up to more than the whole"),
    "TARGET_LOWERED": N_("target changed"),
    "TARGET_UNDOCUMENTED": N_("target changed without a document"),
    "TARGET_UNAMBITIOUS": N_("target asks for little"),
    "PEER_CHALLENGE": N_("disputed by another member"),
    "EVIDENCE_MISSING": N_("no document"),
    "EVIDENCE_INSUFFICIENT": N_("documents incomplete"),
    "EVIDENCE_REUSED": N_("document used before or elsewhere"),
    "LOW_DISCRIMINATION": N_("tells units hardly apart"),
}
