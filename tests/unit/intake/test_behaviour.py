"""The use cases on the in-memory fake."""

from tests.behaviours.intake import *  # noqa: F403
