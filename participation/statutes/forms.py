"""What may arrive about the rule table and the closing days."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)
from wtforms.widgets import CheckboxInput, ListWidget

from participation.foundation.forms import DayField, StaffForm, listed, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.rules.legal import Complaint, LegalBasis

_needed = validators.InputRequired(_l("Udfyld feltet."))
_DAYS = [validators.InputRequired(_l("Skriv et tal, eller skriv 0.")), validators.NumberRange(0, 3650)]


class _Dated:
    """From when, why, and how sure it is: the same for every row."""

    source = StringField(_l("Kilde"), [_needed, validators.Length(max=300), plain], filters=[stripped])
    checked = DayField(
        _l("Hvornår er kilden læst?"),
        [validators.Optional()],
        description=_l("Lad feltet stå tomt, hvis ingen har læst efter."),
    )
    unsure = StringField(
        _l("Hvad mangler at blive bekræftet?"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("Lad feltet stå tomt, når en jurist har sagt ja til hele rækken."),
    )
    from_day = DayField(
        _l("Gælder fra"),
        [_needed],
        description=_l("I dag eller senere. Det, der er offentliggjort, beholder sine regler."),
    )
    reason = TextAreaField(
        _l("Hvorfor ændrer du reglen?"),
        [validators.InputRequired(_l("Skriv hvorfor.")), validators.Length(max=2000), plain],
        filters=[stripped],
        description=_l("For eksempel: Loven er ændret, og det står i Lovtidende."),
    )

    #: The fields that are the row's own.
    FIELDS: tuple[str, ...] = ()


class BasisForm(_Dated, StaffForm):
    """A legal basis: how long, what wait, which words."""

    name = StringField(_l("Navn"), [_needed, validators.Length(max=160), plain], filters=[stripped])
    section = StringField(_l("Paragraf"), [_needed, validators.Length(max=160), plain], filters=[stripped])
    minimum_days = IntegerField(
        _l("Kortest lovlige høring, dage"), _DAYS, description=_l("Den dag, den offentliggøres, tæller ikke med.")
    )
    advised_days = IntegerField(_l("Vi anbefaler mindst, dage"), _DAYS)
    waiting_days = IntegerField(_l("Ventetid fra frist til beslutning, dage"), _DAYS)
    waiting_days_after_objections = IntegerField(_l("Ventetid, når nogen har gjort indsigelse, dage"), _DAYS)
    lapses_after_years = IntegerField(
        _l("Forslaget falder bort efter, år"), [validators.Optional(), validators.NumberRange(1, 30)]
    )
    decide_before = StringField(
        _l("Skal besluttes før, dag og måned"),
        [validators.Optional(), validators.Regexp(r"^\d{1,2}\.\d{1,2}\.?$", message=_l("Skriv det som 1.3."))],
        filters=[stripped],
        description=_l("I det år, ændringen træder i kraft. For eksempel 1.3."),
    )
    legal_text = TextAreaField(
        _l("Det betyder forslaget, mens det er i høring"), [validators.Length(max=4000), plain], filters=[stripped]
    )

    FIELDS = (
        *("name", "section", "minimum_days", "advised_days", "waiting_days", "waiting_days_after_objections"),
        *("lapses_after_years", "decide_before", "legal_text", "source", "checked", "unsure"),
    )

    def validate_decide_before(self, field: StringField) -> None:
        """A day that there is in every year."""
        try:
            _day_and_month(field.data or "")
        except ValueError as wrong:
            raise ValidationError(_("Skriv det som 1.3.")) from wrong

    @property
    def values(self) -> dict[str, Any]:
        """The row's fields as they were typed."""
        return {name: self[name].data for name in self.FIELDS} | {
            "decide_before": _day_and_month(self.decide_before.data or "")
        }


def _day_and_month(text: str) -> tuple[int, int] | None:
    """``1.3.`` as ``(3, 1)``; nothing as nothing."""
    if not text:
        return None
    day, month = (int(part) for part in text.rstrip(".").split("."))
    date(2027, month, day)
    return month, day


class ComplaintForm(_Dated, StaffForm):
    """A choice of complaint guidance: where, by when, in which words."""

    name = StringField(_l("Navn"), [_needed, validators.Length(max=160), plain], filters=[stripped])
    words = TextAreaField(
        _l("Vejledningen"),
        [_needed, validators.Length(max=2000), plain],
        filters=[stripped],
        description=_l("Skriv %(last_day)s dér, hvor den sidste dag skal stå."),
    )
    weeks = IntegerField(_l("Frist i uger"), [_needed, validators.NumberRange(0, 52)])
    months = IntegerField(_l("Frist i måneder"), [_needed, validators.NumberRange(0, 24)])
    has_fee = BooleanField(_l("Det koster et gebyr at klage"))

    FIELDS = ("name", "words", "weeks", "months", "has_fee", "source", "checked", "unsure")

    def validate_words(self, field: TextAreaField) -> None:
        """The last day stands in it where there is a deadline, and nothing else is to be filled in."""
        around = (field.data or "").split("%(last_day)s")
        if any("%" in words for words in around):
            raise ValidationError(_("Der er et procenttegn for meget. Skriv kun %(last_day)s."))
        if bool(self.weeks.data or self.months.data) and len(around) == 1:
            raise ValidationError(_("Skriv %(last_day)s dér, hvor den sidste dag skal stå."))

    @property
    def values(self) -> dict[str, Any]:
        """The row's fields as they were typed."""
        return {name: self[name].data for name in self.FIELDS}


def form_of(row: LegalBasis | Complaint, today: date) -> BasisForm | ComplaintForm:
    """The form of a row, filled with what it says."""
    form = BasisForm if isinstance(row, LegalBasis) else ComplaintForm
    filled = {name: getattr(row, name) for name in form.FIELDS} | {"from_day": today}
    if filled.get("decide_before"):
        month, day = filled["decide_before"]
        filled["decide_before"] = f"{day}.{month}."
    return form(data=filled)


class ClosingDaysForm(StaffForm):
    """When the town hall is closed, besides weekends and public holidays."""

    every_year = SelectMultipleField(
        _l("Lukket hvert år"),
        choices=listed(
            [("06-05", _l("Grundlovsdag, 5. juni")), ("12-24", _l("24. december")), ("12-31", _l("31. december"))]
        ),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    own = TextAreaField(
        _l("Andre lukkedage"),
        [validators.Length(max=10000), plain],
        filters=[stripped],
        description=_l("Én på hver linje: datoen og, hvis du vil, et navn. For eksempel: 07.05.2027 Klemmedag."),
    )

    def validate_own(self, field: TextAreaField) -> None:
        """Each line begins with a day."""
        read_days(field.data or "")

    @property
    def days(self) -> list[tuple[date, str]]:
        """The single days and what they are called."""
        return read_days(self.own.data or "")


def read_days(text: str) -> list[tuple[date, str]]:
    """Lines of a day and a name.

    Raises:
        ValidationError: a line begins with no day.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        typed, _space, name = line.strip().partition(" ")
        if not typed:
            continue
        try:
            found.append((_typed_day(typed.rstrip(";,:")), name.strip(" ;,:")[:80]))
        except ValueError as wrong:
            raise ValidationError(_("Linje %(number)s begynder ikke med en dato som 07.05.2027.", number=number)) from (
                wrong
            )
    return found


def _typed_day(text: str) -> date:
    if "." not in text:
        return date.fromisoformat(text)
    day, month, year = (int(part) for part in text.split("."))
    return date(year, month, day)


def written(own: list[list[str]]) -> str:
    """The single days as they are typed."""
    days = ((date.fromisoformat(day), name) for day, name in own)
    return "\n".join(f"{day:%d.%m.%Y} {name}".strip() for day, name in days)
