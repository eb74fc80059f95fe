"""Pages of one's inbox and mail, of what is owed in a cycle, and of how the mail of the suite stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for

from services.intake.adapters.caught_mail import CaughtMails
from services.intake.domain.mail import LONGEST_ADDRESS
from services.intake.domain.notices import AT_ONCE, DAILY, NEVER, Entry
from services.intake.domain.reminders import MATTER_NAMES, CycleReminders
from services.intake.notice_ports import MailQueue
from services.intake.usecases import notices, reminders
from services.intake.web.parts import Parts
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import one_line, read_day, read_number
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import N_, Sentence, sentence
from shared.people import Role
from shared.web.access import Access, current_actor, roles, signed_in
from shared.web.browser import sibling

_STAFF = roles(Role.ADMINISTRATOR, Role.REVIEWER, Role.LEAD_REVIEWER)
NOTICE_ACCESS: dict[str, Access] = {
    "notices.Notices": signed_in(),
    "notices.Read": signed_in(),
    "notices.Mail": signed_in(),
    "notices.Owed": _STAFF,
    "notices.Remind": _STAFF,
    "inbox.notices": signed_in(),
    "inbox.open": signed_in(),
    "inbox.mark_read": signed_in(),
    "inbox.mail": signed_in(),
    "inbox.owed": _STAFF,
    "inbox.remind": _STAFF,
    "inbox.set_reminders": roles(Role.ADMINISTRATOR),
    "inbox.mail_state": roles(Role.ADMINISTRATOR),
    "inbox.retry_mail": roles(Role.ADMINISTRATOR),
}
MODE_NAMES = (
    (AT_ONCE, N_("soon after something happens, at most every ten minutes")),
    (DAILY, N_("once a working day, in the morning")),
    (NEVER, N_("never")),
)


@dataclass(frozen=True)
class MailDesk:
    """What the page of the mail needs. `server`: where mail goes, None where none is set up; `caught`: local only."""

    queue: MailQueue
    server: str | None
    caught: CaughtMails | None


def notice_pages(parts: Parts, mail: MailDesk) -> Blueprint:
    """The blueprint `inbox`."""
    blueprint = Blueprint("inbox", __name__)
    pages = _NoticePages(parts, mail)
    for path, name, view, methods in (
        ("/notices", "notices", pages.notices, ["GET"]),
        ("/notices/<int(min=1, max=9000000000000000):number>", "open", pages.open, ["GET"]),
        ("/notices/read", "mark_read", pages.mark_read, ["POST"]),
        ("/notices/mail", "mail", pages.mail, ["GET", "POST"]),
        ("/cycles/<slug:cycle>/owed", "owed", pages.owed, ["GET"]),
        ("/cycles/<slug:cycle>/owed/remind", "remind", pages.remind, ["POST"]),
        ("/cycles/<slug:cycle>/owed/reminders", "set_reminders", pages.set_reminders, ["POST"]),
        ("/administration/mail", "mail_state", pages.mail_state, ["GET"]),
        ("/administration/mail/retry", "retry_mail", pages.retry_mail, ["POST"]),
    ):
        _add(blueprint, path, name, view, methods)
    return blueprint


def _add(blueprint: Blueprint, path: str, name: str, view: Callable[..., Any], methods: list[str]) -> None:
    blueprint.add_url_rule(path, name, view, methods=methods)


def place_of(entry: Entry) -> str:
    """The address of the page that a notice is about."""
    app = entry.kind.app
    root = request.script_root if app == current_app.config["SERVICE_NAME"] else sibling(app)
    return f"{root}/{entry.path}"


class _NoticePages:
    def __init__(self, parts: Parts, mail: MailDesk) -> None:
        self.parts = parts
        self.desk = mail

    def notices(self) -> str:
        """The inbox, newest first."""
        before = read_number(request.args.get("before", "")) or None
        inbox = notices.read_inbox(self.parts.intake, current_actor(), before)
        return render_template("intake/notices.html", inbox=inbox, before=before)

    def open(self, number: int) -> Any:
        """Go to the page that a notice is about; it is read from now on."""
        return redirect(place_of(notices.open_notice(self.parts.intake, current_actor(), number)), 303)

    def mark_read(self) -> Any:
        """The button that marks everything, or one line, as read."""
        number = read_number(request.form.get("number", ""))
        notices.mark_read(self.parts.intake, current_actor(), [number] if number else None)
        return redirect(url_for("inbox.notices"), 303)

    def mail(self) -> Any:
        """Where one's mail goes, and how often."""
        errors: dict[str, Sentence] = {}
        setting = notices.read_mail_setting(self.parts.intake, current_actor())
        if request.method == "POST":
            address, mode = request.form.get("address", "")[: LONGEST_ADDRESS + 1], request.form.get("mode", "")
            try:
                notices.set_mail(self.parts.intake, current_actor(), address, mode)
                flash_good(sentence("Where your mail goes is noted."))
                return redirect(url_for("inbox.mail"), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        page = render_template(
            "intake/notice_mail.html",
            setting=setting,
            modes=MODE_NAMES,
            errors=errors,
            form=request.form,
            configured=self.desk.server is not None,
        )
        return make_response(page, 422 if errors else 200)

    def owed(self, cycle: str, errors: dict[str, Sentence] | None = None) -> Any:
        """Who still owes what, by when, and how late it is."""
        view = reminders.read_owed(self.parts.intake, current_actor(), cycle)
        page = render_template(
            "intake/owed.html",
            view=view,
            cycle=view.cycle,
            matters=MATTER_NAMES,
            errors=errors or {},
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)

    def remind(self, cycle: str) -> Any:
        """The buttons that remind: of one thing, or of everything that is late."""
        key = request.form.get("key", "")[:400]
        count = reminders.remind_now(self.parts.intake, current_actor(), cycle, [key] if key else None)
        flash_good(
            sentence("Reminded: %(count)s notices.", count=count)
            if count
            else sentence("Nobody was reminded: it was done today already, or nobody there has an account.")
        )
        return redirect(url_for("inbox.owed", cycle=cycle), 303)

    def set_reminders(self, cycle: str) -> Any:
        """The form that says when the cycle reminds."""
        errors: dict[str, Sentence] = {}
        covenant = read_day(request.form.get("covenant_due_on", ""), "covenant_due_on", errors)
        comments = read_day(request.form.get("comments_due_on", ""), "comments_due_on", errors)
        typed = one_line(request.form.get("days", ""))[:200].replace(",", " ").replace(";", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in typed):
            errors["days"] = sentence("Expected whole numbers with commas between them, like 10, 3, 1.")
        if not errors:
            given = CycleReminders(tuple(int(word) for word in typed), covenant, comments)
            try:
                reminders.set_reminders(self.parts.intake, current_actor(), cycle, given)
                flash_good(sentence("When the cycle reminds is noted."))
                return redirect(url_for("inbox.owed", cycle=cycle), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        return self.owed(cycle, errors)

    def mail_state(self) -> str:
        """Whether mail is set up, what waits, what was given up; in the local runner also what was caught."""
        return render_template(
            "intake/mail_state.html",
            server=self.desk.server,
            report=self.desk.queue.report(),
            caught=None if self.desk.caught is None else self.desk.caught.newest(),
        )

    def retry_mail(self) -> Any:
        """The button that tries what was given up once more."""
        count = self.desk.queue.retry_failed()
        flash_good(sentence("Tried again: %(count)s mails.", count=count))
        return redirect(url_for("inbox.mail_state"), 303)
