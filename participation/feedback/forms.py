"""What may arrive about feedback: a verdict, a reply, a follow-up, the end of a case."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField, validators

from participation.foundation import clock
from participation.foundation.forms import DayField, StaffForm, listed, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.rules import dates


class VerdictForm(StaffForm):
    """What a contributor found missing."""

    missing = TextAreaField(
        _l("Hvad mangler du svar på?"),
        [
            validators.InputRequired(_l("Skriv, hvad du mangler svar på.")),
            validators.Length(max=20_000, message=_l("Højst 20.000 tegn.")),
            plain,
        ],
        filters=[stripped],
    )


class ReplyForm(StaffForm):
    """The reply to what was missing."""

    words = TextAreaField(
        _l("Svar"), [validators.InputRequired(_l("Skriv et svar, før du sender det.")), plain], filters=[stripped]
    )


class FollowUpForm(StaffForm):
    """Something that is to be done after the decision."""

    words = TextAreaField(
        _l("Hvad skal ske?"),
        [validators.InputRequired(_l("Skriv, hvad der skal ske.")), plain],
        filters=[stripped],
        description=_l("Borgerne læser det."),
    )
    owner = StringField(
        _l("Hvem gør det?"),
        [validators.InputRequired(_l("Skriv, hvem der gør det.")), validators.Length(max=120), plain],
        filters=[stripped],
        description=_l("For eksempel: Vejafdelingen."),
    )
    due_on = DayField(_l("Senest"), [validators.Optional()])
    answer = SelectField(
        _l("Hvad kommer det af?"),
        coerce=int,
        default=0,
        description=_l("Så får de, der foreslog det, besked, når det er gjort."),
    )

    def offer(self, answers: Sequence[tuple[int, str]]) -> None:
        """Fill the list of what was answered."""
        self.answer.choices = listed([(0, _l("Ikke et bestemt svar")), *answers])


class HandOverForm(StaffForm):
    """Who has it from now on."""

    to = StringField(
        _l("Hvem har det nu?"),
        [validators.InputRequired(_l("Skriv, hvem der har det nu.")), validators.Length(max=160), plain],
        filters=[stripped],
    )


class DelayForm(StaffForm):
    """Why a promise is late, and the new day."""

    new_on = DayField(_l("Ny dato"), [validators.InputRequired(_l("Vælg dagen."))])
    reason = TextAreaField(
        _l("Hvorfor er det forsinket?"),
        [validators.InputRequired(_l("Skriv hvorfor. Alle kan læse det.")), validators.Length(max=1000), plain],
        filters=[stripped],
        description=_l("Alle kan læse det, og de, der venter, får besked."),
    )

    def check(self, today: date) -> bool:
        """The day is a working day that has not passed."""
        day = self.new_on.data
        if day is not None and (day < today or not dates.is_working_day(day, clock.closed)):
            self.new_on.errors = [_("Vælg en arbejdsdag, som ikke er gået.")]
            return False
        return True


class LessonForm(StaffForm):
    """What the case taught: three ticks at will, and one lesson."""

    asked_early = BooleanField(_l("Vi spurgte tidligt nok"))
    reached = BooleanField(_l("Vi nåede dem, det gælder for"))
    mattered = BooleanField(_l("Svarene gjorde en forskel"))
    words = TextAreaField(
        _l("Hvad vil du sige til den, der laver det næste gang?"),
        [validators.Length(max=4000), plain],
        filters=[stripped],
        description=_l("Kun medarbejdere læser det. Skriv ikke navne."),
        id="lesson-words",
    )


class CloseForm(StaffForm):
    """The end of a case."""

    nothing_follows = BooleanField(_l("Der er ingen opfølgning"))
