"""What every door of verify is made of, and the small things they share."""

from dataclasses import dataclass

from services.verify.ports import Store
from shared.plumbing.database import Database
from shared.plumbing.settings import ServiceSettings


@dataclass(frozen=True)
class Parts:
    """Where the doors find things: the database to read, the store to write, addresses to link to."""

    settings: ServiceSettings
    database: Database
    store: Store
