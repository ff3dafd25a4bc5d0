"""Whom somebody writes for, by what authority, and who helps them; for citizens and officers (RE-44, RE-45)."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, FileField, Form, StringField, ValidationError, validators

from participation.foundation.files import Stored
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.forms import stripped
from participation.foundation.personal import cpr_numbers


def _email(label: str, description: str) -> EmailField:
    whole = validators.Email(
        _l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk. Eller lad feltet stå tomt.")
    )
    checks = [validators.Optional(), whole, validators.Length(max=254)]
    return EmailField(label, checks, filters=[stripped], description=description)


class CompanyFields(Form):
    """The fields of a proxy (fuldmagt) and of a companion (bisidder)."""

    represents = StringField(
        _l("På vegne af"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("Navnet på den, der skrives for."),
    )
    represents_email = _email(_l("E-mail til den, der skrives for"), _l("Så får de en kopi af brevene."))
    authority = StringField(
        _l("Aftale om det"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("For eksempel: Jeg har fuldmagt fra min mor."),
    )
    authority_file = FileField(_l("Fuldmagt som fil"), description=_l("Kun få medarbejdere kan åbne den."))
    companion = StringField(
        _l("Bisidder"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("Navnet på en, der hjælper i sagen."),
    )
    companion_email = _email(
        _l("E-mail til bisidderen"),
        _l("Så får bisidderen en kopi af brevene, men ikke koden. Spørg først, om det er i orden."),
    )
    stored_authority: Stored | None = None

    def validate_represents(self, field: StringField) -> None:
        """An authority is somebody's."""
        if not field.data and (self.represents_email.data or self._sent_authority):
            raise ValidationError(_("Skriv navnet på den, der skrives for."))

    @property
    def _sent_authority(self) -> bool:
        return bool(self.authority_file.data and self.authority_file.data.filename)

    @property
    def company_fields(self) -> tuple[Field, ...]:
        """All of them, in the order of the form."""
        return (self.represents, self.represents_email, self.authority, self.authority_file, self.companion,
                self.companion_email)  # fmt: skip

    @property
    def has_company(self) -> bool:
        """Whether something stands in one of them, or is wrong with it."""
        return any(field.data or field.errors for field in self.company_fields)

    def numbers_in_company(self) -> list[Field]:
        """The fields in which something looks like a CPR number."""
        name = (self.authority_file.data.filename or "") if self._sent_authority else ""
        told = [(field, field.data or "") for field in self.company_fields if field is not self.authority_file]
        return [field for field, words in [*told, (self.authority_file, name)] if cpr_numbers(words)]

    def company(self) -> dict[str, Any]:
        """What the sender's row is to hold of it."""
        return {
            "represents": self.represents.data,
            "represents_email": self.represents_email.data,
            "authority": self.authority.data,
            "authority_file": self.stored_authority,
            "companion": self.companion.data,
            "companion_email": self.companion_email.data,
        }
