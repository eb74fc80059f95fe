"""TARGET_LOWERED, TARGET_UNDOCUMENTED, TARGET_UNAMBITIOUS: targets that moved, or asked for little from the start."""

import numpy as np

from services.verify.screening.model import TARGET_LOWERED, TARGET_UNAMBITIOUS, TARGET_UNDOCUMENTED, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import better_side
from services.verify.screening.rules.robust import Floats, Truth
from shared.contracts.sentences import N_, Sentence, sentence

SLACK = 0.001  # of the figure: less is rounding


class TargetLoweredCheck:
    """Points use the registered target, so nothing is at stake; the reader should know."""

    code = TARGET_LOWERED
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants revised targets."""
        if np.isfinite(cohort.revised_target).any():
            return None
        return sentence("No revised targets were given.")

    def run(self, view: View) -> Result:
        """One finding per item whose revised target asks for less than the registered one."""
        cohort = view.cohort
        with np.errstate(invalid="ignore"):
            easier = _sides(cohort) * (cohort.target - cohort.revised_target) > 0
        return Result(
            tuple(
                view.finding(
                    self.code,
                    Severity.QUESTION,
                    row,
                    column,
                    sentence(
                        "The target went from %(registered)s to %(revised)s after registration; "
                        "the registered one counts.",
                        registered=float(cohort.target[row, column]),
                        revised=float(cohort.revised_target[row, column]),
                    ),
                    registered=float(cohort.target[row, column]),
                    revised=float(cohort.revised_target[row, column]),
                )
                for row, column in view.cells(easier)
            )
        )


class TargetUndocumentedCheck:
    """A target that moved, up or down, needs a document that says who moved it and when."""

    code = TARGET_UNDOCUMENTED
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants revised targets, and to know which documents there are."""
        lacking = TargetLoweredCheck().applies(cohort)
        if lacking is not None or cohort.evidence is not None or cohort.context.registered:
            return lacking
        return sentence("Nothing is known about evidence.")

    def run(self, view: View) -> Result:
        """One finding per item with a revised target and no document: none that the revision of the covenant names,
        and, where no covenant registers the target, no complete one among the evidence."""
        cohort, given, registered = view.cohort, view.cohort.evidence or {}, view.cohort.context.registered
        with np.errstate(invalid="ignore"):
            moved = np.isfinite(cohort.revised_target) & (cohort.revised_target != cohort.target)
        message = sentence("The target changed after registration, and no complete document says who changed it.")
        return Result(
            tuple(
                view.finding(self.code, Severity.QUESTION, row, column, message)
                for row, column in view.cells(moved)
                if not (
                    registered[row, column].revised_by.strip()
                    if (row, column) in registered
                    else any(not document.lacks() for document in given.get((row, column), ()))
                )
            )
        )


class TargetUnambitiousCheck:
    """A registered target that asks for less than last year's result, the assigned target or the national figure."""

    code = TARGET_UNAMBITIOUS
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants targets, and something to hold them against."""
        if not np.isfinite(cohort.target).any():
            return sentence("No targets were given.")
        if any(np.isfinite(mark).any() for mark in _marks(cohort).values()):
            return None
        return sentence("Neither earlier results nor national figures were given to hold the targets against.")

    def run(self, view: View) -> Result:
        """One note per item: against the last result, else the assigned target, else the national figure."""
        cohort, sides, marks = view.cohort, _sides(view.cohort), _marks(view.cohort)
        below: dict[str, Truth] = {}
        for name, mark in marks.items():
            with np.errstate(invalid="ignore"):
                below[name] = sides * (mark - cohort.target) > SLACK * np.maximum(np.abs(mark), np.abs(cohort.target))
        findings: list[Finding] = []
        for row, column in view.cells(np.logical_or.reduce(list(below.values()))):
            name = next(name for name in marks if below[name][row, column])
            target, figure = float(cohort.target[row, column]), float(marks[name][row, column])
            message = Sentence(ASKS_FOR_LESS[name], {"target": target, name: figure})
            findings.append(
                view.finding(self.code, Severity.NOTE, row, column, message, target=target, **{name: figure})
            )
        return Result(tuple(findings))


ASKS_FOR_LESS = {
    "last": N_("The registered target %(target)s asks for less than last year's result (%(last)s)."),
    "assigned": N_("The registered target %(target)s asks for less than the assigned target (%(assigned)s)."),
    "national": N_("The registered target %(target)s asks for less than the national figure (%(national)s)."),
}


def _marks(cohort: Cohort) -> dict[str, Floats]:
    """What targets are held against, (n, k) each, most telling first. Independent figures go before those that the
    covenant gives."""
    national = np.full(cohort.shape, np.nan)
    for column, whole in cohort.context.national.items():
        national[:, column] = whole.value
    registered_marks = {name: np.full(cohort.shape, np.nan) for name in ("baseline", "assigned", "national")}
    for cell, registered in cohort.context.registered.items():
        for name, table in registered_marks.items():
            figure = getattr(registered, name)
            table[cell] = np.nan if figure is None else figure
    last = _last_results(cohort)
    return {
        "last": np.where(np.isfinite(last), last, registered_marks["baseline"]),
        "assigned": registered_marks["assigned"],
        "national": np.where(np.isfinite(national), national, registered_marks["national"]),
    }


def _last_results(cohort: Cohort) -> Floats:
    """(n, k): the independent figure of an earlier period, else the value claimed in the latest earlier cycle."""
    older = np.full(cohort.shape, np.nan)
    for figures in reversed(cohort.figures):
        if figures.reference.relation == "same":
            older[:, figures.column] = np.where(np.isfinite(figures.older), figures.older, older[:, figures.column])
    claimed = cohort.context.last_value
    return older if claimed is None else np.where(np.isfinite(older), older, claimed)


def _sides(cohort: Cohort) -> Floats:
    return np.array([better_side(item) for item in cohort.framework.items])
