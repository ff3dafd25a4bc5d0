"""What may arrive from those who write together. A wrong form keeps every typed word."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)
from wtforms.widgets import HiddenInput

from participation.contributions.forms import WriteForm, cvr_number
from participation.foundation import markup
from participation.foundation.forms import StaffForm, choices, listed, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.personal import cpr_numbers
from participation.rules.kinds import PRIVATE, Capacity, Kind

#: Bodies that can write together; the first is the most common.
BODIES = (Capacity.ASSOCIATION, *(one for one in Capacity if one not in PRIVATE and one is not Capacity.ASSOCIATION))
_MOST_WHO_APPROVE = 30


def _email(label: Any, missing: Any) -> EmailField:
    return EmailField(
        label,
        [
            validators.InputRequired(missing),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254),
        ],
        filters=[stripped],
    )


class NameForm(StaffForm):
    """Somebody says yes to be with them, with a name."""

    name = StringField(
        _l("Dit navn"),
        [
            validators.DataRequired(_l("Skriv dit navn, så de andre kan se, hvem du er.")),
            validators.Length(max=160),
            plain,
        ],
        filters=[stripped],
    )

    def validate_name(self, field: StringField) -> None:
        """No CPR number where it is not needed (RE-26)."""
        if cpr_numbers(field.data or ""):
            raise ValidationError(gettext("Det ligner et CPR-nummer. Slet det. Vi skal ikke bruge det."))


class OpenForm(NameForm):
    """A workspace for a body: who it is, who opens it, and how many must approve."""

    organisation = StringField(
        _l("Navn på foreningen, rådet eller virksomheden"),
        [
            validators.DataRequired(_l("Skriv navnet på dem, I skriver for.")),
            validators.Length(max=160),
            plain,
        ],
        filters=[stripped],
    )
    capacity = SelectField(_l("Vi skriver som"), coerce=Capacity, default=Capacity.ASSOCIATION)
    cvr = StringField(
        _l("CVR-nummer"),
        [validators.Length(max=20), plain],
        filters=[stripped],
        description=_l("Otte cifre. Kun for en virksomhed eller forening, der har et."),
    )
    email = _email(_l("Din e-mail"), _l("Skriv din e-mail. Vi sender linket til den."))
    quorum = IntegerField(
        _l("Hvor mange skal godkende?"),
        [
            validators.Optional(),
            validators.NumberRange(
                2, _MOST_WHO_APPROVE, message=_l("Skriv et tal fra 2 til 30, eller lad feltet stå tomt.")
            ),
        ],
        description=_l("Lad feltet stå tomt, hvis alle, der er med, skal godkende."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.capacity.choices = choices(BODIES)

    def validate_cvr(self, field: StringField) -> None:
        """One that can exist, or none."""
        field.data = cvr_number(field.data or "")


class InviteForm(StaffForm):
    """Where a link for one more member is sent."""

    email = _email(_l("E-mail til et medlem"), _l("Skriv den e-mail, vi skal sende linket til."))


class TextForm(StaffForm):
    """The text as a member wants it to be, and the version that they had before them."""

    words = TextAreaField(_l("Jeres tekst"))
    based_on = IntegerField(default=0)

    def validate_words(self, field: TextAreaField) -> None:
        """Something must be said, and it must be possible to keep it exactly."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            raise ValidationError(gettext("Skriv noget, før du gemmer."))
        plain(self, field)


class OpinionForm(StaffForm):
    """Yes or no to a version, with a note to the others."""

    note = TextAreaField(
        _l("Besked til de andre"),
        [validators.Length(max=2000, message=_l("Der er plads til 2.000 tegn.")), plain],
        filters=[stripped],
    )
    show_name = BooleanField(
        _l("Vis mit navn på siden"),
        description=_l("Ellers skriver vi kun, hvor mange der har godkendt. Medarbejderne kan se navnene."),
    )


class RevisionForm(WriteForm):
    """Another version of a joint text; the words are the reason for it."""

    text = TextAreaField(_l("Teksten, som du vil have den"))
    based_on = IntegerField(default=0, widget=HiddenInput())

    def __init__(self, *args: Any, purpose: str, **kwargs: Any):
        super().__init__(*args, purpose=purpose, kind=Kind.REVISION, **kwargs)

    def validate_words(self, field: TextAreaField) -> None:
        """A reason, so that others can follow it."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            raise ValidationError(gettext("Skriv kort, hvorfor du vil ændre det."))
        plain(self, field)

    def validate_text(self, field: TextAreaField) -> None:
        """The whole text, as it can be kept exactly."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            raise ValidationError(gettext("Der skal stå en tekst. Skriv den, som du vil have den."))
        plain(self, field)

    def numbers_found(self) -> list[tuple[Field, int]]:
        """Where something looks like a CPR number, also in the text itself."""
        return [*super().numbers_found(), *((self.text, one.line) for one in cpr_numbers(self.text.data or ""))]


class JointTextForm(StaffForm):
    """A joint text that a planner begins."""

    title = StringField(
        _l("Hvad handler teksten om?"),
        [validators.DataRequired(_l("Giv teksten en overskrift.")), validators.Length(max=160), plain],
        filters=[stripped],
    )
    words = TextAreaField(
        _l("Begyndelsen"),
        [validators.DataRequired(_l("Skriv en begyndelse, som andre kan gå videre med.")), plain],
    )


class CloseForm(StaffForm):
    """Which version the work ends with."""

    final = SelectField(_l("Hvilken version slutter I med?"), coerce=int)

    def __init__(self, *args: Any, versions: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.final.choices = listed(versions)
