"""What a caseworker is told about a file, in plain Danish: what is wrong, and what to do."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from .model import Barrier, Fault, Note


def fault_words(fault: Fault) -> str:
    """One sentence on why a file could not be read."""
    match fault:
        case Fault.EMPTY:
            return _("Filen er tom, så gem den igen, og prøv en gang til.")
        case Fault.NOT_MAIL:
            return _("Filen ligner ikke en mail, så gem mailen igen fra dit mailprogram, og prøv en gang til.")
        case Fault.CUT_MAIL:
            return _("Mailen er skåret af før teksten, så gem den igen fra dit mailprogram, og prøv en gang til.")
        case Fault.LOCKED:
            return _("Filen er låst med en kode, så fjern koden, og læg filen ind igen.")
        case Fault.OLD_WORD:
            return _("Filen er fra et gammelt program, så gem den som .docx eller PDF, og prøv igen.")
        case Fault.UNKNOWN:
            return _("Vi kan ikke læse den slags fil, så gem den som PDF, Word (.docx) eller tekst, og prøv igen.")
        case Fault.TOO_HEAVY:
            return _("Filen er for tung at læse, så del den i mindre filer, eller skriv teksten ind selv.")
        case Fault.DAMAGED:
            return _("Filen er gået i stykker, så åbn den hos dig selv, gem den igen, og prøv en gang til.")


def note_words(note: Note, detail: str) -> str:
    """One sentence on what a person must look at."""
    match note:
        case Note.NO_TEXT:
            return _("Siderne er billeder uden tekst, så læs filen, og skriv teksten ind selv.")
        case Note.BLANK_PAGES:
            return _("Side %(pages)s har ingen tekst, så se efter i filen.", pages=detail)
        case Note.NO_WORDS:
            return _("Vi fandt ingen tekst, så se efter i filen eller i det, der er vedhæftet.")
        case Note.NO_SENDER:
            return _("Der står ikke, hvem der har sendt mailen, så skriv det selv.")
        case Note.NO_DATE:
            return _("Der står ikke, hvornår mailen er sendt, så skriv selv, hvornår I fik den.")
        case Note.PICTURES:
            return _("Der er billeder i filen, og dem kan du kun se i selve filen.")
        case Note.CUT:
            return _("Teksten er meget lang, så vi har kun taget det første med. Resten står i filen.")
        case Note.MIXED:
            return _("Der er svaret midt i en ældre mail, så læs det hele igennem, og fjern det gamle.")
        case Note.FORWARDED:
            return _("Mailen er sendt videre fra en anden, så tjek, hvem der har skrevet den.")
        case Note.NESTED:
            return _("Der ligger en mail i mailen. Du finder den som en vedhæftet fil.")
        case Note.ENCRYPTED:
            return _("Mailen er krypteret, så åbn den i dit mailprogram, og gem den uden kryptering.")
        case Note.NOT_WHOLE:
            return _("Mailen er måske ikke hel, så sammenlign den med den, I fik.")
        case Note.MISREAD:
            return _("Nogle tegn kunne ikke læses, så tjek teksten mod filen.")


def barrier_words(barrier: Barrier, many: int) -> str:
    """One sentence on what keeps some people out, and one on what to do."""
    match barrier:
        case Barrier.SCAN:
            return _("Siderne er billeder uden tekst. Læg også teksten ved, så den kan læses højt.")
        case Barrier.UNTAGGED:
            return _("PDF'en er ikke mærket op. Gem den igen fra Word med »mærker til tilgængelighed« slået til.")
        case Barrier.NO_ALTERNATIVE:
            return ngettext(
                "%(num)s billede har ingen alternativ tekst. Skriv med få ord, hvad det viser.",
                "%(num)s billeder har ingen alternativ tekst. Skriv med få ord, hvad de viser.",
                many,
            )
