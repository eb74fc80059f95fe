"""Asks for screenings: when one is due, how it is named, and whether its result is still wanted.

A unit is screened alone as it arrives (rules only) until its cluster is complete or intake has closed. All complete
clusters of a cycle make one cohort, so that small clusters have peers too; every change to one of them asks for a
new screening of the cohort. What a screening rests on is counted: `changes` of the unit (self-assessment, framework,
company, releases about it), `changes` of the cycle for the cohort. The count is part of the screening's name, so that
nothing is asked for twice and an outdated result is recognised.
"""

from collections.abc import Collection

from services.verify.claims.model import KIND, QUEUE, TASK, Screening
from services.verify.ports import Transaction


def request_screenings(transaction: Transaction, cycle: str, units: Collection[str] | None) -> int:
    """Note that what these units' screenings rest on has changed (None: all units'), and ask for what that makes due.

    The caller holds the cycle's lock. Returns how many screenings are new work.
    """
    due = [Screening(cycle, unit, changes) for unit, changes in transaction.cycles.count_change(cycle, units).items()]
    asked = sum(transaction.screenings.request(KIND, screening.key, screening.payload()) for screening in due)
    if asked:
        transaction.ring(TASK, QUEUE)
    return asked


def still_wanted(transaction: Transaction, screening: Screening) -> bool:
    """Whether the screening saw the newest inputs. The caller holds the cycle's lock."""
    return transaction.cycles.newest_change(screening.cycle, screening.unit) == screening.changes
