"""The planner's page of words explained and summaries in further languages."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, SelectField, StringField, TextAreaField, ValidationError, validators

from participation.foundation import clock
from participation.foundation.forms import StaffForm, listed, stripped
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects import queries
from participation.projects.explain import FURTHER, explain_project
from participation.projects.model import Project
from participation.projects.views import blueprint
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import ExplanationKind
from participation.rules.phases import Phase, phase


class WordForm(Form):
    """A word and what it means."""

    term = StringField(_l("Ord"), [validators.Length(max=80)], filters=[stripped])
    words = StringField(_l("Hvad betyder det?"), [validators.Length(max=600)], filters=[stripped])

    def validate_words(self, field: StringField) -> None:
        """One without the other helps nobody."""
        if self.term.data and not field.data:
            raise ValidationError(_("Skriv, hvad »%(word)s« betyder.", word=self.term.data))
        if field.data and not self.term.data:
            raise ValidationError(_("Skriv, hvilket ord det forklarer."))


class SummaryForm(Form):
    """The summary in one language."""

    language = SelectField(_l("Sprog"))
    words = TextAreaField(_l("Kort fortalt"), [validators.Length(max=2000)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.language.choices = [*listed([("", _l("Vælg sprog"))]), *listed(FURTHER.items())]

    def validate_words(self, field: TextAreaField) -> None:
        """A language has its words, and words have their language."""
        if self.language.data and not field.data:
            raise ValidationError(_("Skriv teksten på %(language)s.", language=FURTHER[self.language.data]))
        if field.data and not self.language.data:
            raise ValidationError(_("Vælg, hvilket sprog teksten er på."))


class ExplainForm(StaffForm):
    """Words and languages of one project."""

    glossary = FieldList(FormField(WordForm), min_entries=3, max_entries=60)
    summaries = FieldList(FormField(SummaryForm), min_entries=1, max_entries=20)

    def validate_summaries(self, field: FieldList) -> None:
        """Each language stands once."""
        chosen = [row.form.language.data for row in field if row.form.language.data]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(_("Det samme sprog står to gange. Saml teksten ét sted."))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The words with their meanings; empty rows are left out."""
        return [(row.form.term.data, row.form.words.data) for row in self.glossary if row.form.term.data]

    @property
    def by_language(self) -> dict[str, str]:
        """The summaries, in the order of their languages."""
        said = {row.form.language.data: row.form.words.data for row in self.summaries if row.form.language.data}
        return {code: said[code] for code in FURTHER if code in said}


@blueprint.route("/<slug>/forklar", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def explain(slug: str) -> ResponseReturnValue:
    """Explain hard words, and write the summary in further languages."""
    found = queries.whole(slug)
    policy.require(current_actor(), Act.EDIT_PROJECT, found, clock.now())
    form = ExplainForm(data=_told(found))
    if form.validate_on_submit():
        explain_project(current_actor(), found, form.pairs, form.by_language, now=clock.arrival())
        flash(_("Det er gemt."), "success")
        return redirect(url_for(".explain", slug=slug), 303)
    page = render_template(
        "projects/explain.html",
        project=found,
        phase=phase(found.round, clock.now()) if found.round else Phase.DRAFT,
        form=form,
    )
    return page, 422 if form.errors else 200


def _told(project: Project) -> dict[str, Any]:
    rows: dict[ExplanationKind, list[Any]] = {kind: [] for kind in ExplanationKind}
    for one in project.explanations:
        rows[one.kind].append(one)
    return {
        "glossary": [*({"term": one.term, "words": one.words} for one in rows[ExplanationKind.WORD]), {}, {}, {}],
        "summaries": [*({"language": one.term, "words": one.words} for one in rows[ExplanationKind.LANGUAGE]), {}],
    }
