"""What may be said beside the words: a need, a wish, an alternative, and where; alike wherever it is written."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, validators

from participation.contributions.map_forms import MapFields
from participation.foundation import markup
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.forms import stripped
from participation.foundation.personal import cpr_numbers
from participation.rules.kinds import APART, TextSource


class SaidFields(MapFields):
    """The fields of what is said apart, and of the places in words and on the map."""

    place = StringField(
        _l("Sted"),
        [validators.Length(max=200), plain],
        filters=[stripped],
        description=_l("Skriv en adresse eller beskriv stedet, for eksempel: krydset ved kirken. Det vises på siden."),
    )
    need = TextAreaField(
        _l("Hvad har du brug for?"), [plain], description=_l("For eksempel: Mine børn skal kunne cykle i skole.")
    )
    wish = TextAreaField(_l("Hvad foreslår du?"), [plain], description=_l("Det, du helst vil have os til at gøre."))
    alternative = TextAreaField(
        _l("Et alternativ"), [plain], description=_l("En anden løsning end den, der står i forslaget.")
    )
    help_offer = TextAreaField(
        _l("Jeg kan bidrage med"),
        [plain],
        description=_l("For eksempel: Jeg vil gerne plante og vande. Skriv din e-mail, så vi kan finde dig."),
    )
    material_place = StringField(
        _l("Sted i materialet"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("For eksempel: § 5.2, side 14."),
    )

    @property
    def is_question(self) -> bool:
        """Whether it is a question, which has words alone."""
        return False

    @property
    def takes_offer(self) -> bool:
        """Whether people say what they can do themselves: where it is developed together."""
        return False

    @property
    def apart(self) -> tuple[tuple[TextSource, str], ...]:
        """What is said under a heading of its own; a question has none."""
        if self.is_question:
            return ()
        offer = self.help_offer.data if self.takes_offer else ""
        given = zip(APART, (self.need.data, self.wish.data, self.alternative.data, offer), strict=True)
        return tuple((source, words) for source, words in given if words and markup.visible(words).strip())

    @property
    def said_fields(self) -> tuple[Field, ...]:
        """All but those of the map."""
        return self.need, self.wish, self.alternative, self.help_offer, self.place, self.material_place

    @property
    def says_more(self) -> bool:
        """Whether something stands in one of them, or is wrong with it."""
        return self.says_where or any(field.data or field.errors for field in self.said_fields)

    def numbers_said(self) -> list[tuple[Field, int]]:
        """The fields in which something looks like a CPR number."""
        return [(field, 0) for field in self.said_fields if cpr_numbers(field.data or "")]
