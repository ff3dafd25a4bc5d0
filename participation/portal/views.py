"""The public doors: the front page, the projects, what people wrote, and how it all works."""

import csv
import io
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions import tell_all  # noqa: F401 - the worker finds its job by this door
from participation.contributions.export import place_features
from participation.contributions.ladder import masked, masked_by_project, masks_appealed, moderated
from participation.contributions.queries import known_counts
from participation.decisions.agendas import agendas_by_body
from participation.drafting.joint_queries import joint_texts, revision_of
from participation.foundation import budgets, clock, exports, files, markup, scanner
from participation.foundation.forms import csrf, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.people.municipality import municipality
from participation.portal import cards, my_views, promises, queries, screen_views, story, talk_views
from participation.portal.calendar import calendar
from participation.portal.divide import Part, divide
from participation.portal.forms import CallBackForm, FollowForm
from participation.portal.paper_form import paper_form
from participation.portal.places import published_places
from participation.projects import follow as following
from participation.projects.call_back import ask_call_back
from participation.projects.explain import FURTHER
from participation.projects.map_views import picture, town
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.handling import HidingReason, MaskReason, Rung
from participation.rules.kinds import Frame, Kind, MaterialKind
from participation.rules.levels import Level
from participation.rules.phases import Phase
from participation.rules.words import danish

blueprint = Blueprint("portal", __name__)
blueprint.register_blueprint(screen_views.blueprint)
blueprint.register_blueprint(talk_views.blueprint)
blueprint.register_blueprint(town)
blueprint.register_blueprint(my_views.blueprint)

#: The sections of the list of projects, by the word in the address.
SECTIONS = {
    "aaben": frozenset({Phase.OPEN}),
    "behandles": frozenset({Phase.WEIGHING, Phase.REPORTED}),
    "kommer": frozenset({Phase.ANNOUNCED}),
    "slut": frozenset({Phase.DECIDED, Phase.CLOSED, Phase.CANCELLED}),
}


@blueprint.get("/")
@allows(Act.READ_PUBLIC)
def front() -> ResponseReturnValue:
    """What the municipality is about to decide, and what can be said to it now."""
    now = clock.now()
    return render_template(
        "portal/front.html",
        front=cards.front(queries.for_front(now), now),
        changes=queries.changed_because_of_you(),
    )


@blueprint.get("/projekter")
@allows(Act.READ_PUBLIC)
def projects() -> ResponseReturnValue:
    """All projects, by words of the title, level and where they stand."""
    now, title = clock.now(), request.args.get("q", "").strip()[:100]
    level = next((one for one in Level if one.value == request.args.get("niveau")), None)
    section = request.args.get("fase") if request.args.get("fase") in SECTIONS else None
    found = [cards.card(project, now) for project in queries.matching(now, title, level)]

    def here(fase: str | None, niveau: Level | None) -> str:
        return url_for(".projects", q=title or None, fase=fase, niveau=niveau.value if niveau else None)

    names = {
        "aaben": _("Du kan svare nu"),
        "behandles": _("Vi behandler svarene"),
        "kommer": _("Kommer snart"),
        "slut": _("Afsluttede"),
    }
    return render_template(
        "portal/projects.html",
        cards=[one for one in found if section is None or one.phase in SECTIONS[section]],
        title=title,
        narrowed=bool(title or section or level),
        sections=[(_("Alle"), here(None, level)), *((words, here(key, level)) for key, words in names.items())],
        section_here=here(section, level),
        levels=[(_("Alle niveauer"), here(section, None)), *((_(danish(one)), here(section, one)) for one in Level)],
        level_here=here(section, level),
    )


@blueprint.get("/projekter/<slug>")
@allows(Act.READ_PROJECT)
def project(slug: str) -> ResponseReturnValue:
    """Everything about a project: what can be changed, until when, and after closing what came of it."""
    return _project_page(_public(slug), 200)


def _project_page(found: Any, status: int, form: FollowForm | None = None) -> ResponseReturnValue:
    now = clock.now()
    parts = queries.read_parts(found)
    round_ = found.round
    level = round_.level if round_ else found.level
    reported = round_ is not None and round_.reported_at is not None
    topics = [topic for topic in queries.topics(found.id) if topic.words] if reported else []
    page = render_template(
        "portal/project.html",
        project=found,
        round=round_,
        level=level,
        phase=cards.phase_of(found, now),
        over=round_ is not None and round_.closes_at is not None and round_.closes_at <= now,
        reported=reported,
        deadline=story.deadline(found, now),
        timeline=story.timeline(found, now),
        steps=story.steps(found),
        promises=story.promises(found, level),
        law=story.law(round_) if round_ is not None else None,
        named_languages=FURTHER,
        roles=[(meaning.audience, meaning.words) for meaning in found.meanings if meaning.audience],
        open=[line.words for line in found.frame if line.kind is Frame.OPEN],
        fixed=[(line.words, _source(line)) for line in found.frame if line.kind is Frame.FIXED],
        body=cards.capital(found.decided_by),
        parts=parts,
        topics=topics,
        topic_bars=[(topic.title, topic.count, f"#emne-{place}") for place, topic in enumerate(topics, start=1)],
        questions=queries.questions(found.id),
        latest=queries.in_turn(found.id, _first_in_turn(found), size=3)
        if level is Level.COCREATION
        else queries.published(found.id, size=3),
        joint_texts=joint_texts(found.id) if level is Level.COCREATION else [],
        came_in=cards.came_in(found),
        form=form or FollowForm(purpose=f"follow:{found.id}"),
        address=f"{current_app.config['BASE_URL']}/projekter/{found.slug}",
        now=now,
    )
    return page, status


def _source(line: Any) -> str:
    """Why a line is fixed: the kind of reason, and who or which law has settled it."""
    kind = cards.capital(_(danish(line.constraint))) if line.constraint else ""
    return ": ".join(part for part in (kind, line.source) if part)


def _public(slug: str) -> Any:
    """A project that this reader may see; a draft is as good as not there."""
    found = queries.project(slug)
    if policy.refusal(current_actor(), Act.READ_PROJECT, found, clock.now()) is not None:
        raise NotFound
    return found


# -- what people wrote ------------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/rettelser")
@allows(Act.READ_PROJECT)
def corrections(slug: str) -> ResponseReturnValue:
    """The project's log of corrections and new dates, for everybody (RP-28)."""
    found = _public(slug)
    return render_template("portal/corrections.html", project=found, notices=queries.notices_of(found.id))


@blueprint.get("/det-har-i-aendret")
@allows(Act.READ_PUBLIC)
def gallery() -> ResponseReturnValue:
    """From voice to change: what was altered because somebody wrote, and what has been done since (RL-11)."""
    before = request.args.get("foer", type=whole)
    rows = queries.changed_because_of_you(queries.PAGE + 1, before=before)
    shown = rows[: queries.PAGE]
    return render_template(
        "portal/gallery.html", changes=shown, older=shown[-1].key if len(rows) > queries.PAGE else None
    )


def _first_in_turn(of: Any) -> int:
    return cards.first_in_turn(of.last_number, dates.local_day(clock.now()), request.remote_addr or "")


@blueprint.get("/projekter/<slug>/hoeringssvar")
@allows(Act.READ_PROJECT)
def contributions(slug: str) -> ResponseReturnValue:
    """What is published, the newest first; proposals begin with another one each day, unless the newest are wanted."""
    found = _public(slug)
    level = found.round.level if found.round else found.level
    before, after = request.args.get("foer", type=whole), request.args.get("efter", type=whole)
    first = None
    if level is Level.COCREATION and not (before or after or request.args.get("vis") == "nyeste"):
        first = request.args.get("fra", type=whole) or _first_in_turn(found)
    return render_template(
        "portal/contributions.html",
        project=found,
        level=level,
        first=first,
        page=queries.in_turn(found.id, first, request.args.get("videre", type=whole))
        if first
        else queries.published(found.id, before=before, after=after),
        came_in=cards.came_in(found),
        known=known_counts(found),
        phase=cards.phase_of(found, clock.now()),
    )


@blueprint.get("/projekter/<slug>/hoeringssvar/<int:number>")
@allows(Act.READ_PROJECT)
def contribution(slug: str, number: int) -> ResponseReturnValue:
    """One published contribution and, once the white paper is out, the municipality's answer to each point."""
    found = _public(slug)
    one = queries.published_one(found.id, number)
    round_ = found.round
    reported = round_ is not None and round_.reported_at is not None
    level = round_.level if round_ else found.level
    return render_template(
        "portal/contribution.html",
        project=found,
        level=level,
        one=one,
        files=queries.shown_files(one.id),
        about=queries.about(one.id),
        approved_by=queries.approved_by(one),
        revision=revision_of(one.id) if one.kind is Kind.REVISION else None,
        body=cards.capital(found.decided_by),
        answers=queries.answers_to(one.id) if reported else [],
        comments=queries.published(found.id, parent=one.id) if level is Level.COCREATION else None,
        phase=cards.phase_of(found, clock.now()),
        expected=story.deadline(found, clock.now()),
    )


@blueprint.get("/projekter/<slug>/hoeringssvar/<int:number>/fil/<int:key>")
@allows(Act.READ_PROJECT)
def copy(slug: str, number: int, key: int) -> ResponseReturnValue:
    """The copy of a file that everybody may see; never the original."""
    one = queries.published_one(_public(slug).id, number)
    shown = queries.shown_file(one.id, key)
    response = send_file(
        files.open_(shown.sha256), mimetype=shown.media_type, as_attachment=True, download_name=shown.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.content_length = shown.size
    return response


@blueprint.get("/projekter/<slug>/spoergsmaal")
@allows(Act.READ_PROJECT)
def questions(slug: str) -> ResponseReturnValue:
    """All published questions with their answers, page by page."""
    found = _public(slug)
    rows = queries.questions(found.id, most=queries.PAGE + 1, before=request.args.get("foer", type=whole))
    return render_template(
        "portal/questions.html",
        project=found,
        level=found.round.level if found.round else found.level,
        questions=rows[: queries.PAGE],
        older=rows[queries.PAGE - 1].number if len(rows) > queries.PAGE else None,
        phase=cards.phase_of(found, clock.now()),
    )


# -- material and meetings --------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/materiale/<int:material_id>")
@allows(Act.READ_PROJECT)
def material(slug: str, material_id: int) -> ResponseReturnValue:
    """A piece of the material: a text as a page, a file to keep, a link to follow."""
    found = _public(slug)
    piece = queries.material(found, material_id)
    if piece.kind is MaterialKind.LINK:
        return redirect(markup.web(piece.url) or url_for(".project", slug=slug))
    if piece.kind is MaterialKind.FILE and piece.file is not None:
        scanner.require_clean(piece.file.sha256, ours=True)
        return send_file(
            files.open_(piece.file.sha256),
            mimetype=piece.file.media_type,
            as_attachment=True,
            download_name=piece.file.name,
            max_age=0,
        )
    return _paragraphs(found, piece)


@blueprint.get("/projekter/<slug>/materiale/<int:material_id>/afsnit")
@allows(Act.READ_PROJECT)
def paragraphs(slug: str, material_id: int) -> ResponseReturnValue:
    """A piece paragraph by paragraph, to point at when writing; of a file the words that could be read in it."""
    found = _public(slug)
    piece = queries.material(found, material_id)
    if piece.kind is not MaterialKind.FILE:
        return redirect(url_for(".material", slug=slug, material_id=material_id))
    return _paragraphs(found, piece)


def _paragraphs(found: Any, piece: Any) -> str:
    """The paragraphs with their numbers, how many have written about each, and the way to write about some."""
    now, round_, passages = clock.now(), found.round, queries.passages_of(piece.id)
    level = round_.level if round_ else found.level
    act = Act.ASK_QUESTION if level is Level.ORIENTATION else Act.SUBMIT_CONTRIBUTION
    return render_template(
        "portal/material.html",
        project=found,
        level=level,
        piece=piece,
        parts=divide(piece.words, passages) if piece.file is None else [Part(one.words, one) for one in passages],
        written=queries.written_about(found, piece.id) if passages else {},
        may_write=round_ is not None and policy.refusal(current_actor(), act, round_, now) is None,
    )


@blueprint.get("/projekter/<slug>/kort")
@allows(Act.READ_PROJECT)
def map_(slug: str) -> ResponseReturnValue:
    """Where the published contributions point, on the project's map and in a table."""
    found = _public(slug)
    if found.map is None:
        raise NotFound
    return render_template(
        "portal/map.html",
        project=found,
        level=found.round.level if found.round else found.level,
        map=found.map,
        pointed=published_places(found, found.map),
    )


@blueprint.get("/projekter/<slug>/kort.geojson")
@allows(Act.READ_PROJECT)
def map_places(slug: str) -> ResponseReturnValue:
    """The places of the published contributions as GeoJSON, with nothing of who wrote."""
    found = _public(slug)
    features = place_features(found.id, address=f"{current_app.config['BASE_URL']}/projekter/{found.slug}")
    return Response(stream_with_context(exports.geojson(features)), mimetype="application/geo+json")


@blueprint.get("/projekter/<slug>/kort.svg")
@allows(Act.READ_PROJECT)
def map_picture(slug: str) -> ResponseReturnValue:
    """The project's map as a picture, for all pages that show a place on it."""
    return picture(_public(slug))


@blueprint.get("/projekter/<slug>/moeder.ics")
@allows(Act.READ_PROJECT)
def all_meetings(slug: str) -> ResponseReturnValue:
    """All meetings of a project for one's own calendar."""
    found = _public(slug)
    return _calendar(found, queries.meetings_of(found), found.slug)


@blueprint.get("/projekter/<slug>/moeder/<int:meeting_id>.ics")
@allows(Act.READ_PROJECT)
def one_meeting(slug: str, meeting_id: int) -> ResponseReturnValue:
    """One meeting for one's own calendar."""
    found = _public(slug)
    return _calendar(found, [queries.meeting(found, meeting_id)], f"{found.slug}-{meeting_id}")


def _calendar(found: Any, meetings: list[Any], name: str) -> Response:
    response = Response(calendar(found, meetings, clock.now()), mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.ics")
    return response


@blueprint.get("/projekter/<slug>/papirskema.pdf")
@allows(Act.READ_PROJECT)
def on_paper(slug: str) -> ResponseReturnValue:
    """The form to print and write on (RP-14)."""
    found = _public(slug)
    printed = paper_form(current_actor(), found, municipality(), now=clock.now())
    return send_file(
        io.BytesIO(printed),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"papirskema-{slug}.pdf",
        max_age=0,
    )


# -- talking -----------------------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/ring-mig-op")
@allows(Act.ASK_CALL_BACK)
def talk(slug: str) -> ResponseReturnValue:
    """The form for whoever would rather talk."""
    found = _public(slug)
    policy.require(current_actor(), Act.ASK_CALL_BACK, found, clock.now())
    return render_template("portal/talk.html", project=found, form=CallBackForm(purpose=f"talk:{found.id}"))


@blueprint.post("/projekter/<slug>/ring-mig-op")
@allows(Act.ASK_CALL_BACK)
@csrf.exempt
def ask_to_talk(slug: str) -> ResponseReturnValue:
    """Ask to be rung up; many calls to one address in an hour are asked to wait."""
    found, now = _public(slug), clock.arrival()
    form = CallBackForm(request.form, purpose=f"talk:{found.id}")
    if not form.validate():
        return render_template("portal/talk.html", project=found, form=form), 422
    if not budgets.spend(f"talk:{request.remote_addr}", 10, clock.HOUR, now):
        form.phone.errors = [
            _("Der er bedt om mange opkald herfra. Dine ord står her. Vent en time, eller ring til os.")
        ]
        return render_template("portal/talk.html", project=found, form=form), 429
    call = ask_call_back(
        current_actor(),
        found,
        name=form.name.data,
        phone=form.phone.data,
        suits=form.suits.data,
        about=form.about.data,
        language=str(get_locale() or "da"),
        instead=queries.asked_call(found, session.get("call_back")),
        now=now,
    )
    session["call_back"] = call.id
    return redirect(url_for(".talk_asked", slug=slug), 303)


@blueprint.get("/projekter/<slug>/ring-mig-op/tak")
@allows(Act.READ_PROJECT)
def talk_asked(slug: str) -> ResponseReturnValue:
    """By when we ring, for whoever has just asked."""
    found = _public(slug)
    call = queries.asked_call(found, session.get("call_back"))
    if call is None:
        return redirect(url_for(".talk", slug=slug))
    return render_template("portal/talk_asked.html", project=found, call=call)


# -- following --------------------------------------------------------------------------------------------------------


@blueprint.post("/projekter/<slug>/foelg")
@allows(Act.FOLLOW_PROJECT)
@csrf.exempt
def follow(slug: str) -> ResponseReturnValue:
    """Ask for news by e-mail."""
    found = _public(slug)
    form = FollowForm(request.form, purpose=f"follow:{found.id}")
    if not form.validate():
        return _project_page(found, 422, form)
    language = str(get_locale() or "da")
    following.follow_project(current_actor(), found, form.email.data, language, now=clock.arrival())
    return redirect(url_for(".follow_asked", slug=slug), 303)


@blueprint.get("/projekter/<slug>/foelg")
@allows(Act.READ_PROJECT)
def follow_asked(slug: str) -> ResponseReturnValue:
    """Says to look for the letter."""
    found = _public(slug)
    return render_template("portal/follow_asked.html", project=found)


@blueprint.get("/foelg/<int:follow_id>/<token>")
@allows(Act.READ_PUBLIC)
def follow_link(follow_id: int, token: str) -> ResponseReturnValue:
    """The page behind a letter's link: begin, or stop. Opening it changes nothing."""
    return render_template("portal/follow.html", follow=_followed(follow_id, token), token=token)


@blueprint.post("/foelg/<int:follow_id>/<token>")
@allows(Act.FOLLOW_PROJECT)
@csrf.exempt
def follow_begin(follow_id: int, token: str) -> ResponseReturnValue:
    """Begin to get news."""
    following.confirm_follow(current_actor(), _followed(follow_id, token), now=clock.arrival())
    return redirect(url_for(".follow_link", follow_id=follow_id, token=token), 303)


@blueprint.post("/foelg/<int:follow_id>/<token>/stop")
@allows(Act.READ_PUBLIC)
@csrf.exempt
def follow_stop(follow_id: int, token: str) -> ResponseReturnValue:
    """Get no more news."""
    found = _followed(follow_id, token)
    title, slug = found.project.title, found.project.slug
    following.stop_follow(current_actor(), found, now=clock.arrival())
    return render_template("portal/follow_stopped.html", title=title, slug=slug)


def _followed(follow_id: int, token: str) -> Any:
    if (found := following.by_token(follow_id, token)) is None:
        raise NotFound
    return found


# -- how it works -----------------------------------------------------------------------------------------------------


@blueprint.get("/saadan-deltager-du")
@allows(Act.READ_PUBLIC)
def how() -> ResponseReturnValue:
    """How to take part, and what each level promises."""
    return render_template("portal/how.html", levels=list(Level))


@blueprint.get("/saadan-modererer-vi")
@allows(Act.READ_PUBLIC)
def moderation() -> ResponseReturnValue:
    """Rules for a good tone, the ladder, and how often each reason was used; it names nobody (T14)."""
    everywhere, by_project = moderated()
    return render_template(
        "portal/moderation.html",
        reasons=list(HidingReason),
        mask_reasons=list(MaskReason),
        rungs=[rung for rung in Rung if rung is not Rung.MASK],
        masked=masked(),
        masks_appealed=masks_appealed(),
        masked_by_project=masked_by_project(),
        everywhere=everywhere,
        by_project=by_project,
    )


@blueprint.get("/was")
@allows(Act.READ_PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement (webtilgængelighedsloven § 4)."""
    return render_template("portal/accessibility.html")


@blueprint.get("/persondata")
@allows(Act.READ_PUBLIC)
def privacy() -> ResponseReturnValue:
    """Who sees what, and by which law."""
    return render_template("portal/privacy.html")


@blueprint.get("/loefter")
@allows(Act.READ_PUBLIC)
def kept() -> ResponseReturnValue:
    """Holder vi, hvad vi lover? For the whole municipality, a department or a project."""
    within, name = _within()
    now = clock.now()
    return render_template(
        "portal/kept.html",
        figures=promises.figures(now, within),
        name=name,
        too_few=bool(name) and within == promises.EVERYWHERE,
        here=url_for(".kept", **_asked()),
        csv=url_for(".kept_csv", **_asked()),
        departments=[(_("Hele kommunen"), url_for(".kept"))]
        + [(one.name, url_for(".kept", afdeling=one.id)) for one in promises.departments_told()],
        agendas=agendas_by_body(dates.local_day(now)) if within == promises.EVERYWHERE else [],
    )


@blueprint.get("/loefter.csv")
@allows(Act.READ_PUBLIC)
def kept_csv() -> ResponseReturnValue:
    """The same figures as a file for a spreadsheet."""
    within, _name = _within()
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow([_("Løfte"), _("Løfter i alt"), _("Holdt til tiden"), _("Forsinket lige nu")])
    for one in promises.figures(clock.now(), within).kinds:
        rows.writerow([_(danish(one.kind)), one.due, one.in_time, one.late_now])
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="loefter.csv")
    return response


def _asked() -> dict[str, Any]:
    return {name: request.args[name] for name in ("afdeling", "sag") if request.args.get(name)}


def _within() -> tuple[promises.Within, str]:
    """Whose figures are asked for, and their name; staff see them before they are public (RL-30)."""
    if not municipality().promises_public and not current_actor().is_staff:
        raise NotFound
    if slug := request.args.get("sag"):
        found = _public(slug)
        enough = promises.may_be_told(found.department_id)
        return promises.Within(project_id=found.id) if enough else promises.EVERYWHERE, found.title
    if (key := request.args.get("afdeling", type=whole)) is not None:
        found = next((one for one in promises.departments_told() if one.id == key), None)
        if found is None:
            raise NotFound
        return promises.Within(department_id=found.id), found.name
    return promises.EVERYWHERE, ""


@blueprint.get("/projekter.atom")
@allows(Act.READ_PUBLIC)
def feed() -> ResponseReturnValue:
    """News of projects for a feed reader."""
    now = clock.now()
    found = queries.matching(now, most=40)
    page = render_template(
        "portal/feed.xml",
        entries=[(one, cards.card(one, now), cards.latest_news(one)) for one in found],
        base=current_app.config["BASE_URL"],
        now=now,
    )
    return Response(page, mimetype="application/atom+xml")
