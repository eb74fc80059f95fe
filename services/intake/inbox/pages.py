"""One's inbox, where one's mail goes, and how the mail of the suite stands, as pages."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for

from services.intake.inbox.actions import mark_read, open_notice, set_mail
from services.intake.inbox.model import LONGEST_ADDRESS, Entry
from services.intake.inbox.queries import read_inbox, read_mail_setting
from services.intake.notices.model import AT_ONCE, DAILY, NEVER
from services.intake.ports import WebDependencies
from services.intake.typed import read_number
from services.intake.web import Routes, flash_good
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.browser import sibling

MODE_NAMES = (
    (AT_ONCE, N_("soon after something happens, at most every ten minutes")),
    (DAILY, N_("once a working day, in the morning")),
    (NEVER, N_("never")),
)


def inbox_routes(web: WebDependencies) -> Routes:
    """One's own notices, and how the mail stands."""
    pages = _NoticePages(web)
    return (
        ("/notices", "notices", pages.notices, ["GET"]),
        ("/notices/<int(min=1, max=9000000000000000):number>", "open", pages.open, ["GET"]),
        ("/notices/read", "mark_read", pages.mark_read, ["POST"]),
        ("/notices/mail", "mail", pages.mail, ["GET", "POST"]),
        ("/administration/mail", "mail_state", pages.mail_state, ["GET"]),
        ("/administration/mail/retry", "retry_mail", pages.retry_mail, ["POST"]),
    )


def place_of(entry: Entry) -> str:
    """The address of the page that a notice is about."""
    app = entry.kind.app
    root = request.script_root if app == current_app.config["SERVICE_NAME"] else sibling(app)
    return f"{root}/{entry.path}"


class _NoticePages:
    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def notices(self) -> str:
        """The inbox, newest first."""
        before = read_number(request.args.get("before", "")) or None
        inbox = read_inbox(self.web.store, current_actor(), before)
        return render_template("inbox/notices.html", inbox=inbox, before=before)

    def open(self, number: int) -> Any:
        """Go to the page that a notice is about; it is read from now on."""
        return redirect(place_of(open_notice(self.web.store, current_actor(), number)), 303)

    def mark_read(self) -> Any:
        """The button that marks everything, or one line, as read."""
        number = read_number(request.form.get("number", ""))
        mark_read(self.web.store, current_actor(), [number] if number else None)
        return redirect(url_for("inbox.notices"), 303)

    def mail(self) -> Any:
        """Where one's mail goes, and how often."""
        errors: dict[str, Sentence] = {}
        setting = read_mail_setting(self.web.store, current_actor())
        if request.method == "POST":
            address, mode = request.form.get("address", "")[: LONGEST_ADDRESS + 1], request.form.get("mode", "")
            try:
                set_mail(self.web.store, current_actor(), address, mode)
                flash_good(sentence("Where your mail goes is noted."))
                return redirect(url_for("inbox.mail"), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        page = render_template(
            "inbox/notice_mail.html",
            setting=setting,
            modes=MODE_NAMES,
            errors=errors,
            form=request.form,
            configured=self.web.mail.server is not None,
        )
        return make_response(page, 422 if errors else 200)

    def mail_state(self) -> str:
        """Whether mail is set up, what waits, what was given up; in the local runner also what was caught."""
        return render_template(
            "inbox/mail_state.html",
            server=self.web.mail.server,
            report=self.web.mail.queue.report(),
            caught=None if self.web.mail.caught is None else self.web.mail.caught.newest(),
        )

    def retry_mail(self) -> Any:
        """The button that tries what was given up once more."""
        count = self.web.mail.queue.retry_failed()
        flash_good(sentence("Tried again: %(count)s mails.", count=count))
        return redirect(url_for("inbox.mail_state"), 303)
