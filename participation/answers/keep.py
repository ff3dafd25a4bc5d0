"""Each version of an answer is kept, and the log can tell whether one was changed behind our back (RELIABILITY R7)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from participation.answers.model import Answer, AnswerVersion
from participation.foundation import log
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.outcomes import Recommendation

_SALT = "answer"  # answers hold the municipality's own words, which nobody has erased
#: Answers that are read in one query; an act on thousands names them all.
_AT_ONCE = 5000


class Said(Protocol):
    """What the digest of an answer is made of."""

    @property
    def words(self) -> str: ...
    @property
    def recommendation(self) -> Recommendation | None: ...
    @property
    def reason(self) -> str: ...


def keep_version(answer: Answer) -> None:
    """Keep what an answer says from now on; what it said before stands beside it."""
    db.session.add(
        AnswerVersion(
            answer_id=answer.id,
            version=answer.version,
            words=answer.words,
            recommendation=answer.recommendation,
            reason=answer.reason,
            alternative=answer.alternative,
            professional_reason=answer.professional_reason,
            assessed_by=answer.assessed_by,
            passed_on_to=answer.passed_on_to,
            written_by_id=answer.written_by_id,
            written_at=answer.written_at,
        )
    )


def digest_of(answers: Sequence[Said]) -> str:
    """The digest of what answers say now, for the log; the entry names them in ``answers`` and ``versions``."""
    said = [[one.words, one.recommendation.value if one.recommendation else "", one.reason] for one in answers]
    return log.digest(_SALT, _told(said))


@log.witness(Act.DRAFT_ANSWER)
@log.witness(Act.ANSWER_QUESTION)
def answers_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The answers behind the digests of the log; one that is gone, or is not as its newest version, is no witness."""
    ids = {key for entry in entries for key in entry.facts["answers"]}
    now = {key: (version, said) for key, version, said in _read(Answer, Answer.id, ids)}
    kept = {(key, version): said for key, version, said in _read(AnswerVersion, AnswerVersion.answer_id, ids)}

    def told(entry: LogEntry) -> tuple[str, str] | None:
        said = []
        for key, version in zip(entry.facts["answers"], entry.facts["versions"], strict=True):
            words, newest = kept.get((key, version)), now.get(key)
            if words is None or newest is None or (newest[0] == version and newest[1] != words):
                return None
            said.append(words)
        return _SALT, _told(said)

    return {entry.id: told(entry) for entry in entries}


def _read(model: type[Answer | AnswerVersion], id_: Any, ids: set[int]) -> Iterator[tuple[int, int, list[str]]]:
    """Each row's answer, version and what it says, read as it stands there, even where it is no word of ours."""
    recommendation = sa.type_coerce(model.recommendation, sa.String)
    ordered = sorted(ids)
    for begin in range(0, len(ordered), _AT_ONCE):
        some = ordered[begin : begin + _AT_ONCE]
        for key, version, words, word, reason in db.session.execute(
            sa.select(id_, model.version, model.words, recommendation, model.reason).where(id_.in_(some))
        ):
            yield key, version, [words, word or "", reason]


def _told(said: list[list[str]]) -> str:
    return json.dumps(said, ensure_ascii=False)
