"""Councils and cycles as administrators see them."""

from typing import Any

from flask import redirect, render_template, url_for

from services.intake.administration.actions import close_intake, open_cycle
from services.intake.cycles.queries import read_cycles
from services.intake.directory.queries import read_councils, read_directory
from services.intake.people.rules import administers
from services.intake.ports import WebDependencies
from services.intake.web import Routes, flash_good
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor


class AdministrationPages:
    """Councils and cycles as administrators see them."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def administration(self) -> str:
        """Councils and cycles of an administrator."""
        actor = current_actor()
        councils = [
            read_directory(self.web.store, actor, council.code)
            for council in read_councils(self.web.store, actor)
            if administers(actor, council.code)
        ]
        known = read_cycles(self.web.store, actor)
        return render_template("administration/administration.html", councils=councils, cycles=known)

    def open_cycle(self, cycle: str) -> Any:
        """The button that opens a cycle."""
        open_cycle(self.web.store, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s is open; units can begin.", cycle=cycle))

    def close_intake(self, cycle: str) -> Any:
        """The button that ends the intake of a cycle."""
        close_intake(self.web.store, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s takes no more submissions.", cycle=cycle))

    def _done(self, said: Sentence) -> Any:
        flash_good(said)
        return redirect(url_for("pages.administration"), 303)


def administration_routes(web: WebDependencies) -> Routes:
    """Administration."""
    pages = AdministrationPages(web)
    return (
        ("/administration", "administration", pages.administration, ["GET"]),
        ("/administration/<slug:cycle>/open", "open_cycle", pages.open_cycle, ["POST"]),
        ("/administration/<slug:cycle>/close-intake", "close_intake", pages.close_intake, ["POST"]),
    )
