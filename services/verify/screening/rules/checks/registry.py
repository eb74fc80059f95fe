"""All checks, in the order in which they run: first those that go by rules, then those that compare."""

from services.verify.screening.rules.checks.arithmetic import ArithmeticCheck
from services.verify.screening.rules.checks.challenges import PeerChallengeCheck
from services.verify.screening.rules.checks.check import Check
from services.verify.screening.rules.checks.evidence import EvidenceInsufficientCheck, EvidenceMissingCheck
from services.verify.screening.rules.checks.evidence_reused import EvidenceReusedCheck
from services.verify.screening.rules.checks.national import AddingUpCheck, EveryoneAboveAverageCheck
from services.verify.screening.rules.checks.outliers import (
    HistoryOutlierCheck,
    ModelOutlierCheck,
    PeerOutlierCheck,
    UnitInflationCheck,
)
from services.verify.screening.rules.checks.own_reports import InconsistentReportsCheck
from services.verify.screening.rules.checks.shapes import AllMaxCheck, LowDiscriminationCheck
from services.verify.screening.rules.checks.source_conflict import SourceConflictCheck
from services.verify.screening.rules.checks.sources_disagree import SourcesDisagreeCheck
from services.verify.screening.rules.checks.targets import (
    TargetLoweredCheck,
    TargetUnambitiousCheck,
    TargetUndocumentedCheck,
)

ALL_CHECKS: tuple[Check, ...] = (
    ArithmeticCheck(),
    SourceConflictCheck(),
    SourcesDisagreeCheck(),
    InconsistentReportsCheck(),
    TargetLoweredCheck(),
    TargetUndocumentedCheck(),
    TargetUnambitiousCheck(),
    PeerChallengeCheck(),
    EvidenceMissingCheck(),
    EvidenceInsufficientCheck(),
    EvidenceReusedCheck(),
    PeerOutlierCheck(),
    ModelOutlierCheck(),
    HistoryOutlierCheck(),
    UnitInflationCheck(),
    AllMaxCheck(),
    EveryoneAboveAverageCheck(),
    AddingUpCheck(),
    LowDiscriminationCheck(),
)
