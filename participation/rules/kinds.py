"""The kinds of things the house keeps: small closed lists, each with its Danish word in ``words.py``."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the municipality; one person may hold several roles."""

    VISITOR = "visitor"
    HOLDER = "holder"
    PLANNER = "planner"
    LEADER = "leader"
    CLERK = "clerk"
    COUNCILLOR = "councillor"
    ADMINISTRATOR = "administrator"
    WORKER = "worker"


#: Roles that a person can be given, and whether they belong to one department.
STAFF_ROLES: dict[Role, bool] = {
    Role.PLANNER: True,
    Role.LEADER: True,
    Role.CLERK: False,
    Role.COUNCILLOR: False,
    Role.ADMINISTRATOR: False,
}


class CaseType(StrEnum):
    """Sagstype: prefills level, frame, legal basis, texts and dates."""

    LOCAL_PLAN = "lokalplan"
    MUNICIPAL_PLAN = "kommuneplantillaeg"
    NEIGHBOURS = "naboorientering"
    TRAFFIC = "trafik"
    POLICY = "politik"
    SCHOOL = "skole"
    IDEAS = "idefase"
    BUDGET = "budget"


class RoundKind(StrEnum):
    """What a round of a project is for."""

    INFORMATION = "information"
    IDEAS = "ideas"
    HEARING = "hearing"
    NEIGHBOURS = "neighbours"
    SUPPLEMENTARY = "supplementary"


class Audience(StrEnum):
    """Who a round is open to."""

    EVERYONE = "everyone"
    CIRCLE = "circle"
    NEIGHBOURS = "neighbours"


class Frame(StrEnum):
    """A line of the influence frame: what citizens can change, or cannot (RP-37)."""

    OPEN = "open"
    FIXED = "fixed"


class Constraint(StrEnum):
    """Why a fixed line is fixed (FU-03, RL-32)."""

    POLITICAL = "political"
    LEGAL = "legal"
    ECONOMIC = "economic"
    TECHNICAL = "technical"


class ExplanationKind(StrEnum):
    """What explains a project: a word of it, or the whole in another language."""

    WORD = "word"
    LANGUAGE = "language"


class MaterialKind(StrEnum):
    """How a piece of the material is kept."""

    TEXT = "text"
    FILE = "file"
    LINK = "link"


class MaterialPurpose(StrEnum):
    """What a piece of the material is to the law, where it asks for it before the announcement."""

    PROPOSAL = "proposal"
    STATEMENT = "statement"
    BOARD_STATEMENT = "board_statement"


class NoticeKind(StrEnum):
    """A public line in a project's own story."""

    LEVEL_RAISED = "level_raised"
    LEVEL_CORRECTED = "level_corrected"
    EXTENDED = "extended"
    CANCELLED = "cancelled"
    CORRECTION = "correction"
    MOVED = "moved"
    OUTAGE = "outage"


class Kind(StrEnum):
    """What a citizen sends, as it is called on the page."""

    RESPONSE = "response"
    QUESTION = "question"
    PROPOSAL = "proposal"
    COMMENT = "comment"
    #: Another version of a joint text, with the reason for it (RL-09).
    REVISION = "revision"


#: Kinds that are counted apart from the responses and proposals.
COUNTED_APART = frozenset({Kind.QUESTION, Kind.COMMENT, Kind.REVISION})


class Capacity(StrEnum):
    """Whom a contribution speaks as."""

    CITIZEN = "citizen"
    NEIGHBOUR = "neighbour"
    BUSINESS = "business"
    ASSOCIATION = "association"
    AUTHORITY = "authority"
    LOCAL_COMMITTEE = "local_committee"
    COUNCIL = "council"


#: Capacities whose name is shown on the page only when the sender wishes it; all others are always named.
PRIVATE = frozenset({Capacity.CITIZEN, Capacity.NEIGHBOUR})


class Channel(StrEnum):
    """The way words came in (RP-06)."""

    WEB = "web"
    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    COUNTER = "counter"
    MEETING = "meeting"


class TalkWay(StrEnum):
    """How an agreed talk is held (RP-15)."""

    PHONE = "phone"
    PLACE = "place"
    VIDEO = "video"


class TalkEnd(StrEnum):
    """What became of a talk that somebody had booked."""

    LEFT = "left"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


class Stance(StrEnum):
    """What the sender thinks of it, when it is said."""

    FOR = "for"
    AGAINST = "against"
    MIXED = "mixed"
    NONE = "none"


class TextSource(StrEnum):
    """Where a text of a contribution comes from."""

    BODY = "body"
    FILE = "file"
    CORRECTION = "correction"
    #: Said apart from the rest, each under its heading (RP-33, FU-06).
    NEED = "need"
    WISH = "wish"
    ALTERNATIVE = "alternative"
    #: What the sender will do themselves, where it is developed together (RL-06, RL-39).
    OFFER = "help_offer"
    #: A joint text as its sender would have it; what is said is why, in the words themselves.
    REVISION = "revision"


#: The words themselves, as sent and as corrected; and what was said apart, in the order it is read.
MAIN = (TextSource.BODY, TextSource.CORRECTION)
APART = (TextSource.NEED, TextSource.WISH, TextSource.ALTERNATIVE, TextSource.OFFER)
#: All that stands beside the words themselves, whether it is owed an answer of its own or not.
BESIDE = (*APART, TextSource.REVISION)


class SpanKind(StrEnum):
    """Whether a span says something that is owed an answer."""

    SAID = "said"
    BACKGROUND = "background"


class PublicationRule(StrEnum):
    """When contributions are shown on the page."""

    IMMEDIATELY = "immediately"
    AFTER_LOOK = "after_look"
    AFTER_DEADLINE = "after_deadline"
    NEVER = "never"


class ApprovalRule(StrEnum):
    """What a department wants its leader to approve."""

    NONE = "none"
    NOTE = "note"
    ANSWER = "answer"


class ChangeCause(StrEnum):
    """Why the material was changed."""

    CONTRIBUTION = "contribution"
    OWN_CORRECTION = "own_correction"
    NEW_KNOWLEDGE = "new_knowledge"
    POLITICAL = "political"


class Sign(StrEnum):
    """Why something that came in by the form is looked at before it is shown; never a reason to refuse it (T1)."""

    HIDDEN_FIELD = "hidden_field"
    TOO_QUICK = "too_quick"
    MANY = "many"


class Known(StrEnum):
    """How well we know who sent it; each is counted apart (T2, T3)."""

    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    NO_EMAIL = "no_email"


class CopyPart(StrEnum):
    """Who besides the sender takes part and may have copies of the letters (RE-44, RE-45)."""

    REPRESENTED = "represented"
    COMPANION = "companion"


class NoteKind(StrEnum):
    """What a case note tells of (RE-36)."""

    CALL = "call"
    MEETING = "meeting"
    LETTER = "letter"
    INTERNAL = "internal"
    #: What colleagues say to each other about it.
    DISCUSSION = "discussion"


class TieKind(StrEnum):
    """What a person of the municipality is tied to in private."""

    ADDRESS = "address"
    ORGANISATION = "organisation"


class Shared(StrEnum):
    """What somebody who works on a case has in common with a contributor (RE-41)."""

    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    SURNAME = "surname"


class PromiseKind(StrEnum):
    """What a citizen was promised a date for (RP-21)."""

    QUESTION_ANSWER = "question_answer"
    REPORT = "report"
    DECISION = "decision"
    FEEDBACK = "feedback"


#: What binds the administration itself; the rest hangs on politics and is only expected.
BINDING = frozenset({PromiseKind.QUESTION_ANSWER, PromiseKind.FEEDBACK})


class StepKind(StrEnum):
    """A step of the decision."""

    HEARING = "hearing"
    COMMITTEE = "committee"
    FINANCE = "finance"
    COUNCIL = "council"
    DELEGATED = "delegated"
    SCHOOL_BOARD = "school_board"
    OTHER_AUTHORITY = "other_authority"


class StepResult(StrEnum):
    """What came out of a step."""

    RECOMMENDED = "recommended"
    POSTPONED = "postponed"
    SENT_BACK = "sent_back"
    ADOPTED = "adopted"
    ADOPTED_WITH_CHANGES = "adopted_with_changes"
    REJECTED = "rejected"


#: Results that end the matter.
FINAL = frozenset({StepResult.ADOPTED, StepResult.ADOPTED_WITH_CHANGES, StepResult.REJECTED})


class PaperForm(StrEnum):
    """The two forms of a white paper."""

    BY_CONTRIBUTION = "by_contribution"
    BY_TOPIC = "by_topic"


class Rendition(StrEnum):
    """The two renditions of a white paper that are frozen together."""

    PUBLIC = "public"
    CASE = "case"


class AnswerState(StrEnum):
    """How far an answer has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    #: Taken back: it says nothing any more, and the next answer in order stands for its points.
    WITHDRAWN = "withdrawn"
