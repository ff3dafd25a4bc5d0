"""What may be read of contributions, and by whom."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Attachment, Contact, Contribution, Promise
from participation.foundation import codes
from participation.foundation.db import db, watch
from participation.foundation.sums import summed
from participation.projects.model import Material, Passage, Project, Round
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, Known

#: Built once: the door that everybody comes through in the last hour.
_ROUND_OF = (
    sa.select(Round)
    .join(Round.project)
    .where(Project.slug == sa.bindparam("slug"), Project.announced_at.is_not(None), Round.announced_at.is_not(None))
    .order_by(Round.position.desc(), Round.id.desc())
    .limit(1)
    .options(contains_eager(Round.project).lazyload(Project.rounds))
)
_ROUNDS, _PROJECTS, _DEPARTMENTS = (Round.metadata.tables[name] for name in ("round", "project", "department"))
#: What a round is like, without the counts that each sending moves.
_COUNTS = {"last_number", "published_count", "withdrawn_count", "question_count"}
_FACTS = (
    sa.select(
        *(column for table in (_ROUNDS, _PROJECTS, _DEPARTMENTS) for column in table.c if column.key not in _COUNTS)
    )
    .join_from(_ROUNDS, _PROJECTS, _ROUNDS.c.project_id == _PROJECTS.c.id)
    .join(_DEPARTMENTS, _PROJECTS.c.department_id == _DEPARTMENTS.c.id)
    .where(_ROUNDS.c.id == sa.bindparam("round"))
)
_CONTRIBUTIONS = Contribution.metadata.tables["contribution"].c
_BY_KEY = sa.select(_CONTRIBUTIONS.id).where(
    _CONTRIBUTIONS.round_id == sa.bindparam("round"), _CONTRIBUTIONS.key == sa.bindparam("key")
)

_FOR_RECEIPT = (
    sa.select(Contribution)
    .where(Contribution.id == sa.bindparam("id"))
    .options(
        joinedload(Contribution.contact),
        joinedload(Contribution.project).lazyload(Project.rounds),
        joinedload(Contribution.round).lazyload(Round.project),
    )
)


def round_of(slug: str) -> Round:
    """The round that an announced project stands in.

    Raises:
        NotFound: there is no such project, or it has no announced round.
    """
    found = db.session.scalar(_ROUND_OF, {"slug": slug})
    if found is None:
        raise NotFound
    return found


def round_to_send_in(slug: str) -> Round:
    """The same, watched: the verb that takes something in need not read it again under the write lock.

    Raises:
        NotFound: there is no such project, or it has no announced round.
    """
    found = round_of(slug)
    watch(found, found.project, found.project.department, now=_FACTS, round=found.id)
    return found


def passages_named(project_id: int, named: Collection[tuple[int, int]]) -> Sequence[Passage]:
    """The paragraphs of a project's material that are named by piece and number, in their order; others are left out.

    Args:
        named: the keys of pieces, and the numbers of paragraphs in them, from one.
    """
    places = [(piece, number - 1) for piece, number in named]
    return db.session.scalars(
        sa.select(Passage)
        .join(Passage.material)
        .options(contains_eager(Passage.material).lazyload(Material.file))
        .where(Material.project_id == project_id, sa.tuple_(Passage.material_id, Passage.position).in_(places))
        .order_by(Material.position, Material.id, Passage.position)
    ).all()


def by_key(round_: Round, key: str) -> Contribution | None:
    """The contribution that this form was sent with before, if any."""
    found = db.session.connection().scalar(_BY_KEY, {"round": round_.id, "key": key})
    return own(found) if found is not None else None


def by_code(typed: str) -> Contribution | None:
    """The contribution with a code that somebody typed, in whatever way."""
    code = codes.read_code(typed)
    return _held(Contribution.code_hash == codes.code_hash(code)) if code is not None else None


def by_token(token: str) -> Contribution | None:
    """The contribution with a letter's link token."""
    return _held(Contribution.token_hash == codes.token_hash(token))


def _held(condition: sa.ColumnElement[bool]) -> Contribution | None:
    return db.session.scalar(sa.select(Contribution).where(condition))


def own(contribution_id: int) -> Contribution:
    """A contribution with all that its sender may see.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Contribution)
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.contact),
            selectinload(Contribution.texts),
            selectinload(Contribution.points),
            selectinload(Contribution.about),
            selectinload(Contribution.attachments).joinedload(Attachment.file),
        )
    )
    if found is None:
        raise NotFound
    return found


def for_receipt(contribution_id: int) -> Contribution:
    """A contribution with what its receipt shows: one row, since everybody reads theirs in the same hour.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(_FOR_RECEIPT, {"id": contribution_id})
    if found is None:
        raise NotFound
    return found


def promises_of(contribution: Contribution) -> list[Promise]:
    """The dates that were promised, in the order they were made."""
    return list(
        db.session.scalars(sa.select(Promise).where(Promise.contribution_id == contribution.id).order_by(Promise.id))
    )


def known_as() -> sa.ColumnElement[str]:
    """How well we know who sent it, of a query over contributions with their contacts."""
    return sa.case(
        (Contact.verified_at.is_not(None), Known.VERIFIED.value),
        (sa.func.coalesce(Contact.email, "") == "", Known.NO_EMAIL.value),
        (Contact.email_confirmed_at.is_not(None), Known.CONFIRMED.value),
        else_=Known.UNCONFIRMED.value,
    )


def known_counts(project: Project) -> list[tuple[Known, int]]:
    """How many responses and proposals came from senders that we know how well, in the list's order; each once."""
    many = summed(project.id, "known", project.last_number, lambda: _known(project.id))
    return [(one, many[one]) for one in Known if one in many]


def _known(project_id: int) -> dict[str, int]:
    rows = db.session.execute(
        sa.select(known_as(), sa.func.count())
        .select_from(Contribution)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(
            Contribution.project_id == project_id,
            Contribution.handling != Handling.WITHDRAWN,
            Contribution.kind.in_((Kind.RESPONSE, Kind.PROPOSAL)),
        )
        .group_by(sa.literal_column("1"))
    )
    return dict(rows.all())


def proposal(slug: str, number: int) -> Contribution:
    """A proposal on the page.

    Raises:
        NotFound: there is none, or it is not shown.
    """
    found = db.session.scalar(
        sa.select(Contribution)
        .join(Project, Contribution.project_id == Project.id)
        .where(
            Project.slug == slug,
            Contribution.number == number,
            Contribution.kind == Kind.PROPOSAL,
            Contribution.handling == Handling.PUBLISHED,
        )
        .options(selectinload(Contribution.texts), joinedload(Contribution.contact))
    )
    if found is None:
        raise NotFound
    return found
