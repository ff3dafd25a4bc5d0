"""The words of a matter are explained, and its summary stands in further languages (SK-25)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Explanation, Project
from participation.rules.acts import Act
from participation.rules.kinds import ExplanationKind
from participation.rules.policy import Actor

#: Languages that a summary can be written in, each by its own name: those that municipalities most often write in.
FURTHER = {
    "en": "English",
    "de": "Deutsch",
    "ar": "العربية",
    "bs": "Bosanski",
    "fa": "فارسی",
    "fo": "Føroyskt",
    "kl": "Kalaallisut",
    "ku": "Kurdî",
    "pl": "Polski",
    "ro": "Română",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
}


def explain_project(
    actor: Actor, project: Project, words: Sequence[tuple[str, str]], summaries: Mapping[str, str], *, now: datetime
) -> None:
    """Write what hard words mean, and the summary in further languages; both help to read and change nothing.

    Args:
        words: pairs of a word and its meaning, in the order of the page.
        summaries: by code of `FURTHER`.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    rows = [(ExplanationKind.WORD, term, said) for term, said in words]
    rows += [(ExplanationKind.LANGUAGE, code, said) for code, said in summaries.items()]
    if rows == [(one.kind, one.term, one.words) for one in project.explanations]:
        return

    project.explanations = [
        Explanation(kind=kind, term=term, words=said, position=place) for place, (kind, term, said) in enumerate(rows)
    ]
    db.session.flush()
    log.record(
        Act.EDIT_PROJECT,
        actor,
        project,
        at=now,
        project_id=project.id,
        what="explanations",
        words=len(words),
        languages=sorted(summaries),
    )
