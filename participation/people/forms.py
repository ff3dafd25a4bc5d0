"""What may arrive about people: sign-in, invitation, roles, departments and the municipality."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    validators,
)
from wtforms.widgets import CheckboxInput, ListWidget

from participation.foundation.forms import StaffForm, choices, listed, stripped
from participation.rules.kinds import STAFF_ROLES, ApprovalRule

_needed = validators.InputRequired(_l("Udfyld feltet."))
_email = validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk."))


class SignInForm(StaffForm):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [_needed], filters=[stripped])
    password = PasswordField(_l("Kodeord"), [_needed])


class PasswordForm(StaffForm):
    """A new password, typed once and seen on wish by the browser."""

    password = PasswordField(
        _l("Vælg et kodeord"),
        [_needed],
        description=_l("Mindst 12 tegn. Tre eller fire ord efter hinanden er godt."),
    )


class InviteForm(StaffForm):
    """Whom to invite to which role."""

    name = StringField(_l("Navn"), [_needed, validators.Length(max=120)], filters=[stripped])
    email = EmailField(_l("E-mail"), [_needed, _email, validators.Length(max=254)], filters=[stripped])
    role = SelectField(_l("Rolle"))
    department = SelectField(
        _l("Afdeling"),
        coerce=int,
        description=_l("Sagsbehandlere og ledere hører til en afdeling. Andre roller gælder hele kommunen."),
    )

    def offer(self, departments: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.role.choices = choices(STAFF_ROLES)
        self.department.choices = listed([(0, _l("Hele kommunen")), *departments])


class PersonForm(StaffForm):
    """Which roles a person holds; each choice is ``role:department``, department 0 being the whole municipality."""

    roles = SelectMultipleField(_l("Roller"), widget=ListWidget(), option_widget=CheckboxInput())
    active = BooleanField(_l("Kan logge ind"))


class DepartmentForm(StaffForm):
    """A department's contact, targets and rule for approval."""

    name = StringField(_l("Afdelingens navn"), [_needed, validators.Length(max=120)], filters=[stripped])
    contact_name = StringField(_l("Kontaktperson"), [_needed, validators.Length(max=120)], filters=[stripped])
    phone = StringField(_l("Telefon"), [_needed, validators.Length(max=40)], filters=[stripped])
    email = EmailField(_l("E-mail"), [_needed, _email, validators.Length(max=254)], filters=[stripped])
    hours = StringField(_l("Telefontid"), [validators.Length(max=120)], filters=[stripped])
    approval = SelectField(_l("Godkendelse"), choices=choices(ApprovalRule), coerce=ApprovalRule)
    question_days = IntegerField(_l("Svar på spørgsmål, arbejdsdage"), [validators.NumberRange(1, 60)], default=5)
    feedback_days = IntegerField(_l("Besked efter beslutning, arbejdsdage"), [validators.NumberRange(1, 60)], default=7)


class MunicipalityForm(StaffForm):
    """What stands on every page."""

    name = StringField(_l("Kommunens navn"), [_needed, validators.Length(max=120)], filters=[stripped])
    body = StringField(
        _l("Hvem beslutter"),
        [_needed, validators.Length(max=80)],
        filters=[stripped],
        description=_l("I bestemt form, for eksempel: byrådet."),
    )
    phone = StringField(_l("Telefon"), [_needed, validators.Length(max=40)], filters=[stripped])
    email = EmailField(_l("E-mail"), [_needed, _email, validators.Length(max=254)], filters=[stripped])
    hours = StringField(_l("Telefontid"), [validators.Length(max=120)], filters=[stripped])
    home_address = StringField(_l("Postadresse"), [validators.Length(max=300)], filters=[stripped])
    promises_public = BooleanField(
        _l("Vis offentligt, om vi holder, hvad vi lover"),
        description=_l("Siden viser kun tal for flere ad gangen, aldrig for færre end tre medarbejdere."),
    )
    was_address = StringField(
        _l("Adresse på tilgængelighedserklæringen"),
        [
            validators.Optional(),
            validators.URL(_l("Skriv en hel adresse, der begynder med https://.")),
            validators.Regexp("(?i)https?://", message=_l("Skriv en hel adresse, der begynder med https://.")),
            validators.Length(max=500),
        ],
        filters=[stripped],
    )
