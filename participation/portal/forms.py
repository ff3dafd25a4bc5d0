"""What may arrive at the portal's own doors: an address to send news to, a number to ring."""

import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, RadioField, StringField, TextAreaField, ValidationError, validators

from participation.foundation import clock
from participation.foundation.forms import (
    OLD_KEY,
    SENT_FROM_ELSEWHERE,
    CitizenForm,
    StaffForm,
    fresh_key,
    listed,
    read_key,
    same_origin,
    stripped,
)
from participation.foundation.personal import cpr_numbers
from participation.projects.model import TalkSlot
from participation.rules.kinds import TalkWay
from participation.rules.words import danish


class _Keyed(CitizenForm):
    """A citizen's form with a signed key, so that it stays good for as long as the page is open."""

    key = HiddenField()

    def __init__(self, *args: object, purpose: str, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        if not self.key.data:
            self.key.data = fresh_key(purpose)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, the signed key and where the form came from; a stale key is replaced by a fresh one."""
        fine = super().validate(extra_validators)
        if read_key(self.key.data or "", self.purpose) is None:
            self.key.data, self.key.errors = fresh_key(self.purpose), [str(OLD_KEY)]
            return False
        if not same_origin():
            self.key.errors = [str(SENT_FROM_ELSEWHERE)]
            return False
        return fine


class FollowForm(_Keyed):
    """News of one project by e-mail."""

    email = EmailField(
        _l("E-mail"),
        [
            validators.InputRequired(_l("Skriv den e-mailadresse, vi skal sende nyt til.")),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254, message=_l("Adressen er for lang. Der er plads til 254 tegn.")),
        ],
        filters=[stripped],
    )


class LinkForm(StaffForm):
    """The address that a link to one's own page goes to."""

    email = EmailField(
        _l("Din e-mail"),
        [
            validators.InputRequired(_l("Skriv den e-mailadresse, vi skal sende linket til.")),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254, message=_l("Adressen er for lang. Der er plads til 254 tegn.")),
        ],
        filters=[stripped],
    )


class CallBackForm(_Keyed):
    """Whoever would rather talk: a name, a number, and when it suits."""

    name = StringField(
        _l("Navn"),
        [
            validators.InputRequired(_l("Skriv dit navn, så vi ved, hvem vi skal spørge efter.")),
            validators.Length(max=160),
        ],
        filters=[stripped],
    )
    phone = StringField(
        _l("Telefon"),
        [validators.InputRequired(_l("Skriv det nummer, vi skal ringe til.")), validators.Length(max=40)],
        filters=[stripped],
    )
    suits = StringField(
        _l("Hvornår passer det dig?"),
        [validators.Length(max=120)],
        filters=[stripped],
        description=_l("For eksempel: efter kl. 15 eller kun om formiddagen."),
    )
    about = TextAreaField(
        _l("Hvad vil du gerne tale om?"),
        [
            validators.Length(
                max=1000, message=_l("Det er for langt. Der er plads til 1.000 tegn. Resten kan du sige i telefonen.")
            )
        ],
        filters=[stripped],
    )

    def validate_phone(self, field: StringField) -> None:
        """A number that can be rung."""
        rings(field.data or "")

    def validate_about(self, field: TextAreaField) -> None:
        """No CPR number where it is not needed (RE-26)."""
        if any(map(cpr_numbers, (field.data or "", self.name.data or "", self.suits.data or ""))):
            raise ValidationError(gettext("Det ligner et CPR-nummer. Slet det. Vi skal ikke bruge det for at ringe."))


class BookForm(_Keyed):
    """A time for a talk: which, who comes, and how they can be reached."""

    slot = RadioField(_l("Vælg en tid"), coerce=str, validate_choice=False)
    name = StringField(
        _l("Navn"),
        [
            validators.InputRequired(_l("Skriv dit navn, så vi ved, hvem vi skal tale med.")),
            validators.Length(max=160),
        ],
        filters=[stripped],
    )
    phone = StringField(_l("Telefon"), [validators.Length(max=40)], filters=[stripped])
    email = EmailField(
        _l("E-mail"),
        [
            validators.Optional(),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254, message=_l("Adressen er for lang. Der er plads til 254 tegn.")),
        ],
        filters=[stripped],
        description=_l("Så får du et brev med tiden og et link til at melde afbud."),
    )
    companion = StringField(
        _l("Tager du nogen med?"),
        [validators.Length(max=160)],
        filters=[stripped],
        description=_l("For eksempel en ven, der hjælper. Skriv navnet."),
    )
    about = TextAreaField(
        _l("Hvad vil du gerne tale om?"),
        [validators.Length(max=1000, message=_l("Det er for langt. Der er plads til 1.000 tegn."))],
        filters=[stripped],
    )

    def __init__(self, *args: object, slots: list[TalkSlot], purpose: str, **kwargs: object):
        super().__init__(*args, purpose=purpose, **kwargs)
        self.slots = {str(one.id): one for one in slots}
        self.slot.choices = listed(
            (key, f"{clock.moment(one.starts_at)}–{clock.moment(one.ends_at).split()[-1]}, {gettext(danish(one.way))}")
            for key, one in self.slots.items()
        )

    def validate_slot(self, field: RadioField) -> None:
        """One that is still free."""
        if not field.data:
            raise ValidationError(gettext("Vælg en tid."))
        if field.data not in self.slots:
            raise ValidationError(gettext("Tiden er lige blevet taget. Vælg en anden."))

    def validate_phone(self, field: StringField) -> None:
        """A way to reach them; for a talk by phone a number that can be rung."""
        chosen = self.slots.get(self.slot.data or "")
        if not field.data and chosen is not None and chosen.way is TalkWay.PHONE:
            raise ValidationError(gettext("Skriv det nummer, vi skal ringe til."))
        if field.data:
            rings(field.data)
        elif not self.email.data:
            raise ValidationError(gettext("Skriv et telefonnummer eller en e-mailadresse, så vi kan få fat i dig."))

    def validate_about(self, field: TextAreaField) -> None:
        """No CPR number where it is not needed (RE-26)."""
        if any(map(cpr_numbers, (field.data or "", self.name.data or "", self.companion.data or ""))):
            raise ValidationError(gettext("Det ligner et CPR-nummer. Slet det. Vi skal ikke bruge det."))


def rings(number: str) -> None:
    """A number that can be rung: at least eight digits, with what people write between them.

    Raises:
        ValidationError: it cannot.
    """
    if not re.fullmatch(r"(\+|00)?\d{8,15}", re.sub(r"[\s().-]", "", number)):
        raise ValidationError(gettext("Skriv nummeret med alle cifre, for eksempel 12 34 56 78."))
