"""What may arrive about feedback: a verdict, a reply, a follow-up, the end of a case."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField, validators

from participation.foundation.forms import DayField, StaffForm, stripped
from participation.foundation.forms import no_odd_characters as plain


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


class HandOverForm(StaffForm):
    """Who has it from now on."""

    to = StringField(
        _l("Hvem har det nu?"),
        [validators.InputRequired(_l("Skriv, hvem der har det nu.")), validators.Length(max=160), plain],
        filters=[stripped],
    )


class CloseForm(StaffForm):
    """The end of a case."""

    nothing_follows = BooleanField(_l("Der er ingen opfølgning"))
