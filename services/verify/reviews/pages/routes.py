"""Where the pages about review items are."""

from flask import render_template

from services.verify.ports import Store
from services.verify.reviews.pages.items import ItemPages
from services.verify.reviews.pages.releases import ReleasePages
from services.verify.reviews.pages.steps import ReviewPages
from services.verify.web.routing import ACT, CYCLE, FORM, READ, Routes

ITEM = CYCLE + "/units/<code:unit>/items/<code:criterion>"


def review_routes(store: Store) -> Routes:
    """Items and their steps, settlements, scores, rules, the trail, what releases changed."""
    items = ItemPages(store)
    steps, releases = ReviewPages(store, items), ReleasePages(store)
    return (
        (ITEM, "item", items.item, FORM),
        (ITEM + "/steps", "item_step", steps.item_step, ACT),
        (CYCLE + "/units/<code:unit>/scores", "scores", steps.scores, READ),
        (CYCLE + "/units/<code:unit>/scores/<code:criterion>", "objection", steps.objection, FORM),
        (CYCLE + "/rules", "rules", steps.rules, FORM),
        (CYCLE + "/audit", "trail", steps.trail, READ),
        (CYCLE + "/clusters/<code:cluster>/settlement", "settlement", items.settlement, FORM),
        ("/releases/<uuid:release>", "release", releases.release, READ),
        ("/checks", "checks", checks, READ),
    )


def checks() -> str:
    """What the checks ask about, and the codes under which files and the API name it."""
    return render_template("reviews/checks.html")
