"""Finding what somebody tells of health and of other people: sentences about a person, names behind a relation.

Words about illness in general ("luften er dårlig for børn med astma") are no secret; about somebody in particular
they are (databeskyttelsesforordningen art. 9). Every pattern reads in linear time.
"""

import re
from collections.abc import Iterable, Iterator

_NAME = r"[A-ZÆØÅÉ][a-zæøåéöäü]{1,30}(?:-[A-ZÆØÅÉ][a-zæøåéöäü]{1,30})?"
#: One to four names in a row, an initial among them.
_NAMES = rf"{_NAME}(?:[ ](?:[A-ZÆØÅ]\.[ ])?{_NAME}){{0,3}}"
_KIN = (
    "mor|far|moster|faster|onkel|mormor|morfar|farmor|farfar|mand|kone|kæreste|ekskone|eksmand|søn|datter|bror|"
    "søster|barnebarn|barn|dreng|pige|nabo|naboen|naboer|genbo|overbo|underbo|ven|veninde|kollega|svigermor|svigerfar|"
    "niece|nevø|kusine|fætter|svoger|svigerinde|lejer|udlejer"
)
_WORK = (
    "læge|lægen|lærer|læreren|pædagog|pædagogen|sagsbehandler|sagsbehandleren|inspektør|skoleleder|skolelederen|"
    "chauffør|chaufføren|formand|formanden|købmand|gårdejer|direktør|direktøren|ejeren|viceværten|viceværten"
)
_BEHIND = re.compile(
    rf"(?<!\w)(?:(?i:{_KIN}|{_WORK}|fru|frøken|familien|ægteparret)s?|(?i:hr)\.?|"
    r"(?i:jeg|han|hun|der|som) hedder|ved navn)"
    rf"[ ,]{{1,2}}(?P<name>{_NAMES})(?![\wæøå])"
)
#: A first name and a family name of the kinds that most Danes bear.
_FULL = re.compile(
    rf"(?<!\w)(?P<name>{_NAME}(?:[ ](?:[A-ZÆØÅ]\.|{_NAME})){{0,2}}[ ]"
    r"(?:[A-ZÆØÅ][a-zæøå]{1,20}(?:sen|gaard|gård|lund|holm|berg|dahl|bjerg|skov|toft|ballegaard)|"
    r"Møller|Lund|Holm|Dahl|Krogh?|Lind|Berg|Juhl?|Bach|Bech|Friis|Kjær|Kær|Koch|Skov|Winther|Vinther|Schmidt|"
    r"Schultz|Bruun|Brandt|Frandsen|Thomsen|Holst|Riis|Toft|Nørgaard|Søgaard|Damgaard|Dam|Krag|Munk|Vang))(?:s)?(?![\wæøå])"
)
_GREETING = re.compile(
    r"(?i:(?:med )?(?:venlige?|kærlige?|bedste|mange|de bedste|vh|mvh|hilsen|hilsner|kh)(?:[ ](?:hilsen|hilsner))?)"
    rf"[ ,.!]{{0,3}}(?:\s{{1,4}}|fra[ ])(?P<name>{_NAMES})(?=[ ]{{0,3}}(?:[,.\r\n]|$))"
)
_NO_NAMES = frozenset(
    {
        *("Byrådet", "Kommunen", "Kommune", "Forvaltningen", "Borgmesteren", "Danmark", "Jylland", "Fyn", "Sjælland"),
        *("Skolen", "Kirken", "Vejen", "Planen", "Udvalget", "Beboerne", "Naboerne", "Foreningen", "Elevrådet"),
        *("Alle", "Os", "Vi", "En", "Et", "Den", "Det", "De", "Borger", "Jeg", "Man", "Til", "Fra", "Lad", "Ved", "På"),
        *("Bevar", "Giv", "Flyt", "Byg", "Nord", "Nørre", "Sønder", "Øster", "Vester", "Gammel", "Ny", "Gamle", "Nye"),
    }
)
#: Words that end like a family name and are none.
_NO_LAST = re.compile(r"(?:[Ss]koven|bassen|klassen|massen|kassen|pensen|visen|prisen|grænsen)$")

#: Illness, treatment and what follows; a star stands for the rest of a word.
_ILLNESS = (
    "kræft*|leukæmi|lymfom*|brystkræft|prostatakræft|diabetes|sukkersyge|astma|allergi|allergiker|allergisk|epilepsi|"
    "lungesyg*|hjertesyg*|hjerteproblemer|hjertestop|blodprop*|hjerneblødning|hjernerystelse|sclerose|sklerose|"
    "parkinson|parkinsons|alzheimer|alzheimers|demens|dement*|gigt|leddegigt|slidgigt|fibromyalgi|migræne|psoriasis|"
    "depression*|depressiv|angstlidelse|angstanfald|bipolar*|skizofren*|psykose*|psykiatri*|adhd|add|autis*|asperger*|"
    "tourettes|ptsd|ocd|borderline|anoreksi|bulimi|spiseforstyrrelse|selvmord*|misbrug*|alkoholiker|alkoholisme|"
    "stofafhængig*|hiv|aids|hepatitis|covid*|senfølger|kemoterapi|kemo|strålebehandling|dialyse|insulin*|antabus|"
    "antidepressiv*|ritalin|metadon|sygemeldt|langtidssyg|dødssyg|førtidspension*|fleksjob*|handicappet|gravid|abort*|"
    "bevægelseshæmmet|svagtseende|blind|døv|hørehæmmet|lammet|spastiker|amputeret|fertilitetsbehandling|indlagt|"
    "opereret|diagnose*|invalid*|senil*|udviklingshæmmet|psykisk syg*|uhelbredeligt syg*|alvorligt syg*|kronisk syg*|"
    "kol(?=[ .,;:!?)]|$)|angst(?= og)"
).replace("*", r"\w{0,20}")
_WHO = (
    r"jeg|mig|min|mit|mine|han|ham|hans|hun|hende|hendes|vores|vor|"
    r"(?:en|et) (?:dreng|pige|mand|kvinde|nabo|søn|datter)|"
    rf"(?:{_KIN})(?:en|s)?"
)
_STOP = re.compile(r"[.!?\r\n]")
#: A sentence that never stops is read in pieces of this many characters.
_LONGEST = 400
_ABOUT = re.compile(rf"(?<!\w)(?:{_WHO})(?!\w)", re.IGNORECASE)
_ILL = re.compile(rf"(?<!\w)(?:{_ILLNESS})(?!\w)", re.IGNORECASE)
_ILL_AT_ALL = re.compile(rf"(?<!\w)(?:{_ILLNESS})(?!\w)")
#: A person further from the illness than this many characters is not marked with it.
_NEAR = 60

Stretch = tuple[int, int]


def health(text: str) -> list[Stretch]:
    """Where a sentence tells of the health of somebody in particular: from the person to the illness."""
    return _apart(_health(text)) if _ILL_AT_ALL.search(text.lower()) else []


def persons(text: str, name: str = "", known: str = "") -> list[Stretch]:
    """Where somebody is named: behind a relation or a title, by first and family name, or as who signs the letter.

    Args:
        name: somebody who is found wherever they are named.
        known: somebody whose name may stand there.
    """
    return [(start, end) for start, end in _apart(_persons(text, name)) if not known or text[start:end] not in known]


def _apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in order; of those that meet, one over all of them."""
    apart: list[Stretch] = []
    for start, end in sorted(stretches):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _sentences(text: str) -> Iterator[Stretch]:
    start = 0
    for stop in (*(match.end() for match in _STOP.finditer(text)), len(text)):
        for begin in range(start, stop, _LONGEST):
            yield begin, min(begin + _LONGEST, stop)
        start = stop


def _health(text: str) -> Iterator[Stretch]:
    for begin, stop in _sentences(text):
        ill = [match.span() for match in _ILL.finditer(text, begin, stop)]
        who = [match.span() for match in _ABOUT.finditer(text, begin, stop)] if ill else []
        for start, end in ill if who else ():
            nearest = min(who, key=lambda one: max(start - one[1], one[0] - end))
            near = max(start - nearest[1], nearest[0] - end) <= _NEAR
            yield (min(start, nearest[0]), max(end, nearest[1])) if near else (start, end)


def _persons(text: str, name: str) -> Iterator[Stretch]:
    greets = any(word in text.lower() for word in ("hils", "vh", "kh"))
    for pattern in (_BEHIND, _FULL, *((_GREETING,) if greets else ())):
        for match in pattern.finditer(text):
            named = match["name"]
            if not _NO_NAMES.intersection((named.split()[0], named.split()[-1])) and not _NO_LAST.search(named):
                yield match.span("name")
    for part in names_of(name):
        for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text):
            yield match.span()


def names_of(name: str) -> list[str]:
    """What somebody may be named by: all of it, what stands before a comma ("Inger Holmsted, formand"), and the family
    name and the first name by itself, where they are long enough to be no word of their own."""
    told = name.partition(",")[0].strip()
    parts = [part for part in told.split() if len(part) > 3 and part[:1].isupper()] if " " in told else []
    return list(dict.fromkeys(part for part in (name.strip(), told, *parts) if part))
