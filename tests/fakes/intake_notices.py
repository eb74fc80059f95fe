"""Intake's notices, reminders and what is known of kept files, in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.intake.directory.model import Unit, title_document
from services.intake.files.model import CLEAN, NOT_SCANNED, REFUSED, ExpiredFile, FileState, RetentionRule, Verdict
from services.intake.inbox.model import Entry, MailSetting
from services.intake.notices.model import Addressee, Delivery, Notice, Recipients
from services.intake.people.model import Contributor
from services.intake.reminders.model import CycleReminders, Waiting
from services.intake.reminders.rules import waiting_of
from services.intake.vietnamese import sort_key
from tests.fakes.intake_store import Kept


class FakePeople:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        known = self.store.contributors.get((council, unit), [])
        return sorted(known, key=lambda one: sort_key(one.name))


class FakeNotices:
    def __init__(self, store: Kept, now: datetime) -> None:
        self.store = store
        self.now = now

    def people(self, wanted: Sequence[Recipients]) -> Sequence[Addressee]:
        return [
            Addressee(one, self.store.mail.get(one.account, MailSetting()).mode) for one in self.store.people.values()
        ]

    def add(self, by: str, notices: Sequence[tuple[Notice, Sequence[Delivery]]]) -> int:
        count = 0
        for notice, lines in notices:
            taken = {(one.kind, one.once) for _, one, _ in self.store.notices if one.once is not None}
            if not lines or (notice.kind, notice.once) in taken:
                continue
            self.store.notices.append((by, notice, self.now))
            for line in lines:
                self.store.inboxes.setdefault(line.account, {})[len(self.store.notices)] = None
            count += len(lines)
        return count


class FakeInboxes:
    def __init__(self, store: Kept, now: datetime) -> None:
        self.store = store
        self.now = now

    def inbox(self, account: str, before: int | None, limit: int) -> Sequence[Entry]:
        numbers = sorted(self.store.inboxes.get(account, {}), reverse=True)
        found = [self.entry(account, number) for number in numbers if before is None or number < before]
        return [one for one in found if one is not None][:limit]

    def entry(self, account: str, number: int) -> Entry | None:
        if number not in self.store.inboxes.get(account, {}):
            return None
        by, notice, at = self.store.notices[number - 1]
        cycle = self.store.cycles.get(notice.cycle or "")
        rows = self.store.rows.get(notice.to.council, [])
        units = {row.code: row for row in rows if isinstance(row, Unit)}
        return Entry(
            number=number,
            kind=notice.kind,
            council=notice.to.council,
            cycle=notice.cycle,
            cycle_title=title_document(cycle.title) if cycle else {},
            unit=notice.unit,
            unit_title=title_document(units[notice.unit].title) if notice.unit in units else {},
            detail=notice.detail,
            by=by,
            at=at,
            read_at=self.store.inboxes[account][number],
        )

    def unread(self, account: str) -> int:
        return sum(read_at is None for read_at in self.store.inboxes.get(account, {}).values())

    def mark_read(self, account: str, numbers: Sequence[int] | None) -> int:
        lines = self.store.inboxes.get(account, {})
        chosen = [one for one, at in lines.items() if at is None and (numbers is None or one in numbers)]
        lines.update(dict.fromkeys(chosen, self.now))
        return len(chosen)

    def mail_setting(self, account: str) -> MailSetting:
        return self.store.mail.get(account, MailSetting())

    def save_mail_setting(self, account: str, setting: MailSetting) -> None:
        self.store.mail[account] = setting


class FakeReminders:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def of(self, cycle: str) -> CycleReminders:
        return self.store.reminders.get(cycle, CycleReminders())

    def save(self, cycle: str, reminders: CycleReminders) -> None:
        self.store.reminders[cycle] = reminders

    def waiting(self, cycle: str) -> Sequence[Waiting]:
        drafts = sorted((unit, draft) for (code, unit), draft in self.store.drafts.items() if code == cycle)
        return [one for unit, draft in drafts for one in waiting_of(unit, draft.contributions)]


class FakeRetention:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def _brought(self) -> list[tuple[str, str, str, str, int, datetime]]:
        """Hash, cycle, unit (or cluster), account, size and moment of every file that was brought."""
        uploads = [
            (sha, cycle, unit, one.account, one.file.size, one.at)
            for (cycle, unit, sha), one in self.store.uploads.items()
        ]
        rounds = [
            (one.file.sha256, one.cycle, one.unit or one.cluster, one.account, one.file.size, one.at)
            for one in self.store.round_files
        ]
        return uploads + rounds

    def of(self, sha256s: Iterable[str]) -> Mapping[str, FileState]:
        return {sha: self._now(sha) for sha in sha256s if sha in self.store.file_states}

    def _now(self, sha256: str) -> FileState:
        """A file that was brought again after its deletion is there again."""
        kept = self.store.file_states.get(sha256, FileState())
        brought = [at for sha, _, _, _, _, at in self._brought() if sha == sha256]
        if kept.deleted_at is not None and any(at > kept.deleted_at for at in brought):
            return replace(kept, deleted_at=None, legal_source="")
        return kept

    def unscanned(self, limit: int) -> Sequence[str]:
        known = sorted(self._brought(), key=lambda one: (one[-1], one[0]))
        shas = dict.fromkeys(one[0] for one in known)
        kept = {sha: self._now(sha) for sha in shas}
        return [sha for sha, one in kept.items() if one.scan == NOT_SCANNED and one.deleted_at is None][:limit]

    def add_scan(self, sha256: str, verdict: Verdict, at: datetime) -> bool:
        before = self.store.file_states.get(sha256, FileState())
        if before.scan != NOT_SCANNED:
            return False
        scan = CLEAN if verdict.clean else REFUSED
        self.store.file_states[sha256] = replace(before, scan=scan, found=verdict.found)
        return True

    def brought_by(self, sha256: str) -> Sequence[tuple[str, str, str]]:
        return [(cycle, unit, account) for sha, cycle, unit, account, _, _ in self._brought() if sha == sha256]

    def rules(self) -> Mapping[str, RetentionRule]:
        return dict(self.store.retention)

    def save_rule(self, cycle: str, rule: RetentionRule) -> None:
        self.store.retention[cycle] = rule

    def only_in(self, cycles: Collection[str], limit: int) -> Sequence[ExpiredFile]:
        found: dict[str, ExpiredFile] = {}
        for sha, cycle, unit, _, size, _ in sorted(self._brought(), key=lambda one: one[-1]):
            holders = {code for code, _, _ in self.brought_by(sha)}
            deleted = self._now(sha).deleted_at is not None
            if holders <= set(cycles) and not deleted:
                found.setdefault(sha, ExpiredFile(sha, size, cycle, unit))
        return [found[sha] for sha in sorted(found)][:limit]

    def hold(self, sha256: str) -> None:
        pass

    def add_deletion(self, sha256: str, legal_source: str, at: datetime) -> None:
        before = self.store.file_states.get(sha256, FileState())
        self.store.file_states[sha256] = replace(before, deleted_at=at, legal_source=legal_source)


class FakeVerifiedResults:
    def __init__(self, store: Kept) -> None:
        self.store = store

    def of(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        known = {code: self.store.verified.get((code, unit)) for code in cycles}
        return {code: found[0] for code, found in known.items() if found is not None and found[1]}

    def save(self, cycle: str, unit: str, values: Mapping[str, float], *, is_final: bool) -> None:
        self.store.verified[cycle, unit] = dict(values), is_final
