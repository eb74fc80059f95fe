"""Have files scanned, keep them as long as the rule says and no longer."""

import time

import structlog

from services.intake.cycles.queries import find_cycle
from services.intake.files.model import FileState, RetentionRule
from services.intake.files.ports import Scanner, ScannerAway
from services.intake.files.queries import cycles_that_are_over
from services.intake.files.rules import check_rule, refuse_harmful
from services.intake.notices.actions import notify
from services.intake.notices.model import EVIDENCE_REFUSED, Notice, Recipients
from services.intake.people.actions import record
from services.intake.people.model import ITSELF, OFFICERS
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import EvidenceFiles, Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

MOST_IN_A_TURN = 200
LONGEST_TURN = 100.0  # seconds; well inside the task's time limit
log = structlog.get_logger(__name__)


def hold_file(uow: UnitOfWork, files: EvidenceFiles, sha256: str) -> None:
    """Before a row names a file: nobody deletes it until the commit. Refuses one that was deleted since it was stored
    (the person attaches it once more) or that the scanner refused; one nobody has looked at is scanned next."""
    uow.retention.hold(sha256)
    if files.path(sha256) is None:
        raise Refusal("evidence_gone", Kind.CONFLICT, sentence("Please attach the file once more."))
    if files.scanned:
        refuse_harmful(uow.retention.of([sha256]).get(sha256, FileState()))
        uow.wake_up("intake.scan_evidence", "intake")


def scan_files(store: Store, files: EvidenceFiles, scanner: Scanner) -> int:
    """Have every file scanned that was not yet; how many were. What a scanner cannot say now it is asked again later.

    One file that no scanner can read does not keep the others waiting.
    """
    with store.view() as view:
        waiting = view.retention.unscanned(MOST_IN_A_TURN)
    ends = time.monotonic() + LONGEST_TURN
    count = 0
    for sha256 in waiting:
        path = files.path(sha256)
        if time.monotonic() > ends:
            break
        if path is None:
            continue  # its upload did not finish, or it was deleted meanwhile
        try:
            verdict = scanner.scan(path)
        except ScannerAway as away:
            log.warning("scanner_away", reason=str(away))
            continue
        with store.unit_of_work() as uow:
            if uow.retention.add_scan(sha256, verdict, uow.now):
                if not verdict.clean:
                    _tell_of_refusal(uow, sha256, verdict.found)
                uow.commit()
                count += 1
    return count


def _tell_of_refusal(uow: UnitOfWork, sha256: str, found: str) -> None:
    notices = []
    for code, unit, account in uow.retention.brought_by(sha256):
        cycle = uow.cycles.get(code)
        assert cycle is not None
        # The minutes of a cluster belong to no unit: who brought them gets the notice.
        is_units = uow.cycles.member(code, unit) is not None
        to = Recipients(cycle.council, OFFICERS if is_units else (), unit, accounts=(account,))
        notices.append(Notice(EVIDENCE_REFUSED, to, code, unit if is_units else None, found))
        record(uow, ITSELF, "evidence_refused", f"assessment:{code}/{unit}", {"sha256": sha256, "found": found})
    notify(uow, ITSELF, *notices)


def set_rule(store: Store, actor: Actor, cycle_code: str, years: int, legal_source: str) -> RetentionRule:
    """Say how long a cycle's files are kept; administrators. Raises BadInput."""
    rule = check_rule(RetentionRule(years, one_spelling(legal_source).strip()))
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        before = uow.retention.rules().get(cycle_code)
        if before != rule:
            uow.retention.save_rule(cycle_code, rule)
            details = {"years": years, "legal_source": rule.legal_source, "before": before and before.years}
            record(uow, actor, "retention_set", f"cycle:{cycle_code}", details)
            uow.commit()
    return rule


def delete_expired_files(store: Store, files: EvidenceFiles) -> int:
    """Delete the files that no cycle needs any more; hash and data stay. Safe to call at any time; how many went.

    A file is first gone and then noted as gone: after a crash in between it is noted the next time.
    """
    with store.view() as view:
        candidates = view.retention.only_in(cycles_that_are_over(view), MOST_IN_A_TURN)
    count = 0
    for one in candidates:
        with store.unit_of_work() as uow:
            uow.retention.hold(one.sha256)
            # Somebody may have brought it again, or given its cycle more time, since we looked.
            over = cycles_that_are_over(uow)
            holders = {code for code, _, _ in uow.retention.brought_by(one.sha256)}
            if not holders or not holders <= set(over):
                continue
            files.delete(one.sha256)
            rule = uow.retention.rules()[one.cycle]
            uow.retention.add_deletion(one.sha256, rule.legal_source, uow.now)
            details = {"sha256": one.sha256, "legal_source": rule.legal_source}
            record(uow, ITSELF, "evidence_deleted", f"assessment:{one.cycle}/{one.unit}", details)
            uow.commit()
            count += 1
    return count
