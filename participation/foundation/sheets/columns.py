"""Which column means what, and what its cells say: names and words in Danish, English and German."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeVar

from participation.rules.kinds import Capacity, Channel, Stance

Key = TypeVar("Key")

#: Field → the names its column goes by, the surest first.
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "høringssvar", "tekst", "text", "svar", "bemærkning", "bemærkninger", "kommentar", "forslag", "indlæg",
        "besked", "indhold", "beskrivelse", "fritekst", "contribution", "comment", "response", "answer",
        "proposal", "message", "body", "content", "description", "feedback", "words", "beitrag",
        "stellungnahme", "vorschlag", "kommentartext", "nachricht", "inhalt", "beschreibung", "anregung",
        "einwendung",
    ),
    "name": (
        "navn", "fulde navn", "afsender", "borger", "name", "full name", "sender", "author", "vorname nachname",
        "verfasser", "absender", "indsender", "respondent",
    ),
    "email": (
        "e-mail", "email", "mail", "e-mailadresse", "mailadresse", "e-mail address", "email address",
        "e-mail-adresse",
    ),
    "organisation": (
        "organisation", "virksomhed", "forening", "organization", "company", "association", "firma", "verein",
        "institution", "på vegne af", "on behalf of",
    ),
    "capacity": (
        "afsendertype", "rolle", "type", "svarer som", "capacity", "respondent type", "sender type", "role",
        "absendertyp", "art", "egenskab",
    ),
    "received_at": (
        "modtaget", "modtaget den", "dato", "modtagelsesdato", "indsendt", "indsendt den", "oprettet",
        "tidspunkt", "tidsstempel", "received", "received at", "date", "submitted", "submitted at", "timestamp",
        "created", "created at", "datum", "eingegangen", "eingangsdatum", "erstellt", "erstellt am", "sendt",
    ),
    "channel": ("kanal", "modtaget via", "channel", "source channel", "eingangsweg", "kanal/medium"),
    "external_id": (
        "id", "nr", "nr.", "nummer", "løbenummer", "journalnummer", "journalnr", "reference", "sagsnr",
        "external id", "number", "ref", "kennung", "lfd nr", "svar-id", "respons id", "response id",
    ),
    "language": ("sprog", "language", "lang", "sprache"),
    "place": (
        "sted", "adresse", "lokation", "vej", "område", "place", "location", "address", "area", "ort",
        "adresse/ort", "standort", "straße",
    ),
    "stance": ("holdning", "for eller imod", "stilling", "stance", "position", "support", "haltung", "zustimmung"),
    "label": (
        "emne", "kategori", "tema", "label", "category", "topic", "theme", "tag", "kategorie", "thema",
        "hovedemne",
    ),
}  # fmt: skip

CAPACITIES: dict[Capacity, tuple[str, ...]] = {
    Capacity.CITIZEN: (
        "citizen", "borger", "privat", "privatperson", "privat borger", "privatperson/borger", "individual",
        "private", "private citizen", "resident", "bürger", "bürgerin", "bürger/in", "einwohner",
    ),
    Capacity.NEIGHBOUR: ("neighbour", "neighbor", "nabo", "genbo", "nachbar", "nachbarin"),
    Capacity.BUSINESS: (
        "business", "virksomhed", "erhverv", "erhvervsdrivende", "firma", "company", "unternehmen", "butik",
    ),
    Capacity.ASSOCIATION: (
        "association", "forening", "organisation", "interesseorganisation", "grundejerforening",
        "boligforening", "ngo", "organization", "verein", "verband",
    ),
    Capacity.AUTHORITY: (
        "authority", "myndighed", "offentlig myndighed", "statslig myndighed", "region", "kommune",
        "public authority", "behörde",
    ),
    Capacity.LOCAL_COMMITTEE: ("local_committee", "lokaludvalg", "lokalråd", "local committee", "ortsbeirat"),
    Capacity.COUNCIL: (
        "council", "råd", "nævn", "råd eller bestyrelse", "bestyrelse", "skolebestyrelse", "ældreråd",
        "handicapråd", "råd/nævn", "board", "beirat", "vorstand",
    ),
}  # fmt: skip

CHANNELS: dict[Channel, tuple[str, ...]] = {
    Channel.WEB: (
        "web", "hjemmeside", "hjemmesiden", "online", "formular", "webformular", "website", "digitalt",
        "internet",
    ),
    Channel.EMAIL: ("email", "e-mail", "mail", "digital post"),
    Channel.LETTER: ("letter", "brev", "papir", "post", "paper", "brief"),
    Channel.PHONE: ("phone", "telefon", "opkald", "telefonisk", "call", "telephone"),
    Channel.COUNTER: (
        "counter", "skranke", "borgerservice", "personligt", "personligt fremmøde", "fremmøde", "in person",
        "persönlich",
    ),
    Channel.MEETING: ("meeting", "møde", "borgermøde", "workshop", "veranstaltung", "sitzung"),
}  # fmt: skip

STANCES: dict[Stance, tuple[str, ...]] = {
    Stance.FOR: (
        "for", "positiv", "støtter", "enig", "ja", "support", "supports", "positive", "agree", "yes", "dafür",
        "pro",
    ),
    Stance.AGAINST: (
        "against", "imod", "mod", "negativ", "uenig", "nej", "oppose", "negative", "disagree", "no", "dagegen",
        "contra",
    ),
    Stance.MIXED: (
        "mixed", "blandet", "både for og imod", "både og", "delvist", "gemischt", "teils teils", "neutral",
        "hverken eller",
    ),
    Stance.NONE: ("none", "ingen", "ved ikke", "ikke oplyst", "ikke sagt", "unknown", "keine"),
}  # fmt: skip

LANGUAGES: dict[str, tuple[str, ...]] = {
    "da": ("da", "dansk", "danish", "dänisch", "dan"),
    "en": ("en", "engelsk", "english", "englisch", "eng"),
    "de": ("de", "tysk", "german", "deutsch", "deu", "ger"),
    "sv": ("sv", "svensk", "swedish"),
    "no": ("no", "nb", "nn", "norsk", "norwegian"),
    "ar": ("ar", "arabisk", "arabic"),
    "uk": ("uk", "ukrainsk", "ukrainian"),
    "pl": ("pl", "polsk", "polish"),
    "tr": ("tr", "tyrkisk", "turkish"),
    "so": ("so", "somali"),
}  # fmt: skip


def guess_mapping(columns: Iterable[str]) -> dict[str, str]:
    """Field → column, where a column's name says plainly what it holds; each column is used once.

    The caseworker sees the guess and may change it.
    """
    folded = {column: fold(column) for column in columns}
    mapping: dict[str, str] = {}
    for exact in (True, False):
        for field, names in NAMES.items():
            if field in mapping:
                continue
            free = [column for column in folded if column not in mapping.values()]
            found = next((c for name in names for c in free if _matches(name, folded[c], exact=exact)), None)
            if found is not None:
                mapping[field] = found
    return mapping


def meaning(word: str, table: Mapping[Key, tuple[str, ...]]) -> Key | None:
    """The key of ``table`` that a cell's word stands for, or None."""
    said = fold(word)
    return next((key for key, words in table.items() if said in map(_ours, words)), None)


def fold(name: str) -> str:
    """A name without case, marks and doubled blanks: "Modtaget_den:" and "modtaget den" are one."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[\s_:*?()\[\]/.,-]+", " ", name).split())


@cache
def _ours(name: str) -> str:
    """`fold` of a word that stands in this file: there are some hundreds, asked for at every row."""
    return fold(name)


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(_ours(name))}\b")


def _matches(name: str, column: str, *, exact: bool) -> bool:
    """Whether a folded column goes by a name of ours; loosely, it is one of its words ("Dit høringssvar")."""
    if exact or len(_ours(name)) < 4:
        return column == _ours(name)
    return _word(name).search(column) is not None
