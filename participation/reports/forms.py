"""What may arrive about a white paper."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    validators,
)

from participation.foundation.forms import StaffForm, choices, listed, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.rules.kinds import PaperForm


class PaperDraftForm(StaffForm):
    """What a planner adds to the compiled facts, and whom to ask for a yes."""

    form = RadioField(
        _l("Hvordan skal svarene stå?"),
        coerce=PaperForm,
        choices=choices(PaperForm),
    )
    short_codes = BooleanField(_l("Skriv antallet som korte koder, for eksempel (14, O, LU)"))
    overall = TextAreaField(
        _l("Samlet indstilling"),
        [plain],
        filters=[stripped],
        description=_l("Hvad indstiller forvaltningen til dem, der beslutter? Skriv det kort."),
    )
    materially_changed = SelectField(
        _l("Skal ændringerne i ny høring? (planloven § 27, stk. 2)"),
        choices=listed([("", _l("Ikke vurderet endnu")), ("nej", _l("Nej")), ("ja", _l("Ja"))]),
        validate_choice=False,
    )
    materially_changed_reason = TextAreaField(
        _l("Hvorfor?"),
        [plain],
        filters=[stripped],
        description=_l("Berører ændringerne andre væsentligt? Bliver det en anden plan?"),
    )
    version = IntegerField(widget=HiddenField.widget, default=0)
    leader = SelectField(_l("Hvem skal godkende?"), coerce=int, choices=[])
    reason = TextAreaField(
        _l("Hvorfor godkender du selv?"),
        [plain],
        filters=[stripped],
        description=_l("Det kommer til at stå i hvidbogen, at én medarbejder har behandlet sagen."),
    )

    @property
    def changed(self) -> bool | None:
        """The assessment under § 27(2); nothing while it is not made."""
        return {"ja": True, "nej": False}.get(self.materially_changed.data or "")

    def validate_materially_changed_reason(self, field: TextAreaField) -> None:
        """A yes or no has its reason."""
        if self.changed is not None and not field.data:
            raise validators.ValidationError(str(_l("Skriv, hvorfor ændringerne skal eller ikke skal i ny høring.")))


class ApprovalForm(StaffForm):
    """The leader's answer."""

    words = TextAreaField(
        _l("Besked til den, der spurgte"),
        [plain],
        filters=[stripped],
        description=_l("Skriv, hvad der skal laves om, hvis du sender den tilbage."),
    )
    seen = HiddenField()


class WithdrawForm(StaffForm):
    """Why a version is taken back."""

    reason = TextAreaField(
        _l("Hvorfor tages hvidbogen tilbage?"),
        [validators.InputRequired(_l("Skriv, hvorfor hvidbogen tages tilbage. Det kan alle læse.")), plain],
        filters=[stripped],
    )


class TemplateForm(StaffForm):
    """The municipality's own Word template."""

    file = FileField(_l("Skabelon"), description=_l("Et Word-dokument (.docx), højst 5 MB."))

    def validate_file(self, field: FileField) -> None:
        """Something was chosen."""
        if not getattr(field.data, "filename", ""):
            raise validators.ValidationError(str(_l("Vælg en fil.")))


class EmptyForm(StaffForm):
    """A button alone."""
