"""What a case type (sagstype) fills in before the planner writes: level, law, frame, who is heard, dates and texts.

Data only. Everything can be changed on the page; nothing here is a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from participation.rules.kinds import Audience, Capacity, CaseType, Constraint, RoundKind, StepKind
from participation.rules.levels import Level
from participation.rules.plain import mark


@dataclass(frozen=True)
class FixedLine:
    """A line of the frame that cannot be changed, and why."""

    words: str
    constraint: Constraint
    source: str = ""


@dataclass(frozen=True)
class Prefill:
    """What stands in the form of a new project of this type.

    Attributes:
        days: how long the round runs, in calendar days; never below the legal basis' own minimum.
        report_days: working days from the deadline to the white paper.
        decision_days: calendar days from the deadline to the decision.
        parties: who must be heard, by name and capacity.
        steps: the decision's steps, the deciding body last; the first word of a body stands for "our own".
    """

    level: Level
    level_reason: str
    wide_interest: bool
    round_kind: RoundKind
    legal_basis: str
    days: int
    audience: Audience = Audience.EVERYONE
    open: tuple[str, ...] = ()
    fixed: tuple[FixedLine, ...] = ()
    meaning: str = ""
    parties: tuple[tuple[str, Capacity], ...] = ()
    steps: tuple[tuple[StepKind, str], ...] = ((StepKind.COMMITTEE, mark("Fagudvalget")), (StepKind.COUNCIL, ""))
    report_days: int = 20
    decision_days: int = 70


_SENIOR = (mark("Ældrerådet"), Capacity.COUNCIL)
_DISABILITY = (mark("Handicaprådet"), Capacity.COUNCIL)
_PLAN_STEPS = (
    (StepKind.COMMITTEE, mark("Planudvalget")),
    (StepKind.FINANCE, mark("Økonomiudvalget")),
    (StepKind.COUNCIL, ""),
)

PREFILLS: Final[Mapping[CaseType, Prefill]] = MappingProxyType(
    {
        CaseType.LOCAL_PLAN: Prefill(
            level=Level.HEARING,
            level_reason=mark("En lokalplan skal i høring, og mange af reglerne kan stadig ændres."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="planloven-24-5",
            days=35,
            open=(
                mark("hvor høje husene må være, og hvordan de må se ud"),
                mark("hvor man kører ind, parkerer og går"),
                mark("grønne områder og afstand til naboer"),
            ),
            fixed=(
                FixedLine(
                    mark("at området må bruges til det, som kommuneplanen siger"),
                    Constraint.POLITICAL,
                    mark("Kommuneplanens ramme"),
                ),
            ),
            parties=(_SENIOR, _DISABILITY, (mark("Museet"), Capacity.AUTHORITY)),
            steps=_PLAN_STEPS,
            decision_days=84,
        ),
        CaseType.MUNICIPAL_PLAN: Prefill(
            level=Level.HEARING,
            level_reason=mark("En ændring af kommuneplanen skal i høring, før den kan vedtages."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="planloven-24-3",
            days=56,
            open=(mark("hvor grænsen for området skal gå"), mark("hvad området må bruges til")),
            fixed=(
                FixedLine(
                    mark("det, som staten har besluttet for hele landet"), Constraint.LEGAL, mark("Planloven § 3")
                ),
            ),
            parties=(_SENIOR, _DISABILITY),
            steps=_PLAN_STEPS,
            decision_days=105,
        ),
        CaseType.NEIGHBOURS: Prefill(
            level=Level.HEARING,
            level_reason=mark("Naboerne skal høres, før vi kan give lov til at fravige planen."),
            wide_interest=True,
            round_kind=RoundKind.NEIGHBOURS,
            legal_basis="planloven-20",
            days=14,
            audience=Audience.NEIGHBOURS,
            open=(mark("om der kan gives lov, og på hvilke vilkår"),),
            fixed=(
                FixedLine(
                    mark("at man må bygge det, planen allerede giver lov til"), Constraint.LEGAL, mark("Lokalplanen")
                ),
            ),
            steps=((StepKind.DELEGATED, ""),),
            report_days=10,
            decision_days=28,
        ),
        CaseType.TRAFFIC: Prefill(
            level=Level.HEARING,
            level_reason=mark("De, der færdes her hver dag, ved mest om, hvordan det virker."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="none",
            days=21,
            open=(mark("hvor det skal ligge"), mark("belysning, beplantning og skilte")),
            fixed=(
                FixedLine(mark("hvor mange penge der er til det"), Constraint.ECONOMIC, mark("Budgettet")),
                FixedLine(mark("hvor bred vejen skal være"), Constraint.LEGAL, mark("Vejreglerne")),
            ),
            parties=((mark("Politiet"), Capacity.AUTHORITY), _DISABILITY),
        ),
        CaseType.POLICY: Prefill(
            level=Level.HEARING,
            level_reason=mark("Politikken gælder for mange, og ordene ligger ikke fast."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="none",
            days=42,
            open=(mark("mål og ord i politikken"), mark("hvad vi skal gøre først")),
            fixed=(
                FixedLine(mark("hvor mange penge der er til det"), Constraint.ECONOMIC, mark("Budgettet")),
                FixedLine(mark("det, som loven siger, vi skal"), Constraint.LEGAL),
            ),
            parties=(_SENIOR, _DISABILITY),
        ),
        CaseType.SCHOOL: Prefill(
            level=Level.HEARING,
            level_reason=mark("En ændring af skolerne skal i høring og berører mange familier."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="skole-700",
            days=56,
            open=(mark("hvornår det sker, og i hvilken rækkefølge"), mark("hvordan børnene kommer godt i gang")),
            fixed=(FixedLine(mark("hvor mange penge der er til skolerne"), Constraint.ECONOMIC, mark("Budgettet")),),
            parties=((mark("Skolebestyrelsen"), Capacity.COUNCIL), (mark("MED-udvalget"), Capacity.COUNCIL)),
            decision_days=84,
        ),
        CaseType.IDEAS: Prefill(
            level=Level.COCREATION,
            level_reason=mark("Vi har ikke et færdigt forslag. Vi vil gerne have idéer, før vi tegner noget."),
            wide_interest=True,
            round_kind=RoundKind.IDEAS,
            legal_basis="none",
            days=42,
            open=(mark("hvad der skal være her"), mark("hvordan det skal bruges og se ud")),
            fixed=(FixedLine(mark("hvor mange penge der er til det"), Constraint.ECONOMIC, mark("Budgettet")),),
            decision_days=84,
        ),
        CaseType.BUDGET: Prefill(
            level=Level.HEARING,
            level_reason=mark("Budgettet berører mange, og forslagene er ikke vedtaget."),
            wide_interest=True,
            round_kind=RoundKind.HEARING,
            legal_basis="none",
            days=14,
            open=(mark("hvilke forslag vi skal vælge"),),
            fixed=(
                FixedLine(
                    mark("hvor mange penge kommunen må bruge i alt"),
                    Constraint.LEGAL,
                    mark("Aftalen mellem staten og kommunerne"),
                ),
            ),
            parties=(_SENIOR, _DISABILITY, (mark("Hoved-MED"), Capacity.COUNCIL)),
            steps=((StepKind.FINANCE, mark("Økonomiudvalget")), (StepKind.COUNCIL, "")),
            report_days=8,
            decision_days=28,
        ),
    }
)
