"""The staff's doors to a sheet of contributions: upload, columns, progress, and the rows that were rejected."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import desk_queries as queries
from participation.contributions import import_
from participation.contributions.desk_forms import MapForm, SheetForm, unfit_for_all
from participation.contributions.import_ import CannotImport, annex_import, begin_import, start_import
from participation.contributions.room_for_files import takes_files
from participation.foundation import clock, exports, sheets
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("sheets", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke/regneark")


@blueprint.get("")
@allows(Act.IMPORT_CONTRIBUTIONS)
def choose(slug: str) -> ResponseReturnValue:
    """Where a sheet is chosen."""
    project = _case(slug)
    policy.require(current_actor(), Act.IMPORT_CONTRIBUTIONS, project, clock.arrival())
    return _choose(project, SheetForm())


@blueprint.post("")
@allows(Act.IMPORT_CONTRIBUTIONS)
@takes_files
def upload(slug: str) -> ResponseReturnValue:
    """Keep the sheet and guess its columns."""
    project, form = _case(slug), SheetForm()
    if not form.validate_on_submit():
        return _choose(project, form), 422
    file = form.sheet.data
    try:
        stored = import_.keep_sheet(file.read(), file.filename)
        mapping = sheets.guess_mapping(import_.open_sheet(stored).columns)
    except CannotImport as no:
        form.sheet.errors = [no.words]
        return _choose(project, form), 422
    batch = begin_import(current_actor(), project.round, stored, mapping, now=clock.arrival())
    return redirect(url_for(".show", slug=slug, key=batch.id), 303)


@blueprint.get("/<int:key>")
@allows(Act.READ_CASE)
def show(slug: str, key: int) -> ResponseReturnValue:
    """The import as it stands: its columns, its progress, or what came of it."""
    project = _case(slug)
    batch = queries.batch(project, key)
    return _show(project, batch, MapForm(formdata=None, as_annex=project.notes_are_annex), batch.mapping)


@blueprint.post("/<int:key>")
@allows(Act.IMPORT_CONTRIBUTIONS, Act.WRITE_MINUTES)
def start(slug: str, key: int) -> ResponseReturnValue:
    """Bring the rows in by the chosen columns."""
    project = _case(slug)
    batch, form = queries.batch(project, key), MapForm()
    mapping = form.mapping(sheets.FIELDS, list(import_.open_sheet(batch.file).columns))
    if not form.validate_on_submit() or not form.check_day(clock.arrival()):
        return _show(project, batch, form, mapping), 422
    if "text" not in mapping:
        return _show(project, batch, form, mapping, also=[_("Vælg den kolonne, som teksten står i.")]), 422
    if project.notes_are_annex and form.as_annex.data:
        return _lay_as_annex(project, batch, form, mapping)
    start_import(current_actor(), batch, mapping, send_receipts=form.send_receipts.data, now=clock.arrival())
    flash(_("Vi er i gang. Du kan lukke siden imens."), "success")
    return redirect(url_for(".show", slug=slug, key=key), 303)


@blueprint.get("/<int:key>/fremdrift")
@allows(Act.READ_CASE)
def progress(slug: str, key: int) -> ResponseReturnValue:
    """How far it is, for the page that asks again and again."""
    project = _case(slug)
    return render_template("contributions/_progress.html", batch=queries.batch(project, key), project=project)


@blueprint.get("/<int:key>/afvist.csv")
@allows(Act.READ_CASE)
def rejected(slug: str, key: int) -> ResponseReturnValue:
    """The rejected rows with their reasons and their cells, to be mended and brought in again."""
    batch = queries.batch(_case(slug), key)
    reasons = {row.row: row.problem for row in queries.rejected_rows(batch.id, most=None)}
    columns, rows = import_.as_it_stood(batch, reasons)
    text = exports.csv_rows([_("Række"), _("Hvorfor"), *columns], rows)
    response = Response(stream_with_context(text), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=afvist.csv"
    return response


def _lay_as_annex(project: Any, batch: Any, form: MapForm, mapping: dict[str, str]) -> ResponseReturnValue:
    now = clock.arrival()
    try:
        notes = import_.notes_in(batch, mapping)
    except CannotImport as no:
        return _show(project, batch, form, mapping, also=[_(no.words)]), 422
    if why := unfit_for_all(notes):
        return _show(project, batch, form, mapping, also=[why]), 422
    meeting = annex_import(current_actor(), batch, mapping, notes, held_at=form.held(now), now=now)
    flash(_("Noterne ligger nu under mødet »%(title)s«, hvor alle kan læse dem.", title=meeting.title), "success")
    return redirect(url_for("projects.meetings", slug=project.slug), 303)


def _case(slug: str) -> Any:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project


def _choose(project: Any, form: SheetForm) -> str:
    phase = phases.phase(project.round, clock.arrival())
    return render_template("contributions/sheet.html", project=project, phase=phase, form=form)


def _show(project: Any, batch: Any, form: MapForm, mapping: dict[str, str], also: Any = ()) -> str:
    sheet = import_.open_sheet(batch.file) if batch.state == "mapping" else None
    return render_template(
        "contributions/batch.html",
        project=project,
        phase=phases.phase(project.round, clock.arrival()),
        batch=batch,
        form=form,
        also=also,
        columns=sheet.columns if sheet is not None else (),
        preview=import_.preview(sheet) if sheet is not None else [],
        mapping=mapping,
        fields=_fields(),
        rejected=queries.rejected_rows(batch.id) if batch.state in ("done", "failed") else [],
        may_start=policy.refusal(current_actor(), Act.IMPORT_CONTRIBUTIONS, batch, clock.arrival()) is None,
    )


def _fields() -> list[tuple[str, str]]:
    """The fields that a column can hold, and what they are called."""
    return [
        ("text", _("Teksten")),
        ("name", _("Navn")),
        ("email", _("E-mail")),
        ("organisation", _("Forening, virksomhed eller myndighed")),
        ("capacity", _("Skriver som")),
        ("received_at", _("Modtaget")),
        ("channel", _("Kom som")),
        ("external_id", _("Eget nummer")),
        ("language", _("Sprog")),
        ("place", _("Sted")),
        ("stance", _("For eller imod")),
    ]
