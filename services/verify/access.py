"""Who may come through which door of verify. Whether they may touch *this* item is asked by the use case."""

from services.verify.roles import AUDITORS, LOOKERS, RATERS, SPEAKERS, UPLOADERS
from shared.people import UNIT_ROLES, Role
from shared.web.access import Access, roles, services

_LOOK = roles(*LOOKERS)
_SOURCES = roles(*LOOKERS, *UPLOADERS)

_ADMINISTRATORS = roles(Role.ADMINISTRATOR)
_REVIEWERS = roles(Role.REVIEWER, Role.LEAD_REVIEWER)
_AUDITORS = roles(*AUDITORS)
_UNITS = roles(*SPEAKERS)
_DRAWERS = roles(Role.ADMINISTRATOR, Role.LEAD_REVIEWER)
_STAFF_OR_UNIT = roles(*LOOKERS, *UNIT_ROLES)

ACCESS: dict[str, Access] = {
    "pages.home": _SOURCES | _UNITS,
    "pages.cycle": _LOOK,
    "pages.screen_again": roles(Role.ADMINISTRATOR, Role.LEAD_REVIEWER),
    "pages.queue": _LOOK,
    "pages.item": _LOOK,
    "pages.item_step": _REVIEWERS,
    "pages.scores": _UNITS,
    "pages.objection": _UNITS,
    "pages.rules": _LOOK,
    "pages.trail": _AUDITORS,
    "pages.settlement": roles(Role.LEAD_REVIEWER),
    "pages.sources": _SOURCES,
    "pages.new_source": _ADMINISTRATORS,
    "pages.source": _SOURCES,
    "pages.upload": roles(*UPLOADERS),
    "pages.mapping": roles(*UPLOADERS),
    "pages.spellings": roles(*UPLOADERS),
    "pages.rating": roles(*UPLOADERS),
    "pages.rating_template": roles(*UPLOADERS),
    "pages.fetching": _ADMINISTRATORS,
    "pages.cycle_sources": _LOOK,
    "pages.due_date": _ADMINISTRATORS,
    "pages.lock": roles(*RATERS),
    "pages.correction": roles(*UPLOADERS),
    "pages.correction_file": roles(*UPLOADERS),
    "pages.letter": roles(*UPLOADERS),
    "pages.letter_scan": roles(*UPLOADERS),
    "pages.release": _SOURCES,
    "pages.quality": _LOOK,
    "pages.plan": _LOOK,
    "pages.draw": _DRAWERS,
    "pages.minor": _REVIEWERS,
    "pages.record": _STAFF_OR_UNIT,
    "triage.ReviewPlan": _LOOK,
    "triage.Audits": _DRAWERS,
    "triage.Quality": _LOOK,
    "triage.Record": _STAFF_OR_UNIT,
    "triage.MinorItems": _REVIEWERS,
    "feed.Events": services("ranking", "intake") | roles(Role.COUNCIL_MEMBER, Role.ADMINISTRATOR),
    "items.Cycles": _LOOK,
    "items.Cycle": _LOOK,
    "items.Screenings": roles(Role.ADMINISTRATOR, Role.LEAD_REVIEWER),
    "items.Items": _LOOK,
    "items.Item": _LOOK,
    "items.Decisions": roles(Role.REVIEWER, Role.LEAD_REVIEWER),
    "items.ClusterSettlement": roles(Role.LEAD_REVIEWER),
    "reviews.Claim": _REVIEWERS,
    "reviews.Release": _REVIEWERS,
    "reviews.Requests": _REVIEWERS,
    "reviews.RequestWithdrawal": _REVIEWERS,
    "reviews.Countersignature": _REVIEWERS,
    "reviews.Scores": _UNITS,
    "reviews.ScoreObjection": _UNITS,
    "reviews.Rules": _LOOK,
    "reviews.Trail": _AUDITORS,
    "sources.Sources": _SOURCES,
    "sources.Source": _SOURCES,
    "sources.Releases": _SOURCES,
    "sources.Release": _SOURCES,
    "sources.Raw": _SOURCES,
    "changes.Changes": _LOOK,
    "fetching.Plan": _SOURCES,
    "ratings.Ratings": roles(*UPLOADERS),
    "ratings.Locks": roles(*RATERS),
    "ratings.Letters": roles(*UPLOADERS),
    "ratings.KeyedLetter": roles(*UPLOADERS),
    "ratings.Scan": roles(*UPLOADERS),
    "ratings.LetterVerdict": roles(*UPLOADERS),
    "ratings.Corrections": roles(*UPLOADERS),
    "ratings.Correction": roles(*UPLOADERS),
    "ratings.CorrectionVerdict": roles(*UPLOADERS),
    "ratings.DueDates": _ADMINISTRATORS,
    "ratings.Duties": _SOURCES,
    "mappings.Mappings": _SOURCES,
    "mappings.Spellings": _SOURCES,
}
