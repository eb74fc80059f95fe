"""Where the pages about sources are."""

from services.verify.ports import Store
from services.verify.sources.pages.due_dates import DutyPages
from services.verify.sources.pages.fetching import FetchingPage
from services.verify.sources.pages.mappings import MappingPages
from services.verify.sources.pages.ratings import RatingPages
from services.verify.sources.pages.second_person import SecondPersonPages
from services.verify.sources.pages.sources import SourcePages
from services.verify.web.routing import ACT, CYCLE, FORM, READ, Routes

SOURCE = "/sources/<code:source>"


def source_routes(store: Store) -> Routes:
    """Sources, files, layouts, spellings, ratings, letters, due dates, corrections, fetching."""
    sources, mappings, ratings = SourcePages(store), MappingPages(store), RatingPages(store)
    confirming, duties, fetching = SecondPersonPages(store), DutyPages(store), FetchingPage(store)
    return (
        ("/sources", "sources", sources.sources, READ),
        ("/sources/new", "new_source", sources.new_source, FORM),
        (SOURCE, "source", sources.source, READ),
        (SOURCE + "/upload", "upload", sources.upload, FORM),
        (SOURCE + "/mapping", "mapping", mappings.mapping, FORM),
        (SOURCE + "/spellings", "spellings", mappings.spellings, FORM),
        (SOURCE + "/rating", "rating", ratings.rating, FORM),
        (SOURCE + "/rating.xlsx", "rating_template", ratings.template, READ),
        (SOURCE + "/fetching", "fetching", fetching.fetching, FORM),
        (CYCLE + "/sources", "cycle_sources", duties.cycle_sources, READ),
        (SOURCE + "/due-date", "due_date", duties.due_date, FORM),
        (SOURCE + "/lock", "lock", duties.lock, ACT),
        ("/corrections/<uuid:correction>", "correction", confirming.correction, FORM),
        ("/corrections/<uuid:correction>/file", "correction_file", confirming.correction_file, READ),
        ("/letters/<uuid:letter>", "letter", confirming.letter, FORM),
        ("/letters/<uuid:letter>/scan", "letter_scan", confirming.scan, READ),
    )
