"""Notices in the transaction of what they announce, reminders, and what is owed: on the fake and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from services.intake.administration.actions import close_intake, create_cycle, open_cycle
from services.intake.adoption.actions import confirm, propose, take_position
from services.intake.assessments.actions import save_items
from services.intake.contributions.actions import assign, take_contribution_step
from services.intake.contributions.model import Assignment
from services.intake.covenants.actions import save_lines, sign_covenant
from services.intake.cycles.actions import GivenExtension, extend
from services.intake.inbox.actions import mark_read, open_notice, set_mail
from services.intake.inbox.model import MailSetting
from services.intake.inbox.queries import read_inbox, read_mail_setting
from services.intake.ports import Store
from services.intake.reminders.actions import remind_now, send_due_reminders, set_reminders
from services.intake.reminders.model import CycleReminders
from services.intake.reminders.queries import read_owed
from services.intake.submissions.actions import submit, take_step
from shared.clock import FrozenClock
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor, Grant, Role
from tests.behaviours.intake_covenants import FRAMEWORK as TARGETS
from tests.behaviours.intake_covenants import TARGETS as REGISTERED
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    a_directory,
    administrator,
    an_open_cycle,
    leader,
    new_cycle,
    officer,
    person,
    reviewer,
    said,
    verify_service,
)

Hire = Callable[[Actor], Actor]
Employ = Callable[..., Actor]


def kinds(intake: Store, actor: Actor) -> list[str]:
    return [entry.kind.code for entry in read_inbox(intake, actor).entries]


def details(intake: Store, actor: Actor) -> list[str]:
    entries = read_inbox(intake, actor).entries
    return [one.detail if isinstance(one.detail, str) else one.detail.in_language("vi") for one in entries]


def send(intake: Store, unit: str = "HN") -> None:
    save_items(intake, officer(unit), CYCLE, unit, [said("C1", 5, 20)], 0)
    submit(intake, leader(unit), CYCLE, unit, seen=1)


def test_from_opening_to_a_return_everybody_concerned_is_told(intake: Store, hire: Hire) -> None:
    own, other = hire(officer()), hire(officer("HP", account="hp"))
    staff, board = hire(reviewer()), hire(administrator())
    an_open_cycle(intake)
    assert (kinds(intake, own), kinds(intake, other)) == (["cycle_opened"], ["cycle_opened"])
    assert kinds(intake, board) == []  # whoever did it knows
    send(intake)
    assert kinds(intake, own)[0] == "submission_sent"
    assert kinds(intake, staff) == kinds(intake, board) == ["submission_to_receive"]
    take_step(intake, board, CYCLE, "HN", 1, "returned", "Thiếu biểu 2", until_on=date(2026, 12, 28))
    assert kinds(intake, own)[:2] == ["deadline_extended", "submission_returned"]
    assert details(intake, own)[:2] == ["Đến hết ngày 28/12/2026: Thiếu biểu 2", "Thiếu biểu 2"]
    assert kinds(intake, other) == ["cycle_opened"]
    entry = read_inbox(intake, own).entries[1]
    assert (entry.path, entry.cycle_title["vi"]) == (f"cycles/{CYCLE}/units/HN/submissions", "Thi đua năm 2026")
    assert (entry.unit_title["vi"], entry.by, entry.kind.asks) == ("Tỉnh HN", "Trần Quản Trị", True)


def test_what_is_refused_tells_nobody(intake: Store, hire: Hire) -> None:
    staff = hire(reviewer())
    an_open_cycle(intake)
    with pytest.raises(Refusal):
        submit(intake, leader(), CYCLE, "HN", seen=7)
    assert kinds(intake, staff) == []
    send(intake)
    submit(intake, leader(), CYCLE, "HN", seen=1)  # the same again
    assert kinds(intake, staff) == ["submission_to_receive"]


def test_nobody_is_told_in_a_role_over_the_own_unit_or_beyond_the_grant(intake: Store, hire: Hire) -> None:
    judge = Grant(Role.REVIEWER, COUNCIL)
    at_home = hire(Actor("at-home", "Người nhà", (("central", "HN"),), (judge,)))
    elsewhere = hire(person(Grant(Role.REVIEWER, COUNCIL, clusters=("K9",)), account="elsewhere"))
    stranger = hire(person(Grant(Role.ADMINISTRATOR, "ha-noi"), account="stranger"))
    there = hire(person(Grant(Role.LEAD_REVIEWER, COUNCIL, units=("HN",)), account="there"))
    an_open_cycle(intake)
    send(intake)
    assert [kinds(intake, one) for one in (at_home, elsewhere, stranger)] == [[], [], []]
    assert kinds(intake, there) == ["submission_to_receive"]


def test_contributors_and_officers_tell_each_other(intake: Store, hire: Hire, employ: Employ) -> None:
    an_open_cycle(intake)
    boss, finance, police = hire(officer()), employ("Sở Tài chính"), employ("Công an tỉnh")
    given = [Assignment("C2", finance.account), Assignment("C3", finance.account)]
    assign(intake, boss, CYCLE, "HN", given, 0)
    assert (kinds(intake, finance), details(intake, finance)) == (["items_assigned"], ["C2, C3"])
    assign(intake, boss, CYCLE, "HN", [Assignment("C3", police.account)], 1)
    assert (kinds(intake, finance)[0], details(intake, finance)[0]) == ("items_withdrawn", "C3")
    assert details(intake, police) == ["C3"]
    save_items(intake, finance, CYCLE, "HN", [said("C2", 3, 15)], 2)
    take_contribution_step(intake, finance, CYCLE, "HN", ["C2"], "supplied", 3)
    assert kinds(intake, boss)[0] == "items_supplied"
    take_contribution_step(intake, boss, CYCLE, "HN", ["C2"], "returned", 4, "Thiếu biểu")
    assert details(intake, finance)[0] == "C2: Thiếu biểu"
    assert kinds(intake, police) == ["items_assigned"]


def test_criteria_covenants_and_the_close(intake: Store, hire: Hire) -> None:
    own, board = hire(officer()), hire(administrator())
    a_directory(intake)
    create_cycle(intake, board, new_cycle(framework=TARGETS))
    propose(intake, board, CYCLE, TARGETS, "Như năm trước")
    take_position(intake, own, CYCLE, 1, "HN", "comment", "Nên thêm một tiêu chí")
    assert kinds(intake, board) == ["criteria_position"]
    confirm(intake, board, CYCLE, 1, "3/QĐ")
    open_cycle(intake, board, CYCLE)
    recorded = ["covenant_to_sign", "cycle_opened", "criteria_confirmed", "criteria_proposed"]
    assert kinds(intake, own) == recorded
    save_lines(intake, officer(), CYCLE, "HN", REGISTERED, 0)
    sign_covenant(intake, leader(), CYCLE, "HN", 1)
    assert kinds(intake, board)[0] == "covenant_signed"
    extend(intake, board, CYCLE, GivenExtension(date(2026, 12, 30), "Bão", unit="HP"))
    assert kinds(intake, own) == recorded  # another unit's time is not theirs
    close_intake(intake, board, CYCLE)
    assert kinds(intake, own)[0] == "cycle_closed"


def test_an_inbox_is_read_in_stretches_and_only_by_its_owner(intake: Store, hire: Hire) -> None:
    own, other = hire(officer()), hire(officer("HP", account="hp"))
    an_open_cycle(intake)
    send(intake)
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 22), "Bão"))
    first = read_inbox(intake, own, limit=2)
    assert (len(first.entries), first.unread) == (2, 3)
    last = read_inbox(intake, own, before=first.next_before, limit=2)
    assert ([one.kind.code for one in last.entries], last.next_before) == (["cycle_opened"], None)
    number = last.entries[0].number
    with pytest.raises(Refusal) as caught:
        open_notice(intake, other, number)
    assert caught.value.kind is Kind.NOT_FOUND
    assert mark_read(intake, other, [number]) == 0
    open_notice(intake, own, number)
    assert read_inbox(intake, own).unread == 2
    assert (mark_read(intake, own, None), read_inbox(intake, own).unread) == (2, 0)
    with pytest.raises(Refusal):
        read_inbox(intake, verify_service())


def test_where_mail_goes_is_ones_own_to_say(intake: Store, hire: Hire) -> None:
    own = hire(officer())
    assert read_mail_setting(intake, own) == MailSetting("", "none")
    set_mail(intake, own, " lan@tinh.gov.vn ", "daily")
    assert read_mail_setting(intake, own) == MailSetting("lan@tinh.gov.vn", "daily")
    assert kinds(intake, own) == []
    set_mail(intake, own, "lan@so.tinh.gov.vn", "at_once")
    assert kinds(intake, own) == ["account_changed"]  # whoever takes over an account cannot do it unseen
    for address in (
        "lan",
        "lan@localhost",
        "a@b.vn, c@d.vn",
        "a@b.vn\nBcc: x@y.vn",
        '"a b"@c.vn',
        "a..b@c.vn",
        "é@c.vn",
    ):
        with pytest.raises(BadInput) as caught:
            set_mail(intake, own, address, "at_once")
        assert [fault.path for fault in caught.value.faults] == ["address"]
    with pytest.raises(BadInput) as caught:
        set_mail(intake, own, "", "daily")
    assert set_mail(intake, own, "", "none") == MailSetting("", "none")


def test_each_reminder_is_sent_once_and_counts_working_days(intake: Store, hire: Hire, clock: FrozenClock) -> None:
    own, other, department = hire(officer()), hire(officer("HP", account="hp")), hire(leader("QN"))
    an_open_cycle(intake)
    send(intake, "HP")
    clock.moment = datetime(2026, 12, 4, 3, tzinfo=UTC)  # Friday: eleven working days to go, for the 20th is a Sunday
    assert send_due_reminders(intake) == 1 * 2  # the tenth working day before is reached
    assert send_due_reminders(intake) == 0
    assert details(intake, own)[0] == "Hạn ngày 20/12/2026; còn 10 ngày làm việc"
    assert "reminder_assessment" not in kinds(intake, other)
    clock.moment = datetime(2026, 12, 15, 23, tzinfo=UTC)  # six in the morning of the 16th: too early
    assert send_due_reminders(intake) == 0
    clock.moment = datetime(2026, 12, 16, 1, tzinfo=UTC)
    send(intake, "QN")
    assert send_due_reminders(intake) == 1
    assert kinds(intake, department)[0] == "submission_sent"
    clock.moment = datetime(2026, 12, 19, 3, tzinfo=UTC)  # a Saturday
    assert send_due_reminders(intake) == 0


def test_what_is_owed_and_the_button_that_reminds(
    intake: Store, hire: Hire, employ: Employ, clock: FrozenClock
) -> None:
    own, staff = hire(officer()), hire(reviewer())
    an_open_cycle(intake, late_days=20)
    finance = employ("Sở Tài chính")
    assign(intake, own, CYCLE, "HN", [Assignment("C2", finance.account, due_on=date(2026, 12, 1))], 0)
    clock.moment = datetime(2026, 12, 22, 3, tzinfo=UTC)
    send(intake, "HP")
    view = read_owed(intake, staff, CYCLE)
    assert [(one.matter, one.member.unit, one.days_late(view.today), one.name) for one in view.owed] == [
        ("contribution", "HN", 21, "Sở Tài chính"),
        ("assessment", "HN", 2, ""),
        ("assessment", "QN", 2, ""),
    ]
    assert (view.sent_late, view.sets) == (1, False)
    assert remind_now(intake, staff, CYCLE, [view.owed[1].key, "assessment/nobody"]) == 1
    assert details(intake, own)[0] == "Hạn là ngày 20/12/2026."
    assert remind_now(intake, staff, CYCLE, None) == 1  # the department; the officer knows since today
    assert kinds(intake, finance)[0] == "reminder_contribution"
    assert remind_now(intake, staff, CYCLE, None) == 0
    for actor in (own, finance):
        with pytest.raises(Refusal):
            read_owed(intake, actor, CYCLE)
    narrow = person(Grant(Role.REVIEWER, COUNCIL, units=("QN",)), account="narrow")
    assert {one.member.unit for one in read_owed(intake, narrow, CYCLE).owed} == {"QN"}


def test_covenants_and_comments_are_owed_once_they_have_a_day(intake: Store, hire: Hire, clock: FrozenClock) -> None:
    own, board = hire(officer()), hire(administrator())
    a_directory(intake)
    create_cycle(intake, board, new_cycle(framework=TARGETS))
    due = CycleReminders((1, 3, 3), date(2026, 12, 10), date(2026, 11, 27))
    assert set_reminders(intake, board, CYCLE, due).days == (3, 1)
    assert read_owed(intake, board, CYCLE).owed == []
    propose(intake, board, CYCLE, TARGETS, "Như năm trước")
    take_position(intake, officer("HP"), CYCLE, 1, "HP", "comment", "Đồng tình")
    owed = read_owed(intake, board, CYCLE).owed
    assert [(one.matter, one.member.unit) for one in owed] == [("comments", "HN"), ("comments", "QN")]
    clock.moment = datetime(2026, 11, 26, 3, tzinfo=UTC)
    assert send_due_reminders(intake) == 1
    assert kinds(intake, own)[0] == "reminder_comments"
    confirm(intake, board, CYCLE, 1, "3/QĐ")
    open_cycle(intake, board, CYCLE)
    save_lines(intake, officer(), CYCLE, "HN", REGISTERED, 0)
    sign_covenant(intake, leader(), CYCLE, "HN", 1)
    owed = read_owed(intake, board, CYCLE).owed
    assert [one.member.unit for one in owed if one.matter == "covenant"] == ["HP", "QN"]
    with pytest.raises(BadInput):
        set_reminders(intake, board, CYCLE, CycleReminders((61,)))
    with pytest.raises(Refusal):
        set_reminders(intake, own, CYCLE, due)
