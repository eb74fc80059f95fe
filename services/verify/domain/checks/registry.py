"""All checks, in the order in which they run: first those that go by rules, then those that compare."""

from services.verify.domain.checks.arithmetic import ArithmeticCheck
from services.verify.domain.checks.challenges import PeerChallengeCheck
from services.verify.domain.checks.check import Check
from services.verify.domain.checks.evidence import EvidenceInsufficientCheck, EvidenceMissingCheck
from services.verify.domain.checks.evidence_reused import EvidenceReusedCheck
from services.verify.domain.checks.national import AddingUpCheck, EveryoneAboveAverageCheck
from services.verify.domain.checks.outliers import (
    HistoryOutlierCheck,
    ModelOutlierCheck,
    PeerOutlierCheck,
    UnitInflationCheck,
)
from services.verify.domain.checks.own_reports import InconsistentReportsCheck
from services.verify.domain.checks.shapes import AllMaxCheck, LowDiscriminationCheck
from services.verify.domain.checks.source_conflict import SourceConflictCheck
from services.verify.domain.checks.sources_disagree import SourcesDisagreeCheck
from services.verify.domain.checks.targets import (
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
