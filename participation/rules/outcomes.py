"""The administration's recommendation (indstilling) and the deciding body's outcome."""

from enum import StrEnum
from typing import Final


class Recommendation(StrEnum):
    """What the administration advises for a point (RE-13, RE-35)."""

    ACCOMMODATED = "accommodated"
    PARTLY = "partly"
    ALREADY = "already"
    FURTHER_WORK = "further_work"
    PASSED_ON = "passed_on"
    OUT_OF_SCOPE = "out_of_scope"
    SUPPORT_NOTED = "support_noted"
    ANSWERED = "answered"
    NOT_ACCOMMODATED = "not_accommodated"


#: The refusing kinds: a reason in free text is compulsory (FU-08).
REFUSING: Final = frozenset({Recommendation.NOT_ACCOMMODATED, Recommendation.PARTLY, Recommendation.OUT_OF_SCOPE})

#: The reason that stands in the field until a planner writes another, where nothing is refused.
PREFILLED: Final[dict[Recommendation, str]] = {
    Recommendation.ACCOMMODATED: "Vi er enige og retter forslaget til.",
    Recommendation.ALREADY: "Det står allerede i forslaget.",
    Recommendation.FURTHER_WORK: "Vi tager det med i det videre arbejde.",
    Recommendation.PASSED_ON: "Vi har sendt det videre til dem, der kan gøre noget ved det.",
    Recommendation.SUPPORT_NOTED: "Vi har noteret støtten. Tak for den.",
    Recommendation.ANSWERED: "Vi har svaret på spørgsmålet.",
}


def reason_missing(recommendation: Recommendation, reason: str) -> bool:
    """Whether a recommendation lacks the written reason it must have (FU-08, RE-35)."""
    return recommendation in REFUSING and not reason.strip()


class Outcome(StrEnum):
    """What the deciding body settled for an answer; it belongs to the body alone (RP-39, RP-49)."""

    AS_RECOMMENDED = "as_recommended"
    ACCOMMODATED = "accommodated"
    PARTLY = "partly"
    NOT_ACCOMMODATED = "not_accommodated"
    POSTPONED = "postponed"


_CLEAR: Final = {
    Recommendation.ACCOMMODATED: Outcome.ACCOMMODATED,
    Recommendation.PARTLY: Outcome.PARTLY,
    Recommendation.NOT_ACCOMMODATED: Outcome.NOT_ACCOMMODATED,
}


def settled(outcome: Outcome, recommendation: Recommendation) -> Outcome | Recommendation:
    """The word for what was settled: "som indstillet" says what it was that was recommended."""
    if outcome is not Outcome.AS_RECOMMENDED:
        return outcome
    return _CLEAR.get(recommendation, recommendation)
