"""Who may come in at which door of intake. Whether they may touch *this* unit is asked by the use case."""

from collections.abc import Mapping

from services.intake.web.account_pages import ACCOUNT_PAGES_ACCESS
from services.intake.web.notice_pages import NOTICE_ACCESS
from services.intake.web.session_api import SESSION_API_ACCESS
from services.intake.web.session_pages import SESSION_PAGES_ACCESS
from shared.plumbing.access import Access, roles, services, signed_in
from shared.plumbing.identity import Role

_SUITE = services("verify", "ranking", "ballot")
_ADMINISTRATORS = roles(Role.ADMINISTRATOR)
# What one door of the API admits does not depend on the verb: the use case refuses who may only read.
_EVERYBODY = signed_in() | _SUITE
_STAFF = roles(Role.ADMINISTRATOR, Role.REVIEWER, Role.LEAD_REVIEWER)
_WRITERS = roles(Role.PROVINCE_OFFICER, Role.SIGNING_LEADER, Role.CONTRIBUTOR)

ACCESS: Mapping[str, Access] = {
    "feed.Events": _SUITE,
    "directory.Councils": _EVERYBODY,
    "directory.Units": _EVERYBODY,
    "directory.Clusters": _EVERYBODY,
    "directory.Memberships": _EVERYBODY,
    "directory.Headships": _EVERYBODY,
    "cycles.Cycles": _EVERYBODY,
    "cycles.OneCycle": _EVERYBODY,
    "cycles.Open": _ADMINISTRATORS,
    "cycles.CloseIntake": _ADMINISTRATORS,
    "cycles.Archive": _ADMINISTRATORS,
    "cycles.Calendar": _EVERYBODY,
    "cycles.Extensions": _ADMINISTRATORS,
    "assessments.Contributions": _WRITERS | _ADMINISTRATORS,
    "assessments.ContributionSteps": _WRITERS,
    "adoption.Proposals": _EVERYBODY,
    "adoption.Positions": roles(Role.PROVINCE_OFFICER, Role.SIGNING_LEADER),
    "adoption.Confirmation": _ADMINISTRATORS,
    "covenants.Covenants": _EVERYBODY,
    "covenants.Covenant": _EVERYBODY,
    "covenants.Lines": _WRITERS | _ADMINISTRATORS,
    "covenants.Signature": roles(Role.SIGNING_LEADER),
    "covenants.Revisions": _WRITERS,
    "covenants.Recognition": _ADMINISTRATORS,
    "assessments.Draft": _WRITERS | _ADMINISTRATORS,
    "assessments.Item": _WRITERS,
    "assessments.Evidence": _WRITERS,
    "assessments.EvidenceFile": _EVERYBODY,
    "assessments.DraftEvidence": _WRITERS,
    "assessments.Submissions": _EVERYBODY,
    "assessments.Submission": _EVERYBODY,
    "assessments.Receipt": _EVERYBODY,
    "assessments.Changes": _EVERYBODY,
    "assessments.Reception": _STAFF,
    "assessments.Dossier": _WRITERS,
    "assessments.Workbook": _WRITERS | _ADMINISTRATORS,
    "pages.home": signed_in(),
    "pages.cycle": signed_in(),
    "pages.new_cycle": _ADMINISTRATORS,
    "pages.framework": signed_in(),
    "pages.framework_file": signed_in(),
    "keeping.Keeping": _EVERYBODY,
    "pages.keeping": signed_in(),
    "pages.calendar": signed_in(),
    "pages.extend": _ADMINISTRATORS,
    "pages.contributions": _WRITERS | _ADMINISTRATORS,
    "pages.contribution_step": _WRITERS,
    "pages.adoption": signed_in(),
    "pages.propose": roles(Role.ADMINISTRATOR, Role.CLUSTER_HEAD, Role.CLUSTER_DEPUTY),
    "pages.adoption_position": roles(Role.PROVINCE_OFFICER, Role.SIGNING_LEADER),
    "pages.adoption_confirm": _ADMINISTRATORS,
    "pages.directory": _ADMINISTRATORS,
    "pages.record_directory": _ADMINISTRATORS,
    "pages.covenants": signed_in(),
    "pages.covenant": signed_in(),
    "pages.sign_covenant": roles(Role.SIGNING_LEADER),
    "pages.revise_target": _WRITERS,
    "pages.recognise_revision": _ADMINISTRATORS,
    "pages.administration": _ADMINISTRATORS,
    "pages.open_cycle": _ADMINISTRATORS,
    "pages.close_intake": _ADMINISTRATORS,
    "pages.assessment": _WRITERS | _ADMINISTRATORS,
    "pages.send": roles(Role.SIGNING_LEADER),
    "pages.evidence": _WRITERS | _ADMINISTRATORS,
    "pages.detach": _WRITERS,
    "pages.download": signed_in(),
    "pages.submissions": signed_in(),
    "pages.draft_paper": _WRITERS | _ADMINISTRATORS,
    "pages.covenant_paper": signed_in(),
    "pages.assessment_paper": signed_in(),
    "pages.receipt_paper": signed_in(),
    "pages.receipt": signed_in(),
    "pages.changes": signed_in(),
    "pages.reception": _STAFF,
    "pages.workbook": _WRITERS | _ADMINISTRATORS,
    "pages.workbook_file": _WRITERS | _ADMINISTRATORS,
    "pages.csv_file": _WRITERS | _ADMINISTRATORS,
    "assessments.Csv": _WRITERS | _ADMINISTRATORS,
    "pages.take_workbook": _WRITERS,
    "pages.dossier": _WRITERS | _ADMINISTRATORS,
    **NOTICE_ACCESS,
    **ACCOUNT_PAGES_ACCESS,
    **SESSION_PAGES_ACCESS,
    **SESSION_API_ACCESS,
}
