"""The sentences of a white paper: the same on the page, in the PDF and in Word."""

from collections.abc import Iterable, Sequence
from enum import Enum

from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from participation.foundation import clock
from participation.reports.paper import (
    Alternative,
    Approved,
    Assessment,
    Choice,
    Counts,
    Entry,
    Facts,
    Figures,
    Invited,
    Method,
    Own,
    Paper,
    Period,
    Quote,
    Reply,
    Section,
    StepFact,
    Unshown,
)
from participation.rules.kinds import Capacity, Kind, Rendition, StepKind
from participation.rules.phases import Arrival
from participation.rules.words import danish


def word(member: Enum) -> str:
    """A domain word in the reader's language."""
    return gettext(danish(member))


def capital(words: str) -> str:
    """The same words with a capital first letter."""
    return words[:1].upper() + words[1:]


def title(paper: Paper) -> str:
    """What the paper is called: "Hvidbog: Ny skolevej ved Engparken"."""
    return _("Hvidbog: %(title)s", title=paper.facts.title)


# -- how many, and who ------------------------------------------------------------------------------------------------


def senders(counts: Counts, short: bool = False) -> str:
    """How many say so, in words ("14 borgere, 1 myndighed, lokaludvalget") or in short codes ("(14, O, LU)")."""
    if short:
        return "(" + ", ".join(_code(capacity, many) for capacity, many in _shortened(counts)) + ")"
    return ", ".join(_many(capacity, many) for capacity, many in counts)


def _many(capacity: Capacity, many: int) -> str:
    if capacity is Capacity.CITIZEN:
        return ngettext("%(num)s borger", "%(num)s borgere", many)
    if capacity is Capacity.NEIGHBOUR:
        return ngettext("%(num)s nabo", "%(num)s naboer", many)
    if capacity is Capacity.BUSINESS:
        return ngettext("%(num)s virksomhed", "%(num)s virksomheder", many)
    if capacity is Capacity.ASSOCIATION:
        return ngettext("%(num)s forening", "%(num)s foreninger", many)
    if capacity is Capacity.AUTHORITY:
        return ngettext("%(num)s myndighed", "%(num)s myndigheder", many)
    if capacity is Capacity.LOCAL_COMMITTEE:
        return _("lokaludvalget") if many == 1 else _("%(num)s svar fra lokaludvalg", num=many)
    return ngettext("%(num)s råd eller bestyrelse", "%(num)s råd eller bestyrelser", many)


#: Whom a short code stands for.
_CODES = {
    Capacity.CITIZEN: "",
    Capacity.NEIGHBOUR: "",
    Capacity.BUSINESS: "O",
    Capacity.ASSOCIATION: "O",
    Capacity.AUTHORITY: "M",
    Capacity.LOCAL_COMMITTEE: "LU",
    Capacity.COUNCIL: "R",
}


def _shortened(counts: Counts) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for capacity, many in counts:
        found[_CODES[capacity]] = found.get(_CODES[capacity], 0) + many
    return list(found.items())


def _code(code: str, many: int) -> str:
    return str(many) if not code else code if many == 1 else f"{many} {code}"


def legend() -> str:
    """What the short codes mean."""
    return _(
        "I parentes står, hvor mange der har skrevet om emnet: tallet er borgere, O er virksomheder og foreninger, "
        "M er myndigheder, LU er lokaludvalg, og R er råd og bestyrelser."
    )


def numbered(numbers: Sequence[int]) -> str:
    """``3–5, 8``: the numbers with runs of three and more drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def listed(numbers: Sequence[int]) -> str:
    """``Nr. 3–5, 8``."""
    return _("Nr. %(numbers)s", numbers=numbered(numbers)) if numbers else ""


def some(numbers: Sequence[int], most: int = 12) -> str:
    """``Nr. 3–5, 8 og 174 flere``: enough to see where it comes from; all of them stand with the topic."""
    if len(numbers) <= most:
        return listed(numbers)
    told, more = listed(numbers[:most]), len(numbers) - most
    return ngettext("%(told)s og %(num)s til", "%(told)s og %(num)s til", more, told=told)


def different(numbers: Sequence[int]) -> str:
    """What stands above the reason why some who ask for the same are advised differently."""
    return _("Derfor har ens ønsker fået forskellig indstilling (nr. %(numbers)s)", numbers=numbered(numbers))


def label(entry: Entry) -> str:
    """``Høringssvar nr. 49``."""
    return _("%(kind)s nr. %(number)s", kind=capital(word(entry.kind)), number=entry.number)


def sender(entry: Entry | Quote | Own | Alternative) -> str:
    """Who it is from as far as this rendition may say: a name, else what they speak as."""
    return entry.sender or capital(word(entry.capacity))


def about(entry: Entry) -> str:
    """Whom it speaks as, when and how it came, and what a reader should know of it."""
    facts = [word(entry.capacity)] if entry.sender else []
    facts.append(clock.short_day(entry.received_at))
    facts.append(word(entry.channel))
    if entry.represents:
        facts.append(_("på vegne af %(who)s", who=entry.represents))
    if entry.arrival is not Arrival.IN_TIME:
        facts.append(word(entry.arrival))
    if entry.retold:
        facts.append(_("gengivet af en medarbejder"))
    if entry.parent:
        facts.append(_("kommentar til nr. %(number)s", number=entry.parent))
    if entry.sent_on_to:
        facts.append(_("sendt videre til %(who)s", who=entry.sent_on_to))
    if entry.disputed:
        facts.append(_("ejeren af e-mailen siger, at det er sendt af en anden"))
    if entry.hidden_reason is not None:
        facts.append(_("vises ikke på siden: %(reason)s", reason=word(entry.hidden_reason)))
    return " · ".join(facts)


def silence(entry: Entry) -> str:
    """Why the words are not there; empty when they are."""
    if entry.words:
        return ""
    if not entry.shown:
        if entry.hidden_reason is not None:
            return _("Vises ikke, fordi det %(reason)s.", reason=word(entry.hidden_reason))
        return _("Ordene vises ikke på siden. Byrådet og medarbejderne kan læse dem.")
    if entry.files or entry.file_words:
        return _("Svaret ligger i de filer, der fulgte med.")
    return _("Svaret er ikke skrevet i ord.")


def quoted_by(quote: Quote | Own) -> str:
    """``Nr. 49, Engelund Cyklister``."""
    return _("Nr. %(number)s, %(who)s", number=quote.number, who=quote.sender or word(quote.capacity))


# -- replies ----------------------------------------------------------------------------------------------------------


def recommended(reply: Reply | None) -> str:
    """The recommendation in words, with whom it was passed on to."""
    if reply is None or reply.recommendation is None:
        return _("mangler svar")
    said = word(reply.recommendation)
    return _("%(said)s til %(who)s", said=said, who=reply.passed_on_to) if reply.passed_on_to else said


def reasons(reply: Reply | None, paper: Paper) -> list[tuple[str, str]]:
    """What stands beside the recommendation: pairs of a name and the words."""
    if reply is None:
        return []
    changes = [f"{place}. {paper.changes[place - 1].place}" for place in reply.changes if place <= len(paper.changes)]
    return [*grounds(reply), *([(_("Ændring"), "; ".join(changes))] if changes else [])]


def grounds(reply: Reply) -> list[tuple[str, str]]:
    """Why the administration recommends so, and what it can do instead: pairs of a name and the words."""
    pairs = [
        (_("Begrundelse"), reply.reason),
        (_("Faglig begrundelse"), reply.professional_reason),
        (_("Det kan vi i stedet"), reply.alternative),
    ]
    return [(name, words) for name, words in pairs if words]


def why(choice: Choice) -> str:
    """Why the council is asked to choose here."""
    if choice.why == "many":
        return _("Vi siger nej eller delvist nej til mange: %(who)s.", who=senders(choice.counts))
    if choice.why == "body":
        return _("Vi siger nej eller delvist nej til %(who)s.", who=senders(choice.counts))
    return _("Vi siger nej eller delvist nej til mange, også til en myndighed, et råd eller et udvalg: %(who)s.",
             who=senders(choice.counts))  # fmt: skip


# -- the case ---------------------------------------------------------------------------------------------------------


def period(one: Period) -> str:
    """``Høring fra 23. oktober 2026 til og med 14. december 2026``."""
    if one.opens_on is None or one.last_day is None:
        return word(one.kind)
    return _(
        "%(kind)s fra %(first)s til og med %(last)s",
        kind=word(one.kind),
        first=clock.short_day(one.opens_on),
        last=clock.short_day(one.last_day),
    )


def basis(one: Period) -> str:
    """The legal basis with its section."""
    return f"{one.basis} ({one.section})" if one.section and one.section != one.basis else one.basis


def steps(facts: Facts) -> list[str]:
    """The steps of the decision with their dates as known when the paper was made."""
    lines = []
    for step in facts.steps:
        line = step.body or word(step.kind)
        if step.met_on is not None:
            line = f"{line}: {clock.short_day(step.met_on)}"
        elif step.planned_on is not None:
            line = _("%(body)s: %(day)s (forventet)", body=line, day=clock.short_day(step.planned_on))
        lines.append(f"{line}, {_became(step)}" if step.result is not None else line)
    return lines


def _became(step: StepFact) -> str:
    if step.kind is StepKind.HEARING:
        return _("sendt i høring")
    return word(step.result) if step.result is not None else ""


def decided(facts: Facts) -> list[StepFact]:
    """The steps of which the result is known; sending a proposal out to be heard decides nothing."""
    return [step for step in facts.steps if step.result is not None and step.kind is not StepKind.HEARING]


def decision(step: StepFact) -> list[tuple[str, str]]:
    """What a body decided: when, what, on what grounds, by what votes, and what the minority said (RP-26)."""
    rows = [
        (_("Møde"), clock.day(step.met_on)),
        (_("Resultat"), capital(word(step.result)) if step.result is not None else ""),
        (_("Begrundelse"), step.grounds),
        (_("Lovgrundlag"), step.legal_ground),
        (_("Stemmer"), step.votes),
        (_("Mindretallet"), step.dissent),
    ]
    return [(name, words) for name, words in rows if words]


def heard(one: Invited) -> tuple[str, str, str, str]:
    """A party's row: name, asked, reminded, answered; a tick has its date beside it."""
    answered = _tick(one.answered_on)
    if not answered and one.agreed_on is not None:
        answered = _("aftalt frist %(day)s", day=clock.short_day(one.agreed_on))
    return one.name, _tick(one.invited_on), _tick(one.reminded_on), answered or _("har ikke svaret")


def _tick(day: object) -> str:
    return f"✓ {clock.short_day(day)}" if day is not None else ""  # type: ignore[arg-type]


def came_in(figures: Figures) -> str:
    """``Der kom 48 høringssvar og 3 spørgsmål``; withdrawn ones are told too."""
    if not figures.received and not figures.withdrawn:
        return _("Der kom ingen høringssvar.")
    kinds = [_kinds(kind, many) for kind, many in figures.kinds]
    if not kinds:
        told = _("Der er ingen høringssvar tilbage.")
    elif len(kinds) == 1:
        told = _("Der kom %(what)s.", what=kinds[0])
    else:
        told = _("Der kom %(what)s og %(last)s.", what=", ".join(kinds[:-1]), last=kinds[-1])
    if figures.withdrawn:
        told += " " + ngettext("%(num)s er trukket tilbage.", "%(num)s er trukket tilbage.", figures.withdrawn)
    return told


def _kinds(kind: Kind, many: int) -> str:
    if kind is Kind.RESPONSE:
        return ngettext("%(num)s høringssvar", "%(num)s høringssvar", many)
    if kind is Kind.QUESTION:
        return ngettext("%(num)s spørgsmål", "%(num)s spørgsmål", many)
    if kind is Kind.PROPOSAL:
        return ngettext("%(num)s forslag", "%(num)s forslag", many)
    if kind is Kind.REVISION:
        return ngettext("%(num)s ændringsforslag", "%(num)s ændringsforslag", many)
    return ngettext("%(num)s kommentar", "%(num)s kommentarer", many)


def figure_tables(figures: Figures) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """Caption, heading and rows of each table of figures."""
    tables = [
        (_("Hvem har skrevet"), _("Afsender"), [(capital(word(one)), many) for one, many in figures.capacities]),
        (_("Hvordan det kom ind"), _("Vej"), [(capital(word(one)), many) for one, many in figures.channels]),
        (_("Hvornår det kom ind"), _("Tid"), [(capital(word(one)), many) for one, many in figures.arrivals]),
        (
            _("Hvor godt vi kender afsenderen"),
            _("Afsender"),
            [(capital(word(one)), many) for one, many in figures.known],
        ),
        (
            _("Hvad forvaltningen indstiller"),
            _("Indstilling"),
            [(capital(word(one)), many) for one, many in figures.recommendations],
        ),
    ]
    if figures.areas:
        rows = [
            *figures.areas,
            *([(_("Andre steder eller ikke oplyst"), figures.elsewhere)] if figures.elsewhere else []),
        ]
        tables.append((_("Hvor afsenderne bor"), _("Postnummer"), rows))
    return [table for table in tables if table[2]]


def method(one: Method) -> list[str]:
    """How the points came under their topics, and what that can and cannot do, in plain words."""
    told = [
        _(
            "Vi har delt svarene op i punkter, der hver siger én ting: %(points)s punkter fra %(num)s svar.",
            points=one.points,
            num=one.contributions,
        )
    ]
    if one.by_machine:
        told.append(
            _(
                "Et program har foreslået, hvilke punkter der hører sammen. Det sammenligner de ord, folk har brugt. "
                "Det forstår ikke ordene, og det skriver ikke noget selv. Samme ord giver altid samme forslag."
            )
        )
        told.append(
            _(
                "Programmet kan tage fejl, for eksempel ved ironi, sjældne ord og andre sprog end dansk. "
                "Derfor har medarbejderne set forslagene igennem og givet emnerne deres navne."
            )
        )
    if one.moved:
        told.append(
            ngettext(
                "En medarbejder har selv lagt %(num)s punkt på plads.",
                "Medarbejderne har selv lagt %(num)s punkter på plads.",
                one.moved,
            )
        )
    if one.left_over:
        told.append(
            ngettext(
                "%(num)s punkt passer ikke i noget emne. Det står for sig selv med sit eget svar.",
                "%(num)s punkter passer ikke i noget emne. De står for sig selv med hver deres svar.",
                one.left_over,
            )
        )
    told.append(_("Citaterne er borgernes egne ord. Et resumé er altid skrevet af forvaltningen og mærket sådan."))
    return told


def assessed(one: Assessment) -> str:
    """The assessment under planloven § 27(2) in one sentence."""
    if one.changed is None:
        return _("Forvaltningen har ikke vurderet det endnu.")
    if one.changed:
        return _("Ændringerne berører andre så meget, at de skal have mulighed for at udtale sig, før planen vedtages.")
    return _("Ændringerne er ikke så store, at der skal holdes en ny høring.")


def approved(one: Approved) -> str:
    """Who approved the note and when."""
    if one.own:
        return _("Behandlet af én medarbejder, %(day)s. %(words)s", day=clock.short_day(one.on), words=one.words)
    return _("Godkendt af %(who)s, %(day)s.", who=one.by, day=clock.short_day(one.on))


def since(changed: Iterable[tuple[str, tuple[int, ...]]]) -> list[str]:
    """What changed since the version before, one sentence each."""
    said = {
        "new": _("Nye svar er kommet med: nr. %(numbers)s."),
        "recommendation": _("Indstillingen er ny for nr. %(numbers)s."),
        "reply": _("Forvaltningens bemærkninger er rettet for nr. %(numbers)s."),
        "hidden": _("Vises ikke længere: nr. %(numbers)s."),
        "shown": _("Vises nu: nr. %(numbers)s."),
        "withdrawn": _("Er trukket tilbage: nr. %(numbers)s."),
        "changes": _("Ændringerne i forslaget er rettet."),
        "overall": _("Den samlede indstilling er rettet."),
        "form": _("Svarene er ordnet på en anden måde."),
        "facts": _("Sagens oplysninger er rettet."),
        "withdrawn_version": _("Den forrige udgave er taget tilbage."),
    }
    return [said[what] % {"numbers": numbered(numbers)} for what, numbers in changed if what in said]


def left_out(paper: Paper) -> list[tuple[str, str]]:
    """What is told by number alone, and why: hidden, sent twice, withdrawn, too late for everything."""
    told = [(_("Vises ikke"), _unshown(one)) for one in paper.hidden]
    told += [
        (_("Sendt to gange"), _("Nr. %(number)s er det samme som nr. %(first)s", number=number, first=first))
        for number, first in paper.twins
    ]
    for section, name in (
        (Section.WITHDRAWN, _("Trukket tilbage")),
        (Section.AFTERWARDS, _("Modtaget efter beslutningen")),
    ):
        if numbers := paper.numbers(section):
            told.append((name, listed(numbers)))
    return told


def _unshown(one: Unshown) -> str:
    said = _("Nr. %(number)s, fordi det %(reason)s.", number=one.number, reason=word(one.reason))
    advice = [f"{capital(recommended(reply))}. {reply.reason}".strip() for reply in one.replies]
    return " ".join((said, *([_("Forvaltningen indstiller: %(what)s", what=" ".join(advice))] if advice else [])))


def rendition(paper: Paper) -> str:
    """``Hvidbog, version 2, offentlig udgave``."""
    if paper.version is None:
        return _("Udkast til hvidbog, %(which)s", which=word(paper.rendition))
    return _("Hvidbog, version %(number)s, %(which)s", number=paper.version, which=word(paper.rendition))


def reader(paper: Paper) -> str:
    """Who may read this rendition, and what is left out of it."""
    if paper.rendition is Rendition.PUBLIC:
        return _(
            "Offentlig udgave. Her står de ord, der er vist på siden. Svar, der ikke vises, står med nummer og grund. "
            "Navne på private står her kun, når de selv har ønsket det."
        )
    return _(
        "Sagens udgave til byrådet og medarbejderne. Her står alle svar i deres fulde længde, også dem, der ikke vises "
        "på siden. Adresser uden for selve svarene står her ikke."
    )
