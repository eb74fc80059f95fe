"""Which steps the shared items take. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.intake.assessments.model import RETURNED, STATE_NAMES, SUPPLIED, Contribution, Draft
from services.intake.contributions.model import FOLLOWING, Assignment
from services.intake.people.model import Editor, local_time
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence


def with_assignments(draft: Draft, wanted: Iterable[Assignment], seen: int, edit: Editor) -> Draft:
    """The next version with these items assigned; STALE where somebody else changed one of them since `seen`."""
    changed: dict[str, Contribution | None] = {}
    for one in wanted:
        before = draft.contributions.get(one.criterion)
        if one.account is None:
            if before is not None:
                changed[one.criterion] = None
        elif before is None or (before.account, before.due_on) != (one.account, one.due_on):
            same_person = before is not None and before.account == one.account
            kept = before if same_person and before else Contribution(one.criterion, one.account, one.name)
            changed[one.criterion] = replace(kept, due_on=one.due_on)
    return _changed(draft, changed, seen, edit)


def with_steps(draft: Draft, criteria: Iterable[str], state: str, reason: str, seen: int, edit: Editor) -> Draft:
    """The next version with these items handed in, accepted or returned; those that are so already stay."""
    changed: dict[str, Contribution | None] = {}
    for code in criteria:
        before = draft.contributions[code]
        if before.state == state and before.reason == reason:
            continue
        _refuse_unseen(draft, [code], seen)
        if state not in FOLLOWING[before.state]:
            raise Refusal(
                "contribution_state",
                Kind.CONFLICT,
                sentence("%(criterion)s is %(state)s already.", criterion=code, state=STATE_NAMES[before.state]),
            )
        supplied_at = edit.at if state == SUPPLIED else before.supplied_at
        changed[code] = replace(before, state=state, reason=reason, supplied_at=supplied_at)
    if changed and state == RETURNED and not reason:
        said = sentence("Say why it is returned, so that the department knows what to do.")
        raise BadInput([Fault(said, path="reason")])
    return _changed(draft, changed, seen, edit)


def _changed(draft: Draft, changed: Mapping[str, Contribution | None], seen: int, edit: Editor) -> Draft:
    if not changed:
        return draft
    _refuse_unseen(draft, changed, seen)
    version = draft.version + 1
    contributions = dict(draft.contributions)
    for code, one in changed.items():
        if one is None:
            contributions.pop(code)
        else:
            contributions[code] = replace(one, version=version, changed_by=edit.name, changed_at=edit.at)
    # What is sent has not changed; it stays what was sent.
    sent = version if draft.is_sent else draft.sent_version
    return replace(draft, version=version, contributions=contributions, sent_version=sent)


def _refuse_unseen(draft: Draft, codes: Iterable[str], seen: int) -> None:
    known = (draft.contributions.get(code) for code in codes)
    clashes = [one for one in known if one is not None and one.version > seen]
    if not clashes and seen <= draft.version:
        return
    said = sentence("Somebody else changed this meanwhile; nothing of yours was saved over it. Please look.")
    raise Refusal("contributions_changed", Kind.STALE, said, [Fault(_said(one), path=one.criterion) for one in clashes])


def _said(one: Contribution) -> Sentence:
    return sentence(
        "%(criterion)s: %(name)s gave it to %(department)s (%(state)s) at %(time)s.",
        criterion=one.criterion,
        name=one.changed_by,
        department=one.name,
        state=STATE_NAMES[one.state],
        time=local_time(one.changed_at) if one.changed_at else "–",
    )
