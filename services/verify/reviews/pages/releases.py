"""The page of a release: its rows, and what it changed."""

import uuid

from flask import render_template, request

from services.verify.ports import Store
from services.verify.reviews.queries.releases import release_page
from services.verify.web.forms import whole
from shared.web.access import current_actor

PAGE = 50


class ReleasePages:
    """Pages about releases."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def release(self, release: uuid.UUID) -> str:
        """A release: where it comes from, its rows, and what it changed."""
        after, changes_after = (whole(request.args.get(name, "")) for name in ("after", "changes_after"))
        with self.store.view() as view:
            found = release_page(view, current_actor(), release, min(after, 2**31 - 1), changes_after, PAGE)
        return render_template("reviews/release.html", **vars(found))
