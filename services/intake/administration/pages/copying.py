"""Next year's cycle from last year's as one page, and the page of a cycle's quotas."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.administration.actions import MOST_FLAGS, GivenCopy, GivenQuota, copy_cycle, set_quotas
from services.intake.administration.model import Heads
from services.intake.administration.queries import CopyView, read_copy, read_quotas
from services.intake.cycles.model import ARCHIVED, MOST_DAYS, PERIOD_NAMES, CycleCluster
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import WebDependencies
from services.intake.typed import LONGEST_SOURCE, one_line, read_day, read_title
from services.intake.web import IN_CYCLE, SHOWN_BESIDE_FORM, Routes, flash_good
from shared.contracts.fields import SLUG
from shared.contracts.refusals import BadInput, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor

SPARE_DEPUTIES = 2  # empty places beside those that are proposed


class CopyPages:
    """Pages that take last year's set-up into the next."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def copy_cycle(self, cycle: str) -> Any:
        """Everything that would be taken over, to confirm or change; then it is made."""
        rotate = request.args.get("rotate") == "1"
        view = read_copy(self.web.store, current_actor(), cycle, rotate=rotate)
        if request.method == "GET":
            return _copy_page(view, {}, rotate)
        errors: dict[str, Sentence] = {}
        given = _given(view, errors)
        if not errors:
            try:
                made = copy_cycle(self.web.store, current_actor(), cycle, given)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_BESIDE_FORM:
                    raise
                faults = refusal.faults or ()
                errors = {_place(fault.path, view): fault.said for fault in faults} or {"cycle": refusal.said}
            else:
                flash_good(sentence("The cycle is prepared. Open it when its members are right."))
                return redirect(url_for("pages.quotas", cycle=made.code), 303)
        return make_response(_copy_page(view, errors, rotate), 422)


class QuotaPages:
    """The page of the quotas."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def quotas(self, cycle: str) -> Any:
        """How many flags each cluster may propose; administrators set it here."""
        actor = current_actor()
        view = read_quotas(self.web.store, actor, cycle)
        may_set = administers(actor, view.cycle.council) and view.cycle.state != ARCHIVED
        errors: dict[str, Sentence] = {}
        if request.method == "POST":
            refuse_unless(administers(actor, view.cycle.council))
            given = _quotas(view.clusters, errors)
            if not errors:
                try:
                    set_quotas(self.web.store, actor, cycle, given)
                    flash_good(sentence("The quotas are set."))
                    return redirect(url_for("pages.quotas", cycle=cycle), 303)
                except BadInput as bad:
                    errors = {fault.path or "": fault.said for fault in bad.faults}
        page = render_template(
            "administration/quotas.html",
            cycle=view.cycle,
            clusters=view.clusters,
            may_set=may_set,
            errors=errors,
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)


def _copy_page(view: CopyView, errors: Mapping[str, Sentence], rotate: bool) -> str:
    copy = view.copy
    renewed: dict[str, list[str]] = {}
    for one in copy.renewable:
        renewed.setdefault(one.cluster, []).append(one.unit)
    return render_template(
        "administration/copy_cycle.html",
        view=view,
        copy=copy,
        source=copy.source,
        periods=PERIOD_NAMES,
        heads={one.cluster: one for one in copy.heads},
        then={one.code: one for one in copy.then},
        quotas={one.cluster: one for one in view.quotas},
        titles={unit.code: unit.title for unit in view.directory.units},
        members={
            cluster.code: [member.unit for member in cluster.members] + renewed.get(cluster.code, [])
            for cluster in copy.clusters
        },
        spare=SPARE_DEPUTIES,
        rotate=rotate,
        errors=errors,
        form=request.form,
    )


def _place(path: str | None, view: CopyView) -> str:
    """The field of the form that a fault is about."""
    name, _, index = (path or "").partition(".")
    index = index.partition(".")[0]
    if name == "quotas" and index.isdigit() and int(index) < len(view.copy.clusters):
        return f"flags-{view.copy.clusters[int(index)].code}"
    return {"heads": "heads_from", "headships": "heads_from", "period": "period"}.get(name, "")


def _given(view: CopyView, errors: dict[str, Sentence]) -> GivenCopy:
    form = request.form
    title = read_title(one_line(form.get("title_vi", "")), one_line(form.get("title_en", "")), errors)
    code = one_line(form.get("cycle", ""))
    if not re.match(SLUG, code):
        said = sentence("A cycle's code has lower-case letters without diacritics, digits and hyphens.")
        errors["cycle"] = said
    deadline_on = read_day(form.get("deadline_on", ""), "deadline_on", errors)
    heads_from = read_day(form.get("heads_from", ""), "heads_from", errors)
    if deadline_on is None:
        errors.setdefault("deadline_on", sentence("Give the deadline as a date."))
    late = one_line(form.get("late_days", "")) or "0"
    if not (late.isascii() and late.isdigit() and int(late[:9]) <= MOST_DAYS):
        errors["late_days"] = sentence("Expected a whole number of days, at most %(most)s.", most=MOST_DAYS)
        late = "0"
    renewable = [(one.unit, one.cluster) for one in view.copy.renewable]
    return GivenCopy(
        code=code,
        title=title,
        period=one_line(form.get("period", "")),
        deadline_on=deadline_on,
        late_days=int(late),
        heads=tuple(_heads(cluster.code) for cluster in view.copy.clusters),
        heads_from=heads_from,
        renewed=tuple(one for one in renewable if form.get(f"renew-{one[0]}") == "1"),
        quotas=tuple(_quotas(view.copy.clusters, errors)),
    )


def _heads(cluster: str) -> Heads:
    deputies = (one_line(one) for one in request.form.getlist(f"deputy-{cluster}"))
    return Heads(
        cluster, one_line(request.form.get(f"head-{cluster}", "")) or None, tuple(one for one in deputies if one)
    )


def _quotas(clusters: Sequence[CycleCluster], errors: dict[str, Sentence]) -> list[GivenQuota]:
    """The quotas typed, in the order of the clusters; a cluster without a number has none."""
    given: list[GivenQuota] = []
    for cluster in clusters:
        typed = one_line(request.form.get(f"flags-{cluster.code}", ""))
        source = one_line(request.form.get(f"source-{cluster.code}", ""))
        if not typed:
            continue
        if not (typed.isascii() and typed.isdigit() and int(typed[:9]) <= MOST_FLAGS):
            said = sentence("Expected a whole number from 0 to %(most)s.", most=MOST_FLAGS)
            errors[f"flags-{cluster.code}"] = said
            continue
        if not 0 < len(source) <= LONGEST_SOURCE:
            said = sentence("At most %(most)s characters.", most=LONGEST_SOURCE)
            errors[f"source-{cluster.code}"] = said if source else sentence("Give the legal source.")
            continue
        given.append(GivenQuota(cluster.code, int(typed), source))
    return given


def copy_routes(web: WebDependencies) -> Routes:
    """Next year's cycle."""
    pages = CopyPages(web)
    return ((IN_CYCLE + "/copy", "copy_cycle", pages.copy_cycle, ["GET", "POST"]),)


def quota_routes(web: WebDependencies) -> Routes:
    """Quotas."""
    pages = QuotaPages(web)
    return ((IN_CYCLE + "/quotas", "quotas", pages.quotas, ["GET", "POST"]),)
