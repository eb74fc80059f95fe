"""Many codes as one parameter."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def text_array(values: Iterable[str]) -> sa.BindParameter[Any]:
    """Codes as one PostgreSQL array, however many they are."""
    return sa.literal(list(values), ARRAY(sa.Text))
