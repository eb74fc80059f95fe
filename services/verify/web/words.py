"""What codes are called on pages, and the tone of their badges; each text is a key of the catalogues."""

from shared.contracts.sentences import N_

Word = tuple[str, str]  # text, tone

REVIEWS: dict[str, Word] = {
    "open": (N_("to be reviewed"), "attention"),
    "claimed": (N_("in hand"), "info"),
    "explanation_requested": (N_("waiting for the unit's explanation"), "info"),
    "explained": (N_("explained by the unit"), "attention"),
    "expired": (N_("not explained in time"), "attention"),
    "awaiting_countersignature": (N_("waiting for a second signature"), "attention"),
    "decided": (N_("decided"), "good"),
    "countersigned": (N_("countersigned"), "good"),
    "settled": (N_("settled at the source's figure"), "good"),
    "challenged": (N_("disputed by the unit"), "attention"),
    "withdrawn": (N_("question withdrawn"), "neutral"),
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
# In which role somebody acts: what is disclosed to a unit instead of a name.
ROLES: dict[str, str] = {
    "reviewer": N_("Reviewer"),
    "lead_reviewer": N_("Lead reviewer"),
    "province_officer": N_("Officer of the unit"),
    "signing_leader": N_("Signing leader of the unit"),
    "contributor": N_("A department of the unit"),
    "verify": N_("The system"),
}
# The rows of the trail.
ACTIONS: dict[str, str] = {
    "trail_begun": N_("the trail begins; what was decided before is sealed as it stands"),
    "claimed": N_("taken in hand"),
    "released": N_("let go"),
    "claim_lapsed": N_("held for too long and let go"),
    "explanation_requested": N_("explanation requested"),
    "request_withdrawn": N_("question taken back"),
    "reminded": N_("the unit was reminded"),
    "explained": N_("explained by the unit"),
    "expired": N_("not explained in time"),
    "decided": N_("decided"),
    "proposed": N_("decided; waits for a second signature"),
    "countersigned": N_("countersigned"),
    "sent_back": N_("sent back by the second person"),
    "settled": N_("settled at the source's figure"),
    "objected": N_("the unit objects"),
    "withdrawn": N_("nothing is asked any more"),
    "reopened": N_("opened again: what it rests on has changed"),
    "counted_anew": N_("counted anew: what it rests on has changed"),
    "audit_drawn": N_("drawn at random for review"),
    "set_aside": N_("set aside from a joint acceptance, for review by itself"),
    "claim_gone": N_("the unit claims nothing here any more"),
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
DUTIES: dict[str, Word] = {
    "missing": (N_("nothing yet, no due date"), "neutral"),
    "due": (N_("waited for"), "info"),
    "overdue": (N_("overdue"), "attention"),
    "given": (N_("given"), "good"),
    "locked": (N_("locked"), "good"),
}
# How many of a unit's items are drawn at random.
CLASSES: dict[str, str] = {
    "light": N_("light sampling"),
    "medium": N_("medium sampling"),
    "full": N_("full sampling"),
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
