"""Where the pages of what is looked at first are."""

from services.verify.ports import Store
from services.verify.triage.pages.cycles import CyclePages
from services.verify.triage.pages.triage import TriagePages
from services.verify.web.routing import ACT, CYCLE, FORM, READ, Routes


def triage_routes(store: Store) -> Routes:
    """Cycles, the queue, plans, joint acceptances, quality."""
    cycles, triage = CyclePages(store), TriagePages(store)
    return (
        ("/", "home", cycles.home, READ),
        (CYCLE, "cycle", cycles.cycle, READ),
        (CYCLE + "/screenings", "screen_again", cycles.screen_again, ACT),
        (CYCLE + "/queue", "queue", cycles.queue, READ),
        (CYCLE + "/quality", "quality", triage.quality, READ),
        (CYCLE + "/audits", "draw", triage.draw, ACT),
        (CYCLE + "/plan", "plan", triage.plan, FORM),
        (CYCLE + "/clusters/<code:cluster>/minor", "minor", triage.minor, FORM),
        (CYCLE + "/units/<code:unit>/record", "record", triage.record, READ),
    )
