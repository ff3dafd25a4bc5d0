"""May this person do this, to this, here and now? One table, five doors, and no by default.

The doors are asked in this order: role, owner, impartiality, level, phase. The first that stays shut is the refusal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from participation.rules import levels
from participation.rules.acts import Act
from participation.rules.kinds import Role, StepKind
from participation.rules.phases import LIVE, PUBLIC, TAKES_IN, Phase, phase
from participation.rules.plain import mark


@dataclass(frozen=True)
class Actor:
    """Whoever acts, made once per request, so that the rules need no database.

    Attributes:
        person_id: the signed-in person, or None for a visitor and for the worker.
        roles: pairs of role and department id; None as department means the whole municipality.
        project_roles: pairs of role and project id, for consultants.
        conflicts: ids of projects where the person has said "jeg kan være inhabil".
        held: ids of contributions whose code this session has shown.
    """

    person_id: int | None = None
    name: str = ""
    is_worker: bool = False
    roles: frozenset[tuple[Role, int | None]] = frozenset()
    project_roles: frozenset[tuple[Role, int]] = frozenset()
    conflicts: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Whether somebody of the municipality is signed in."""
        return self.person_id is not None

    def has(self, role: Role) -> bool:
        """Whether the person holds the role anywhere."""
        return any(held is role for held, _ in self.roles | self.project_roles)


VISITOR: Final = Actor()
WORKER: Final = Actor(is_worker=True, name="worker")


class Door(StrEnum):
    """Which of the five doors stayed shut."""

    ROLE = "role"
    OWNER = "owner"
    IMPARTIAL = "impartial"
    LEVEL = "level"
    PHASE = "phase"


@dataclass(frozen=True)
class Refusal:
    """A no, with the sentence that explains it."""

    act: Act
    door: Door
    words: str


class NotAllowed(Exception):
    """The policy said no. The roof answers it with a page in plain Danish that keeps the typed words."""

    def __init__(self, refusal: Refusal):
        super().__init__(f"{refusal.act} refused by {refusal.door}")
        self.refusal = refusal


@dataclass(frozen=True)
class Right:
    """One line of the table.

    Attributes:
        roles: any of these.
        phases: the round must be in one of these; None asks nothing.
        impartial: a person who is inhabil in the project loses this right.
        when: a further question to the thing acted on.
    """

    roles: frozenset[Role]
    phases: frozenset[Phase] | None = None
    impartial: bool = False
    when: Callable[[Any], bool] = field(default=lambda thing: True)


_ANYONE = frozenset({Role.VISITOR})
_HOLDER = frozenset({Role.HOLDER})
_STAFF = frozenset({Role.PLANNER, Role.LEADER, Role.CLERK, Role.COUNCILLOR, Role.ADMINISTRATOR})
_OFFICERS = frozenset({Role.PLANNER, Role.LEADER})
_LEADER = frozenset({Role.LEADER})
_CLERK = frozenset({Role.CLERK})
_COUNCILLOR = frozenset({Role.COUNCILLOR})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

_BEFORE = frozenset({Phase.DRAFT})
_RUNNING = LIVE - _BEFORE
_UNDECIDED = frozenset({Phase.ANNOUNCED, Phase.OPEN, Phase.WEIGHING, Phase.REPORTED})
_OVER = frozenset({Phase.DECIDED, Phase.CLOSED})
_WEIGHED = frozenset({Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED})


def _case_work(*phases: Phase) -> tuple[Right, ...]:
    return (Right(_OFFICERS, frozenset(phases) or _RUNNING, impartial=True),)


def _is_delegated(thing: Any) -> bool:
    return getattr(thing, "kind", None) is StepKind.DELEGATED


def _is_asked_to_edit(thing: Any) -> bool:
    return getattr(thing, "edit_asked_at", None) is not None


def _is_own_account(thing: Any) -> bool:
    """An account is read from the session of whoever acts and from nowhere else, so one at hand is one's own."""
    return getattr(thing, "is_signed_in", False)


RIGHTS: Final[Mapping[Act, tuple[Right, ...]]] = {
    Act.READ_PUBLIC: (Right(_ANYONE),),
    Act.READ_PROJECT: (Right(_ANYONE, PUBLIC), Right(_OFFICERS)),
    Act.FOLLOW_PROJECT: (Right(_ANYONE, PUBLIC - {Phase.CANCELLED}),),
    Act.ASK_CALL_BACK: (Right(_ANYONE, PUBLIC - {Phase.CANCELLED}),),
    Act.BOOK_TALK: (Right(_ANYONE, PUBLIC - {Phase.CANCELLED}),),
    Act.LEAVE_TALK: (Right(_ANYONE),),
    Act.ASK_SIGN_IN_LINK: (Right(_ANYONE),),
    Act.ENTER_ACCOUNT: (Right(_ANYONE),),
    Act.READ_ACCOUNT: (Right(_ANYONE, when=_is_own_account),),
    Act.EDIT_ACCOUNT: (Right(_ANYONE, when=_is_own_account),),
    Act.LEAVE_ACCOUNT: (Right(_ANYONE, when=_is_own_account),),
    Act.DELETE_ACCOUNT: (Right(_ANYONE, when=_is_own_account),),
    Act.READ_DESK: (Right(_STAFF),),
    Act.READ_CASE: (Right(_STAFF),),
    Act.READ_CONTACT: (Right(_OFFICERS, impartial=True),),
    Act.ERASE_PERSON: (Right(_OFFICERS, impartial=True), Right(_ADMINISTRATOR)),
    Act.SEND_LETTER: (Right(_OFFICERS | {Role.WORKER}),),
    Act.SIGN_IN: (Right(_ANYONE),),
    Act.SIGN_OUT: (Right(_STAFF),),
    Act.ACCEPT_INVITATION: (Right(_ANYONE),),
    Act.INVITE_PERSON: (Right(_ADMINISTRATOR),),
    Act.EDIT_PERSON: (Right(_ADMINISTRATOR),),
    Act.EDIT_DEPARTMENT: (Right(_ADMINISTRATOR),),
    Act.EDIT_MUNICIPALITY: (Right(_ADMINISTRATOR),),
    Act.RECUSE: (Right(_STAFF),),
    Act.TELL_TIES: (Right(_STAFF),),
    Act.AMEND_RULE: (Right(_ADMINISTRATOR),),
    Act.EDIT_CLOSING_DAYS: (Right(_ADMINISTRATOR),),
    Act.REGISTER_OUTAGE: (Right(_OFFICERS | _ADMINISTRATOR),),
    Act.SETTLE_OUTAGE: (Right(_OFFICERS | _ADMINISTRATOR),),
    Act.SETTLE_ALARM: (Right(_ADMINISTRATOR),),
    Act.DECLARE_PROJECT: (Right(_OFFICERS),),
    Act.EDIT_PROJECT: (Right(_OFFICERS, LIVE, impartial=True),),
    Act.ANNOUNCE_PROJECT: (Right(_OFFICERS, _BEFORE, impartial=True),),
    Act.RAISE_LEVEL: (Right(_OFFICERS, LIVE, impartial=True),),
    Act.CORRECT_LEVEL: (Right(_OFFICERS, LIVE, impartial=True),),
    Act.EXTEND_ROUND: _case_work(Phase.ANNOUNCED, Phase.OPEN, Phase.WEIGHING),
    Act.CANCEL_PROJECT: _case_work(),
    Act.CORRECT_MISTAKE: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.INVITE_PARTY: (Right(_OFFICERS, LIVE, impartial=True),),
    Act.WRITE_MINUTES: _case_work(*LIVE),
    Act.SUBMIT_CONTRIBUTION: (Right(_ANYONE, TAKES_IN),),
    Act.ASK_QUESTION: (Right(_ANYONE, TAKES_IN),),
    Act.COMMENT_CONTRIBUTION: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.SUPPORT_CONTRIBUTION: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.SAVE_DRAFT: (Right(_ANYONE, TAKES_IN),),
    Act.DELETE_DRAFT: (Right(_ANYONE),),
    Act.OPEN_JOINT_TEXT: _case_work(Phase.ANNOUNCED, Phase.OPEN),
    Act.PROPOSE_REVISION: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.CLOSE_JOINT_TEXT: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.OPEN_WORKSPACE: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.INVITE_MEMBER: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.JOIN_WORKSPACE: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.LEAVE_WORKSPACE: (Right(_ANYONE),),
    Act.WRITE_VERSION: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.JUDGE_VERSION: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.SEND_TOGETHER: (Right(_ANYONE, frozenset({Phase.OPEN})),),
    Act.TRACK_CONTRIBUTION: (Right(_HOLDER),),
    Act.CORRECT_CONTRIBUTION: (
        Right(_HOLDER, frozenset({Phase.OPEN})),
        Right(_HOLDER, frozenset({Phase.WEIGHING}), when=_is_asked_to_edit),
    ),
    Act.WITHDRAW_CONTRIBUTION: (Right(_HOLDER, PUBLIC),),
    Act.REGISTER_CONTRIBUTION: (*_case_work(*TAKES_IN), Right(frozenset({Role.WORKER}), TAKES_IN)),
    Act.IMPORT_CONTRIBUTIONS: (
        *_case_work(*TAKES_IN),
        Right(frozenset({Role.WORKER}), TAKES_IN),
    ),
    Act.READ_CONTRIBUTION: _case_work(),
    Act.SPLIT_CONTRIBUTION: _case_work(),
    Act.PUBLISH_CONTRIBUTION: (*_case_work(), Right(frozenset({Role.WORKER}), _RUNNING)),
    Act.GUIDE_SENDER: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.ASK_FOR_EDIT: _case_work(Phase.OPEN, Phase.WEIGHING),
    Act.HIDE_CONTRIBUTION: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.CONFIRM_HIDING: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.BLOCK_SENDER: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.APPEAL_MODERATION: (Right(_HOLDER, PUBLIC),),
    Act.ANSWER_APPEAL: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.CLEAR_FLAGS: _case_work(),
    Act.CONFIRM_EMAIL: (Right(_HOLDER, PUBLIC),),
    Act.DISPUTE_CONTRIBUTION: (Right(_HOLDER, PUBLIC),),
    Act.ASK_ERASURE: (Right(_HOLDER, PUBLIC),),
    Act.STOP_COPIES: (Right(_ANYONE),),
    Act.VERIFY_SENDER: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.CLEAR_CONTRIBUTION: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.TAKE_DOWN_CONTRIBUTION: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.MASK_CONTRIBUTION: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.READ_ORIGINAL: (Right(_OFFICERS, impartial=True),),
    Act.PUBLISH_FILE: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.ROUTE_CONTRIBUTION: _case_work(),
    Act.SETTLE_CALL_BACK: (Right(_OFFICERS | _CLERK, PUBLIC, impartial=True),),
    Act.OFFER_TALKS: _case_work(),
    Act.CANCEL_TALK: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.SETTLE_TALK: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.WRITE_NOTE: (Right(_OFFICERS | _CLERK, PUBLIC | _BEFORE, impartial=True),),
    Act.ASSIGN_POINTS: _case_work(),
    Act.ASK_EXPERT: _case_work(),
    Act.ASSESS_POINTS: (Right(_ANYONE, _RUNNING),),
    Act.GROUP_POINTS: (*_case_work(), Right(frozenset({Role.WORKER}), _RUNNING)),
    Act.EDIT_THEMES: _case_work(),
    Act.READ_SAMPLE: _case_work(),
    Act.DRAFT_ANSWER: _case_work(),
    Act.APPROVE_ANSWER: (Right(_LEADER, _RUNNING, impartial=True),),
    Act.ANSWER_QUESTION: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.EXPLAIN_DIFFERENCE: _case_work(),
    Act.EDIT_TEXT_BLOCK: (Right(_OFFICERS),),
    Act.DRAFT_CHANGE: _case_work(),
    Act.COMPILE_REPORT: _case_work(*_WEIGHED),
    Act.ASK_APPROVAL: _case_work(*_WEIGHED),
    Act.APPROVE_REPORT: (Right(_LEADER, _WEIGHED, impartial=True),),
    Act.PUBLISH_REPORT: _case_work(*_WEIGHED),
    Act.WITHDRAW_REPORT: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.SEND_PACKAGE: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.SCHEDULE_DECISION: (Right(_CLERK, LIVE, impartial=True), *_case_work(*LIVE)),
    Act.ATTACH_REPORT: (Right(_CLERK, _RUNNING, impartial=True), *_case_work()),
    Act.RECORD_DECISION: (
        Right(_CLERK, PUBLIC, impartial=True),
        Right(_OFFICERS, PUBLIC, impartial=True, when=_is_delegated),
    ),
    Act.ANNOUNCE_DECISION: (Right(_CLERK, PUBLIC, impartial=True), Right(_OFFICERS, PUBLIC, impartial=True)),
    Act.RECORD_VETO: (Right(_CLERK, PUBLIC, impartial=True), *_case_work(*PUBLIC)),
    Act.KEEP_READING: (Right(_COUNCILLOR, PUBLIC),),
    Act.ASK_ADMINISTRATION: (Right(_COUNCILLOR, _UNDECIDED, impartial=True),),
    Act.REPLY_TO_COUNCIL: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.PUBLISH_FEEDBACK: _case_work(Phase.DECIDED),
    Act.JUDGE_FEEDBACK: (Right(_HOLDER, frozenset({Phase.DECIDED, Phase.CLOSED})),),
    Act.REOPEN_ANSWER: (Right(_OFFICERS, frozenset({Phase.DECIDED, Phase.CLOSED}), impartial=True),),
    Act.PLAN_FOLLOW_UP: _case_work(Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED, Phase.CLOSED),
    Act.CLOSE_PROJECT: _case_work(),
    Act.EXPLAIN_DELAY: (Right(_OFFICERS, PUBLIC, impartial=True),),
    Act.WRITE_LESSON: (Right(_OFFICERS, _OVER, impartial=True),),
}

NO_ROLE = mark("Det har du ikke adgang til. Spørg din administrator, hvis du mener, det er en fejl.")
_NOT_YOURS = mark("Det hører til en anden afdeling end din. Kontakt afdelingen, hvis du skal hjælpe med sagen.")
_NOT_HELD = mark("Skriv koden fra din kvittering for at se dit høringssvar.")
_CONFLICT = mark("Du har sagt, at du kan være inhabil i denne sag. Derfor tager en anden sig af den.")
_LEVEL = mark("Det hører ikke med på dette projekts niveau. Du kan se niveauet øverst på projektets side.")
_PHASE: Final[Mapping[Phase, str]] = {
    Phase.DRAFT: mark("Projektet er ikke offentliggjort endnu."),
    Phase.ANNOUNCED: mark("Der er ikke åbnet for det endnu. Du kan se på projektets side, hvornår det åbner."),
    Phase.OPEN: mark("Det kan først ske, når fristen er gået."),
    Phase.WEIGHING: mark("Fristen er gået, og vi er ved at se på det, der kom ind."),
    Phase.REPORTED: mark("Vi har samlet det, der kom ind, i en rapport. Det kan ikke ændres nu."),
    Phase.DECIDED: mark("Der er taget en beslutning i sagen. Det kan ikke ændres nu."),
    Phase.CLOSED: mark("Sagen er afsluttet."),
    Phase.CANCELLED: mark("Projektet er aflyst. Du kan læse hvorfor på projektets side."),
}


def refusal(actor: Actor, act: Act, thing: Any, now: datetime) -> Refusal | None:
    """Why the actor may not do this to the thing now, or None when they may.

    Args:
        thing: what is acted on. It answers ``round``, ``project`` and ``department_id`` where it has them.
        now: aware UTC.
    """
    refusals = [_ask(actor, act, right, thing, now) for right in RIGHTS.get(act, ())]
    if not refusals:
        return Refusal(act, Door.ROLE, NO_ROLE)
    if any(no is None for no in refusals):
        return None
    # The right that came furthest explains best.
    return max((no for no in refusals if no is not None), key=lambda no: _ORDER.index(no.door))


def require(actor: Actor, act: Act, thing: Any, now: datetime) -> None:
    """Let the actor through, or not.

    Raises:
        NotAllowed: one of the five doors stayed shut.
    """
    if (no := refusal(actor, act, thing, now)) is not None:
        raise NotAllowed(no)


_ORDER: Final = (Door.ROLE, Door.OWNER, Door.IMPARTIAL, Door.LEVEL, Door.PHASE)


def _ask(actor: Actor, act: Act, right: Right, thing: Any, now: datetime) -> Refusal | None:
    project = getattr(thing, "project", None)
    round_ = getattr(thing, "round", None)
    if (words := _role(actor, right, thing)) is not None:
        return Refusal(act, Door.ROLE, words)
    if (words := _owner(actor, right, thing, project)) is not None:
        return Refusal(act, Door.OWNER, words)
    if right.impartial and project is not None and project.id in actor.conflicts:
        return Refusal(act, Door.IMPARTIAL, _CONFLICT)
    level = round_.level if round_ is not None else getattr(project, "level", None)
    if level is not None and not levels.allows(level, act):
        return Refusal(act, Door.LEVEL, _LEVEL)
    if right.phases is not None and round_ is not None and (at := phase(round_, now)) not in right.phases:
        return Refusal(act, Door.PHASE, _PHASE[at])
    return None


def _role(actor: Actor, right: Right, thing: Any) -> str | None:
    if not right.when(thing):
        return NO_ROLE
    if Role.VISITOR in right.roles:
        return None
    if Role.HOLDER in right.roles:
        return None
    if Role.WORKER in right.roles and actor.is_worker:
        return None
    return None if any(actor.has(role) for role in right.roles) else NO_ROLE


def _owner(actor: Actor, right: Right, thing: Any, project: Any) -> str | None:
    if Role.VISITOR in right.roles or (Role.WORKER in right.roles and actor.is_worker):
        return None
    if Role.HOLDER in right.roles:
        return None if getattr(thing, "id", None) in actor.held else _NOT_HELD
    owner = getattr(project if project is not None else thing, "department_id", None)
    if owner is None:
        return None
    mine = any(role in right.roles and department in (None, owner) for role, department in actor.roles)
    invited = project is not None and any(role in right.roles and project.id == at for role, at in actor.project_roles)
    return None if mine or invited else _NOT_YOURS
