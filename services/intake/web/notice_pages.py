"""Pages of one's inbox and mail, of what is owed in a cycle, and of how the mail of the suite stands."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for

from services.intake.domain.mail import LONGEST_ADDRESS
from services.intake.domain.notices import AT_ONCE, DAILY, NEVER, Entry
from services.intake.domain.reminders import MATTER_NAMES, CycleReminders
from services.intake.usecases import notices, reminders
from services.intake.web.parts import IN_CYCLE, Parts, Routes
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import one_line, read_day, read_number
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.browser import sibling

MODE_NAMES = (
    (AT_ONCE, N_("soon after something happens, at most every ten minutes")),
    (DAILY, N_("once a working day, in the morning")),
    (NEVER, N_("never")),
)


def inbox_routes(parts: Parts) -> Routes:
    """One's own notices, and how the mail stands."""
    pages = _NoticePages(parts)
    return (
        ("/notices", "notices", pages.notices, ["GET"]),
        ("/notices/<int(min=1, max=9000000000000000):number>", "open", pages.open, ["GET"]),
        ("/notices/read", "mark_read", pages.mark_read, ["POST"]),
        ("/notices/mail", "mail", pages.mail, ["GET", "POST"]),
        ("/administration/mail", "mail_state", pages.mail_state, ["GET"]),
        ("/administration/mail/retry", "retry_mail", pages.retry_mail, ["POST"]),
    )


def owed_routes(parts: Parts) -> Routes:
    """What is owed in a cycle."""
    pages = OwedPages(parts)
    return (
        (IN_CYCLE + "/owed", "owed", pages.owed, ["GET"]),
        (IN_CYCLE + "/owed/remind", "remind", pages.remind, ["POST"]),
        (IN_CYCLE + "/owed/reminders", "set_reminders", pages.set_reminders, ["POST"]),
    )


def place_of(entry: Entry) -> str:
    """The address of the page that a notice is about."""
    app = entry.kind.app
    root = request.script_root if app == current_app.config["SERVICE_NAME"] else sibling(app)
    return f"{root}/{entry.path}"


class _NoticePages:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

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
            configured=self.parts.mail.server is not None,
        )
        return make_response(page, 422 if errors else 200)

    def mail_state(self) -> str:
        """Whether mail is set up, what waits, what was given up; in the local runner also what was caught."""
        return render_template(
            "intake/mail_state.html",
            server=self.parts.mail.server,
            report=self.parts.mail.queue.report(),
            caught=None if self.parts.mail.caught is None else self.parts.mail.caught.newest(),
        )

    def retry_mail(self) -> Any:
        """The button that tries what was given up once more."""
        count = self.parts.mail.queue.retry_failed()
        flash_good(sentence("Tried again: %(count)s mails.", count=count))
        return redirect(url_for("inbox.mail_state"), 303)


class OwedPages:
    """Pages of what is owed in one cycle."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

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
