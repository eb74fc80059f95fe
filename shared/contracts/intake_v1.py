"""What intake's feed says. Additive changes only; unknown fields are ignored by readers."""

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.fields import Number, Text, Title, WholeNumber, code, sha256, slug

PERIOD_KINDS = ("year", "half", "quarter", "month")
CYCLE_STATES = ("draft", "open", "intake_closed", "archived")
RECOGNITION_GROUNDS = ("reassigned", "force_majeure")
BALLOT_METHODS = ("score_only", "score_then_vote")
CHALLENGE_STATES = ("open", "answered", "withdrawn")
NOTED_BASES = ("verified", "submitted")
POSITION_KINDS = ("confirm", "dissent")
QUORUM_STANDINGS = ("law", "regulation", "assumption")


class Tolerant(ma.Schema):
    """Readers ignore what a newer writer adds."""

    class Meta:
        unknown = ma.EXCLUDE


class PredecessorSchema(Tolerant):
    """A unit that another one followed upon (itself, where it took others in): what was said of it ends there."""

    unit = code(required=True)
    since = fields.Date(required=True, metadata={"description": "the first day of the unit that followed"})
    legal_source = Text(required=True, longest=500)


class QuotaSchema(Tolerant):
    """How many Government Emulation Flags a cluster may propose: a ceiling."""

    flags = WholeNumber(required=True, validate=validate.Range(min=0))
    legal_source = Text(required=True, longest=500)


class MemberSchema(Tolerant):
    """A unit as the cycle froze it."""

    unit = code(required=True)
    title = fields.Nested(Title, required=True)
    predecessors = fields.List(
        fields.Nested(PredecessorSchema),
        metadata={"description": "whom it followed upon, as registered when the cycle opened; absent: nobody"},
    )


class ClusterSchema(Tolerant):
    """A cluster of the cycle with the membership valid when the cycle opened."""

    cluster = code(required=True)
    title = fields.Nested(Title, required=True)
    method = fields.String(required=True, validate=validate.OneOf(BALLOT_METHODS))
    head = fields.String(required=True, allow_none=True)
    deputies = fields.List(fields.String(), required=True)
    members = fields.List(fields.Nested(MemberSchema), required=True)
    quota = fields.Nested(QuotaSchema, metadata={"description": "absent: none was set"})


class CycleRecorded(Tolerant):
    """`cycle_recorded`, subject `cycle:CYCLE`: the whole cycle as it stands."""

    council = slug(required=True)
    council_title = fields.Nested(Title, required=True)
    cycle = slug(required=True)
    title = fields.Nested(Title, required=True)
    period = fields.String(required=True, metadata={"description": "2018, 2025-H1, 2025-Q1 or 2025-03"})
    period_kind = fields.String(required=True, validate=validate.OneOf(PERIOD_KINDS))
    deadline_at = fields.AwareDateTime(required=True, format="iso")
    state = fields.String(required=True, validate=validate.OneOf(CYCLE_STATES))
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(Title, load_default=None, allow_none=True, metadata={"description": "shown on every page"})
    framework = fields.Dict(required=True, metadata={"description": "the framework document, see shared.criteria"})
    framework_sha256 = sha256(required=True)
    clusters = fields.List(fields.Nested(ClusterSchema), required=True)


class EvidenceSchema(Tolerant):
    """What supports an item: a stored file by hash, or only the reference of a classified document."""

    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)
    document_number = Text(required=True, longest=200)
    issuer = Text(required=True, longest=300)
    issued_on = fields.Date(required=True, allow_none=True)
    signer = Text(required=True, longest=200)
    reference_only = fields.Boolean(required=True)


class ItemSchema(Tolerant):
    """One claim: a value, a self-score, a note and its evidence."""

    criterion = code(required=True)
    value = Number(required=True, allow_none=True)
    self_points = Number(required=True, allow_none=True)
    target = Number(load_default=None, allow_none=True)
    calculation = Text(load_default="", longest=4000, metadata={"description": "how the value was worked out"})
    note = Text(required=True, longest=4000)
    explanation = Text(
        load_default="", longest=4000, metadata={"description": "why the self-score is not what the rule gives"}
    )
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)


class DossierSchema(Tolerant):
    """The document under which a self-assessment was sent; the signed file by hash."""

    document_number = Text(required=True, longest=200)
    issued_on = fields.Date(required=True, allow_none=True)
    signer = Text(required=True, longest=200)
    position = Text(required=True, longest=200)
    mandate = Text(required=True, longest=300)
    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)


class SubmissionSent(Tolerant):
    """`submission_sent`, subject `submission:CYCLE/UNIT`: one version of one unit's self-assessment."""

    cycle = slug(required=True)
    unit = code(required=True)
    cluster = code(required=True)
    number = WholeNumber(required=True, metadata={"description": "1 for the first one sent, then growing"})
    content_sha256 = sha256(required=True)
    framework_sha256 = sha256(required=True)
    submitted_at = fields.AwareDateTime(required=True, format="iso")
    late = fields.Boolean(required=True)
    synthetic = fields.Boolean(load_default=False, metadata={"description": "its cycle's claims are made up"})
    items = fields.List(fields.Nested(ItemSchema), required=True)
    dossier = fields.Nested(DossierSchema, load_default=None, allow_none=True)


class TargetSchema(Tolerant):
    """A registered target with what it can be compared with. None: not said."""

    criterion = code(required=True)
    value = Number(required=True)
    unit = fields.String(required=True, metadata={"description": "unit of measure"})
    baseline = Number(required=True, allow_none=True, metadata={"description": "last year's result"})
    assigned = Number(required=True, allow_none=True, metadata={"description": "by the centre"})
    national = Number(required=True, allow_none=True, metadata={"description": "the national figure"})
    note = Text(required=True, longest=2000)


class RecognitionSchema(Tolerant):
    """The Board's act that lets a revision be shown beside the registered target."""

    ground = fields.String(required=True, validate=validate.OneOf(RECOGNITION_GROUNDS))
    document_number = Text(required=True, longest=200)
    issued_on = fields.Date(required=True)
    reason = Text(required=True, longest=2000)
    recognised_at = fields.AwareDateTime(required=True, format="iso")


class RevisionSchema(Tolerant):
    """A target changed after signing by a legal document; points still use the registered one."""

    number = WholeNumber(required=True)
    criterion = code(required=True)
    value = Number(required=True)
    document_number = Text(required=True, longest=200)
    issued_on = fields.Date(required=True)
    reason = Text(required=True, longest=2000)
    revised_at = fields.AwareDateTime(required=True, format="iso")
    recognition = fields.Nested(RecognitionSchema, required=True, allow_none=True)


class CovenantRecorded(Tolerant):
    """`covenant_recorded`, subject `covenant:CYCLE/UNIT`: the signed covenant with all its revisions, oldest first."""

    cycle = slug(required=True)
    unit = code(required=True)
    cluster = code(required=True)
    framework_sha256 = sha256(required=True)
    content_sha256 = sha256(required=True)
    signed_at = fields.AwareDateTime(required=True, format="iso")
    targets = fields.List(fields.Nested(TargetSchema), required=True)
    revisions = fields.List(fields.Nested(RevisionSchema), required=True)


class ExplanationGiven(Tolerant):
    """`explanation_given`, subject `explanation:REQUEST`: the unit answers a question of verify.

    `number` is the version of the self-assessment that holds the answer: it differs from the one before in this item
    alone, and its `submission_sent` comes before this.
    """

    request = fields.UUID(required=True)
    cycle = slug(required=True)
    unit = code(required=True)
    criterion = code(required=True)
    number = WholeNumber(required=True)
    explanation = Text(required=True, longest=4000)
    given_at = fields.AwareDateTime(required=True, format="iso")


class ChallengeAnswerSchema(Tolerant):
    """What the challenged unit says, once."""

    text = Text(required=True, longest=4000)
    document = fields.Nested(EvidenceSchema, required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, format="iso")


class ChallengeWithdrawalSchema(Tolerant):
    """The challenger took it back."""

    reason = Text(required=True, longest=4000)
    withdrawn_at = fields.AwareDateTime(required=True, format="iso")


class ChallengeRecorded(Tolerant):
    """`challenge_recorded`, subject `challenge:CYCLE/UNIT/CRITERION/NUMBER`: one challenge as it stands."""

    cycle = slug(required=True)
    cluster = code(required=True)
    unit = code(required=True, metadata={"description": "whose item it is"})
    criterion = code(required=True)
    number = WholeNumber(required=True, metadata={"description": "1 for the first about this item, then growing"})
    by_unit = code(required=True, metadata={"description": "the member that asks"})
    submission = WholeNumber(required=True, metadata={"description": "the version it is about"})
    content_sha256 = sha256(required=True)
    synthetic = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf(CHALLENGE_STATES))
    reason = Text(required=True, longest=4000)
    document = fields.Nested(EvidenceSchema, required=True)
    challenged_at = fields.AwareDateTime(required=True, format="iso")
    answer = fields.Nested(ChallengeAnswerSchema, required=True, allow_none=True)
    withdrawal = fields.Nested(ChallengeWithdrawalSchema, required=True, allow_none=True)


class ChairSchema(Tolerant):
    """Who presided; without a unit: a representative of the Board."""

    unit = fields.String(required=True, allow_none=True)
    name = Text(required=True, longest=200)


class AttendanceSchema(Tolerant):
    """Whether a member came, who spoke for it, and by which mandate."""

    unit = code(required=True)
    attended = fields.Boolean(required=True)
    representative = Text(required=True, longest=200)
    position = Text(required=True, longest=200)
    mandate = Text(required=True, longest=300)


class NotedTotalSchema(Tolerant):
    """A line of the table that the meeting noted."""

    unit = code(required=True)
    points = Number(required=True)
    basis = fields.String(required=True, validate=validate.OneOf(NOTED_BASES))


class NotedDissentSchema(Tolerant):
    """A dissent in the meeting; without a criterion it is about the unit's whole line."""

    by_unit = code(required=True)
    unit = code(required=True)
    criterion = fields.String(required=True, allow_none=True)
    reason = Text(required=True, longest=4000)


class QuorumSchema(Tolerant):
    """Which share of the members had to come, who says so, and how many came."""

    share = fields.String(required=True, metadata={"description": "an exact fraction, such as 2/3"})
    source = Text(required=True, longest=500)
    standing = fields.String(required=True, validate=validate.OneOf(QUORUM_STANDINGS))
    members = WholeNumber(required=True)
    needed = WholeNumber(required=True)
    attended = WholeNumber(required=True)


class SignerSchema(Tolerant):
    """Somebody who signed the minutes."""

    name = Text(required=True, longest=200)
    position = Text(required=True, longest=200)


class MinutesSchema(Tolerant):
    """The signed minutes; the file by hash."""

    document_number = Text(required=True, longest=200)
    issued_on = fields.Date(required=True)
    signers = fields.List(fields.Nested(SignerSchema), required=True)
    sha256 = sha256(required=True)
    size = WholeNumber(required=True)
    media_type = fields.String(required=True)


class MinutesPositionSchema(Tolerant):
    """A member that came says by itself whether the minutes are right."""

    unit = code(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(POSITION_KINDS))
    about_unit = fields.String(required=True, allow_none=True)
    criterion = fields.String(required=True, allow_none=True)
    reason = Text(required=True, longest=4000)
    stated_at = fields.AwareDateTime(required=True, format="iso")


class MeetingRecorded(Tolerant):
    """`meeting_recorded`, subject `meeting:CYCLE/CLUSTER/NUMBER`: the newest signed version with its positions."""

    cycle = slug(required=True)
    cluster = code(required=True)
    number = WholeNumber(required=True)
    version = WholeNumber(required=True)
    correction = Text(required=True, longest=4000, metadata={"description": "what it changes in earlier minutes"})
    content_sha256 = sha256(required=True)
    synthetic = fields.Boolean(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")
    held_on = fields.Date(required=True)
    place = Text(required=True, longest=200)
    chair = fields.Nested(ChairSchema, required=True)
    own_file_chair = fields.Nested(
        ChairSchema, required=True, metadata={"description": "who presided over the head's own file"}
    )
    attendance = fields.List(fields.Nested(AttendanceSchema), required=True)
    table = fields.List(fields.Nested(NotedTotalSchema), required=True)
    agreed = fields.Boolean(required=True)
    dissents = fields.List(fields.Nested(NotedDissentSchema), required=True)
    quorum = fields.Nested(QuorumSchema, required=True)
    minutes = fields.Nested(MinutesSchema, required=True)
    positions = fields.List(fields.Nested(MinutesPositionSchema), required=True)


class SessionsRevoked(Tolerant):
    """`sessions_revoked`, subject `account:ID`: tokens of this account issued before `before` are void."""

    account = fields.String(required=True)
    before = fields.AwareDateTime(required=True, format="iso")
