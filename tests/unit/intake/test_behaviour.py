"""The use cases on the in-memory fake."""

from tests.behaviours.intake_adoption import *  # noqa: F403
from tests.behaviours.intake_announced import *  # noqa: F403
from tests.behaviours.intake_assessments import *  # noqa: F403
from tests.behaviours.intake_calendar import *  # noqa: F403
from tests.behaviours.intake_cluster_round import *  # noqa: F403
from tests.behaviours.intake_contributions import *  # noqa: F403
from tests.behaviours.intake_covenants import *  # noqa: F403
from tests.behaviours.intake_cycles import *  # noqa: F403
from tests.behaviours.intake_dossiers import *  # noqa: F403
from tests.behaviours.intake_explanations import *  # noqa: F403
from tests.behaviours.intake_keeping import *  # noqa: F403
from tests.behaviours.intake_meetings import *  # noqa: F403
from tests.behaviours.intake_notices import *  # noqa: F403
from tests.behaviours.intake_periods import *  # noqa: F403
from tests.behaviours.intake_setup import *  # noqa: F403
