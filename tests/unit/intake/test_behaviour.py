"""The use cases on the in-memory fake."""

from tests.behaviours.intake_adoption import *  # noqa: F403
from tests.behaviours.intake_assessments import *  # noqa: F403
from tests.behaviours.intake_calendar import *  # noqa: F403
from tests.behaviours.intake_contributions import *  # noqa: F403
from tests.behaviours.intake_covenants import *  # noqa: F403
from tests.behaviours.intake_cycles import *  # noqa: F403
from tests.behaviours.intake_dossiers import *  # noqa: F403
from tests.behaviours.intake_periods import *  # noqa: F403
from tests.behaviours.intake_setup import *  # noqa: F403
