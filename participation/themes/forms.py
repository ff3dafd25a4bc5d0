"""What may arrive about themes: a name, a choice of theme, a choice of points."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from participation.foundation.forms import StaffForm, listed
from participation.foundation.forms import no_odd_characters as plain
from participation.themes.heads import MOST_HEADS
from participation.themes.model import Theme
from participation.themes.sample import SIZES

#: Themes that can be asked for, at most.
MOST = 40

Choices = list[SelectChoice]


def choices_of(themes: Sequence[Theme], leave_out: int | None = None, *, upper: bool = False) -> Choices:
    """Themes to choose from, each followed by its topics; `upper` leaves the topics out."""
    below: dict[int, list[Theme]] = {}
    for theme in themes:
        if theme.parent_id is not None:
            below.setdefault(theme.parent_id, []).append(theme)
    known = {theme.id for theme in themes}
    found: list[tuple[int, str]] = []
    for theme in themes:
        if theme.parent_id in known:
            continue
        found.append((theme.id, theme.title))
        if not upper:
            found += [(topic.id, f"– {topic.title}") for topic in below.get(theme.id, ())]
    return listed(one for one in found if one[0] != leave_out)


def _stripped(value: str | None) -> str:
    return " ".join((value or "").split())


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


class _ThemeField(SelectField):
    """A choice among the themes that stand; nothing is chosen beforehand."""

    def __init__(self, label: object, **options: object):
        super().__init__(label, coerce=_number, validate_choice=False, choices=[], **options)

    def pre_validate(self, form: object) -> None:
        """Refuse what cannot be chosen, in words."""
        if self.data not in [one.value for one in self.choices or []] or not self.data:
            raise validators.ValidationError(_("Vælg et emne på listen."))


class GroupForm(StaffForm):
    """Ask the machine for themes."""

    wished = IntegerField(
        _l("Antal hovedemner"),
        [
            validators.Optional(),
            validators.NumberRange(1, MOST, _l("Skriv et tal fra 1 til 40, eller lad feltet stå tomt.")),
        ],
        description=_l("Lad feltet stå tomt, så foreslår vi et antal."),
    )
    heads = TextAreaField(
        _l("Jeres egne hovedemner"),
        [validators.Length(max=8000, message=_l("Listen må højst være på 8000 tegn.")), plain],
        description=_l("Ét på hver linje. Punkterne bliver lagt, hvor de passer. Resten får et forslag."),
    )
    sections = BooleanField(_l("Begynd med overskrifterne i materialet"))

    @property
    def names(self) -> list[str]:
        """The hovedemner that were typed, each once."""
        lines = (_stripped(line) for line in (self.heads.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate_heads(self, field: TextAreaField) -> None:
        """Names that can stand on a board."""
        if len(self.names) > MOST_HEADS:
            raise validators.ValidationError(_("Skriv højst %(most)s hovedemner.", most=MOST_HEADS))
        if any(len(name) > 160 for name in self.names):
            raise validators.ValidationError(_("Hvert navn må højst være på 160 tegn."))
        if not all(any(letter.isalpha() for letter in name) for name in self.names):
            raise validators.ValidationError(_("Hvert hovedemne skal have et ord i sig."))


class TitleForm(StaffForm):
    """A theme's name."""

    title = StringField(
        _l("Navn"),
        [
            validators.DataRequired(_l("Skriv et navn til emnet.")),
            validators.Length(max=160, message=_l("Navnet må højst være på 160 tegn.")),
            plain,
        ],
        filters=[_stripped],
    )


class NewForm(TitleForm):
    """A new theme, or a topic under one."""

    parent = SelectField(_l("Under"), coerce=_number, default=0)

    def __init__(self, uppers: Choices, **options: object):
        super().__init__(**options)
        self.parent.choices = [SelectChoice(0, _("Intet. Det er et hovedemne.")), *uppers]


class UnderForm(StaffForm):
    """Where a theme lies."""

    parent = SelectField(_l("Læg emnet under"), coerce=_number, default=0)

    def __init__(self, uppers: Choices, **options: object):
        super().__init__(**options)
        self.parent.choices = [SelectChoice(0, _("Intet. Det er et hovedemne.")), *uppers]


class MoveForm(UnderForm):
    """A topic, or a theme without topics, and the theme that it is to lie under."""

    theme = _ThemeField(_l("Flyt emnet"))
    parent = SelectField(_l("hen under"), coerce=_number, default=0)

    def __init__(self, themes: Sequence[Theme], **options: object):
        super().__init__(choices_of(themes, upper=True), **options)
        above = {theme.parent_id for theme in themes}
        movable = [one for one in choices_of(themes) if one.value not in above]
        self.theme.choices = [SelectChoice(0, _("Vælg emne")), *movable]

    def validate_parent(self, field: SelectField) -> None:
        """Not under itself."""
        if field.data == self.theme.data:
            raise validators.ValidationError(_("Vælg to forskellige emner."))


class MergeForm(StaffForm):
    """Two themes that are one."""

    theme = _ThemeField(_l("Læg emnet"))
    into = _ThemeField(_l("ind i"))

    def __init__(self, themes: Choices, **options: object):
        super().__init__(**options)
        self.theme.choices = self.into.choices = [SelectChoice(0, _("Vælg emne")), *themes]

    def validate_into(self, field: SelectField) -> None:
        """Two different ones."""
        if field.data == self.theme.data:
            raise validators.ValidationError(_("Vælg to forskellige emner."))


class IntoForm(StaffForm):
    """The theme that this one goes into."""

    into = _ThemeField(_l("Læg sammen med"))

    def __init__(self, themes: Choices, **options: object):
        super().__init__(**options)
        self.into.choices = [SelectChoice(0, _("Vælg emne")), *themes]


class PointsForm(StaffForm):
    """Chosen points, and what is to become of them; only what the pressed button asks for has to be filled in."""

    points = SelectMultipleField(_l("Punkter"), coerce=_number, validate_choice=False)
    to = SelectField(_l("Flyt til"), coerce=_number, default=0)
    title = StringField(
        _l("Nyt emnes navn"),
        [validators.Length(max=160, message=_l("Navnet må højst være på 160 tegn.")), plain],
        filters=[_stripped],
    )
    also = SelectField(_l("Se også"), coerce=_number, default=0)

    def __init__(self, themes: Choices, wants: str = "", **options: object):
        super().__init__(**options)
        self.wants = wants
        self.to.choices = self.also.choices = [SelectChoice(0, _("Vælg emne")), *themes]

    def validate_points(self, field: SelectMultipleField) -> None:
        """At least one."""
        if not field.data:
            raise validators.ValidationError(_("Sæt kryds ved mindst ét punkt."))

    def validate_to(self, field: SelectField) -> None:
        """The theme that they move to."""
        if self.wants == "to" and not field.data:
            raise validators.ValidationError(_("Vælg det emne, punkterne skal flyttes til."))

    def validate_title(self, field: StringField) -> None:
        """The name of the theme that they are split off into."""
        if self.wants == "title" and not field.data:
            raise validators.ValidationError(_("Skriv et navn til det nye emne."))

    def validate_also(self, field: SelectField) -> None:
        """The theme that they also speak to."""
        if self.wants == "also" and not field.data:
            raise validators.ValidationError(_("Vælg det emne, punkterne også handler om."))


class DrawForm(StaffForm):
    """How many points a sample has."""

    size = RadioField(_l("Hvor mange punkter vil du læse?"), coerce=_number, default=SIZES[0])

    def __init__(self, **options: object):
        super().__init__(**options)
        self.size.choices = listed((size, str(size)) for size in SIZES)


class ChoiceForm(StaffForm):
    """Where one point belongs; 0 stands for none of the themes."""

    theme = RadioField(_l("Hvor hører punktet til?"), [validators.InputRequired(_l("Vælg et emne."))], coerce=_number)

    def __init__(self, uppers: Sequence[tuple[int, str]], **options: object):
        super().__init__(**options)
        self.theme.choices = listed([*uppers, (0, _("Intet af emnerne passer"))])
