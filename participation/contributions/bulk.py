"""Many contributions at once, in one transaction: the same rows as one by one, without a question for each."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import Contact, Contribution, Point, Promise, Span, Text
from participation.contributions.receive import Sender, Sent, next_number, promise_rows, words_hash
from participation.foundation import codes
from participation.foundation.db import db
from participation.projects.model import Project, Round
from participation.rules import phases
from participation.rules.handling import Handling
from participation.rules.kinds import Capacity, Channel, Kind, PublicationRule, SpanKind, Stance, TextSource
from participation.rules.phases import Arrival


@dataclass(frozen=True)
class Incoming:
    """One of many."""

    words: str
    kind: Kind
    received_at: datetime
    name: str = ""
    email: str = ""
    organisation: str = ""
    capacity: Capacity = Capacity.CITIZEN
    channel: Channel = Channel.WEB
    stance: Stance = Stance.NONE
    language: str = "da"
    place: str = ""
    external_id: str = ""
    words_hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words_hash", words_hash(self.words))

    @property
    def is_held_back(self) -> bool:
        """Whether something in it looks like a CPR number."""
        sender = Sender(name=self.name, organisation=self.organisation)
        return Sent(self.words, self.kind, self.received_at, sender, place=self.place).looks_private


def bring_in(
    round_: Round, many: Sequence[Incoming], *, batch_id: int | None, registered_by: int | None, now: datetime
) -> list[int]:
    """Keep many contributions with number, code, promise and one point each. The verb has asked the policy.

    Returns:
        Their numbers, in order.
    """
    if not many:
        return []
    project = round_.project
    last = next_number(project, *(one.kind for one in many))
    numbers = list(range(last - len(many) + 1, last + 1))
    shared = {
        "project_id": project.id,
        "round_id": round_.id,
        "batch_id": batch_id,
        "registered_by_id": registered_by,
        "registered_at": now,
        "code_version": codes.latest_version(),
    }
    rows = [_row(one, number, round_, now) | shared for number, one in zip(numbers, many, strict=True)]
    ids = _insert(Contribution, rows)
    _give_codes(ids, codes.latest_version())
    _insert_quietly(Contact, [_contact(one, key) for key, one in zip(ids, many, strict=True)])
    texts = _insert(
        Text,
        [
            {"contribution_id": key, "source": TextSource.BODY, "version": 1, "words": one.words, "made_at": now}
            for key, one in zip(ids, many, strict=True)
        ],
    )
    points = _insert(
        Point,
        [
            {
                "contribution_id": key,
                "project_id": project.id,
                "position": 1,
                "kind": SpanKind.SAID,
                "by_person": False,
                "made_at": now,
            }
            for key in ids
        ],
    )
    _insert_quietly(
        Span,
        [
            {"point_id": point, "text_id": text, "start": 0, "end": len(one.words)}
            for point, text, one in zip(points, texts, many, strict=True)
            if one.words
        ],
    )
    _insert_quietly(
        Promise,
        [row for key, one in zip(ids, many, strict=True) for row in promise_rows(key, one.kind, project, round_, now)],
    )
    shown = sum(row["handling"] is Handling.PUBLISHED for row in rows)
    if shown:
        project.published_count = Project.published_count + shown
    db.session.flush()
    return numbers


def _row(one: Incoming, number: int, round_: Round, now: datetime) -> dict[str, Any]:
    held_back = one.is_held_back
    at_once = round_.project.publication is PublicationRule.IMMEDIATELY and one.kind is not Kind.QUESTION
    shown = at_once and not held_back
    return {
        "number": number,
        "kind": one.kind,
        "words_hash": one.words_hash,
        "received_at": one.received_at,
        "arrival": Arrival.IN_TIME if one.kind is Kind.QUESTION else phases.arrival(round_, one.received_at),
        "channel": one.channel,
        "language": one.language,
        "capacity": one.capacity,
        "stance": one.stance,
        "organisation": one.organisation,
        "place": one.place,
        "external_id": one.external_id,
        "held_back": held_back,
        "handling": Handling.PUBLISHED if shown else Handling.RECEIVED,
        "published_at": now if shown else None,
    }


def _contact(one: Incoming, contribution_id: int) -> dict[str, Any]:
    return {
        "contribution_id": contribution_id,
        "name": one.name,
        "email": one.email,
        "salt": secrets.token_hex(16),
    }


def _give_codes(ids: Sequence[int], version: int) -> None:
    db.session.connection().execute(
        sa.update(Contribution)
        .where(Contribution.id == sa.bindparam("key_"))
        .values(code_hash=sa.bindparam("code_"), token_hash=sa.bindparam("token_")),
        [
            {
                "key_": key,
                "code_": codes.code_hash(codes.tracking_code(key, version)),
                "token_": codes.token_hash(codes.link_token(key, version)),
            }
            for key in ids
        ],
    )


def _insert(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows in order and give back their ids in the same order."""
    return list(db.session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _insert_quietly(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.insert(model.metadata.tables[model.__tablename__]), rows)
