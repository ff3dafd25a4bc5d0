"""The reply that each point has: its own, its contribution's, or its topic's; made once for each answer."""

from participation.answers.model import Answer
from participation.reports.paper import Reply
from participation.reports.reading import Case, Said
from participation.rules.outcomes import PREFILLED


class Replies:
    """Answers as they are printed."""

    def __init__(self, case: Case):
        self._answers = case.answers
        self._places = {change.id: place for place, change in enumerate(case.changes, start=1)}
        self._made: dict[int, Reply] = {}

    def of(self, answer: Answer | None) -> Reply | None:
        """An answer as it is printed; nothing while there is none."""
        if answer is None:
            return None
        if answer.id not in self._made:
            changes = self._answers.changes.get(answer.id, ())
            prefilled = PREFILLED.get(answer.recommendation, "") if answer.recommendation else ""
            self._made[answer.id] = Reply(
                key=answer.id,
                words=answer.words.strip(),
                recommendation=answer.recommendation,
                reason=answer.reason.strip() or prefilled,
                alternative=answer.alternative.strip(),
                professional_reason=_assessed(answer),
                passed_on_to=answer.passed_on_to,
                changes=tuple(sorted(self._places[one.id] for one in changes if one.id in self._places)),
            )
        return self._made[answer.id]

    def of_point(self, point: Said) -> Reply | None:
        """The reply of one point."""
        return self.of(self._answers.of_point(point.id, point.contribution_id))

    def of_theme(self, theme_id: int) -> Reply | None:
        """The reply of a topic, or of the hovedemne above it."""
        at: int | None = theme_id
        while at is not None:
            if (answer := self._answers.by_theme.get(at)) is not None:
                return self.of(answer)
            at = self._answers.parent_of.get(at)
        return None


def _assessed(answer: Answer) -> str:
    """The professional assessment with the unit that gave it."""
    words = answer.professional_reason.strip()
    return f"{answer.assessed_by}: {words}" if words and answer.assessed_by else words


def bare(reply: Reply | None) -> Reply | None:
    """The recommendation and its reason without the remarks, which may repeat what was hidden."""
    return reply and Reply(reply.key, "", reply.recommendation, reply.reason, "", "", reply.passed_on_to, reply.changes)
