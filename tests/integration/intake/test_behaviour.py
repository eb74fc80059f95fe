"""The same use cases on PostgreSQL, under the application's own role."""

from tests.behaviours.intake import *  # noqa: F403
