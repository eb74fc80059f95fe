"""What all of verify's tables share."""

import sqlalchemy as sa

from shared.plumbing.database import metadata_for

metadata = metadata_for(None)
Moment = sa.DateTime(timezone=True)
