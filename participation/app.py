"""The roof: puts the rooms together. Only this module, ``config.py`` and ``cli.py`` know every room."""

import errno
import secrets
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, has_request_context, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_decimal, get_locale, gettext
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import configure_mappers
from werkzeug.exceptions import HTTPException, MisdirectedRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from participation import config
from participation.contributions import point_out
from participation.contributions.overlap import overlaps
from participation.contributions.shown import said
from participation.contributions.story import what_happens
from participation.foundation import clock, compress, db, files, letters, markup, observe, personal, tiles
from participation.foundation.forms import Hidden, Wrong, csrf, renewed_key, typed
from participation.foundation.worddiff import word_changes
from participation.people.actor import current_actor
from participation.people.municipality import Municipality, municipality
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.plain import LANGUAGES
from participation.rules.policy import NO_ROLE, RIGHTS, VISITOR, Actor, Door, NotAllowed, Refusal, refusal
from participation.rules.words import TELLS, danish

_HERE = Path(__file__).resolve().parent
#: Templates and static files lie beside the package in a checkout and inside it in a wheel.
HOUSE = _HERE if (_HERE / "templates").is_dir() else _HERE.parent

#: Seconds after which a thread that computes lets another one go on. Whoever holds the write lock asks the database a
#: dozen times, and would else wait each time for as long as Python allows, with everybody else behind it.
HAND_OVER = 0.0005
CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

#: Rooms with doors. Each has a module ``views`` with a blueprint ``blueprint``.
ROOMS: tuple[str, ...] = (
    "people",
    "statutes",
    "projects",
    "contributions",
    "drafting",
    "themes",
    "reports",
    "decisions",
    "feedback",
    "queue",
    "desk",
    "portal",
)
#: Rooms with something to keep.
MODELS = (
    "foundation",
    "people",
    "statutes",
    "projects",
    "contributions",
    "drafting",
    "themes",
    "answers",
    "reports",
    "decisions",
    "feedback",
    "queue",
)


def create_app(overrides: Mapping[str, Any] | None = None) -> db.SettledFlask:
    """Build the application.

    Args:
        overrides: settings that win over the environment, for tests and commands.

    Raises:
        BadSetting: a setting cannot be used.
    """
    app = db.SettledFlask(
        "participation", template_folder=str(HOUSE / "templates"), static_folder=str(HOUSE / "static")
    )
    app.request_class = files.Request
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # pages send no referrer
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=400,
        BABEL_DEFAULT_LOCALE="da",
        BABEL_DEFAULT_TIMEZONE="Europe/Copenhagen",
        BABEL_TRANSLATION_DIRECTORIES=str(_HERE / "translations"),
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.config.update(config.read(overrides=overrides))
    app.config["SESSION_COOKIE_SECURE"] = app.config["SECURE_COOKIES"]
    if app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, app.config["PROXIES"], 0, 0, 0, 0)  # type: ignore[method-assign]
    app.wsgi_app = clock.Arrival(app.wsgi_app)  # type: ignore[method-assign]
    for room in MODELS:
        import_module(f"participation.{room}.model")
    observe.init_app(app)
    db.init_app(app)
    csrf.init_app(app)
    Babel(app, locale_selector=_language)
    _sign_in(app)
    _templates(app)
    compress.init_app(app)  # last of all, since what is asked for first runs last
    _doors(app)
    _errors(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"participation.{room}.views").blueprint)
    return app


def create_warm_app() -> db.SettledFlask:
    """The app as the server's first process makes it: mapped and compiled before the others are forked from it.

    So one that takes the place of another, in the last hour of a hearing, answers at once instead of after a second.
    """
    sys.setswitchinterval(HAND_OVER)
    app = create_app()
    configure_mappers()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        if name.startswith(("base.", "components/", "contributions/", "errors/", "portal/")):
            app.jinja_env.get_template(name)
    return app


def _language() -> str:
    """The language of the page: asked for in the address, kept in the session, else what the browser prefers."""
    if not has_request_context():
        return "da"
    chosen = request.args.get("sprog") or session.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "da"


def _sign_in(app: db.SettledFlask) -> None:
    login = LoginManager(app)
    login.session_protection = None

    @login.user_loader
    def load(key: str) -> Any:
        from participation.people.sign_in import load_signed_in

        return load_signed_in(key)


def _templates(app: db.SettledFlask) -> None:
    app.jinja_env.filters.update(clock.FILTERS)
    app.jinja_env.filters["danish"] = lambda member: gettext(danish(member))
    app.jinja_env.filters["act_words"] = lambda act: gettext(danish(Act(act)))
    app.jinja_env.filters["capital"] = lambda words: str(words)[:1].upper() + str(words)[1:]
    app.jinja_env.filters["translated"] = gettext  # what is no literal: its percent sign is no place
    app.jinja_env.filters["filesizeformat"] = lambda size: _size(int(size))
    app.jinja_env.filters["words"] = markup.words
    app.jinja_env.filters["rich"] = markup.rich
    app.jinja_env.filters["found"] = markup.found
    app.jinja_env.filters["visible"] = markup.visible
    app.jinja_env.filters["paragraph_name"] = point_out.name_of
    app.jinja_env.filters["place_in"] = point_out.place_of
    app.jinja_env.filters["word_changes"] = word_changes
    app.jinja_env.filters["web"] = markup.web
    app.jinja_env.filters["last_day"] = lambda closes_at: clock.day(dates.last_day(closes_at))
    app.jinja_env.filters["what_happens"] = what_happens
    app.jinja_env.filters["said"] = said
    app.jinja_env.filters["for_others"] = letters.for_others
    app.jinja_env.globals["tiles_of"] = lambda sheet: tiles.tiles(sheet.frame, app.config["TILES"])
    app.jinja_env.globals["tiles_credit"] = app.config["TILES_CREDIT"] if app.config["TILES"] else ""
    app.jinja_env.finalize = markup.shown
    told: dict[str, Any] = app.jinja_env.globals
    told.update({name: markup.with_shown(told[name]) for name in ("gettext", "ngettext")})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    hashes: dict[str, str] = {}

    def asset(name: str) -> str:
        """The address of a static file with its hash, so that it can be kept for a year."""
        if name not in hashes or app.debug:
            hashes[name] = sha256((HOUSE / "static" / name).read_bytes()).hexdigest()[:12]
        return url_for("static", filename=name, v=hashes[name])

    def tells(level: Any) -> str:
        """What the citizen is told about a level."""
        return gettext(TELLS[level], body=gettext(municipality().body))

    def allowed(act: str, thing: Any = None) -> bool:
        """Whether whoever reads the page may do an act now: no link is shown to a door that is shut."""
        return refusal(_or_plain(current_actor, VISITOR), Act(act), thing, clock.now()) is None

    app.jinja_env.globals["allowed"] = allowed
    app.jinja_env.globals["overlaps"] = lambda project: overlaps(current_actor(), project)

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "municipality": _or_plain(municipality, Municipality()),
            "actor": _or_plain(current_actor, VISITOR),
            "asset": asset,
            "tells": tells,
            "get_locale": get_locale,
            "all_languages": LANGUAGES,
            "demo": app.config["DEMO"],
        }


def _size(size: int) -> str:
    """The bytes of a file as people read them, in the language of the page: 1,1 kB."""
    for unit, bytes_ in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= bytes_:
            return f"{format_decimal(round(size / bytes_, 1))} {unit}"
    return f"{size} byte"


def _or_plain(read: Callable[[], Any], plain: Any) -> Any:
    """What stands on every page, also on the page that says that the database does not answer."""
    try:
        return read()
    except SQLAlchemyError:
        db.db.session.rollback()
        return plain


#: Names of the machine itself, by which it is asked whether it is well.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def _hosts(listed: str, base_url: str) -> frozenset[str]:
    """The host names that are answered; any when none is listed and the public address is this machine's own (T21)."""
    named = frozenset(host.strip().lower() for host in listed.split(",") if host.strip())
    public = urlsplit(base_url).netloc.lower()
    ours_alone = public in _LOOPBACK or public.rpartition(":")[0] in _LOOPBACK
    return named or (frozenset() if ours_alone else frozenset({public}))


def _doors(app: db.SettledFlask) -> None:
    hosts = _hosts(app.config["ALLOWED_HOSTS"], app.config["BASE_URL"])

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if hosts and request.host not in hosts and request.host.partition(":")[0] not in _LOOPBACK:
            raise MisdirectedRequest
        if isinstance(request.routing_exception, RequestRedirect):  # without the host that the sender made up
            parts = urlsplit(request.routing_exception.new_url)
            return redirect("/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else ""), 308)
        if request.args.get("sprog") in LANGUAGES:
            session["language"] = request.args["sprog"]
        acts = getattr(app.view_functions.get(request.endpoint or ""), "acts", ())
        if acts and not current_actor().is_staff and not any(_is_public(act) for act in acts):
            if request.method == "POST":
                return _error_page(
                    401, gettext("Du er blevet logget ud. Dine ord står her. Log ind i et nyt vindue, og prøv igen.")
                )
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
        if acts and current_actor().is_staff and not any(_may_knock(current_actor(), act) for act in acts):
            raise NotAllowed(Refusal(acts[0], Door.ROLE, NO_ROLE))  # before a form is read: its page tells too (T10)
        return None

    @app.after_request
    def net(response: Response) -> Response:
        """No CPR number stands on a page for everybody, whoever wrote it (T15); one's own page keeps one's words."""
        acts = getattr(app.view_functions.get(request.endpoint or ""), "acts", ())
        if request.method == "GET" and _FOR_ALL.issuperset(acts) and acts and response.mimetype == "text/html":
            words = response.get_data(as_text=True)
            if (clean := personal.struck(words, certain=True)) is not words:
                response.set_data(clean)
        return response

    policy_ = (
        CSP.replace("img-src 'self'", f"img-src 'self' {land}") if (land := tiles.host(app.config["TILES"])) else CSP
    )

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy_)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        if app.config["SECURE_COOKIES"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static" or request.method == "OPTIONS" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"  # send_file has said otherwise of a file of the case
            response.vary.update(("Cookie", "Accept-Language"))
        return response


#: What everybody reads; a page of one's own, a form and a desk page are not held to the net.
_FOR_ALL = frozenset({Act.READ_PUBLIC, Act.READ_PROJECT})


def _may_knock(actor: Actor, act: Act) -> bool:
    """Whether it is the door of a role that the person holds, of a holder, or of everybody; the verb asks the rest."""
    return _is_public(act) or any(actor.has(role) for right in RIGHTS[act] for role in right.roles)


def _is_public(act: Act) -> bool:
    return any(right.roles & {Role.VISITOR, Role.HOLDER} for right in RIGHTS[act])


def _errors(app: db.SettledFlask) -> None:
    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> ResponseReturnValue:
        status = 409 if error.refusal.door in ("phase", "level") else 403
        return _error_page(status, gettext(error.refusal.words))

    @app.errorhandler(Wrong)
    def wrong(error: Wrong) -> ResponseReturnValue:
        key = renewed_key(request.form.get("key", "")) if error.may_send_anew else ""
        return _error_page(409, gettext(error.words), key, known=error.may_send_anew)

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> ResponseReturnValue:
        return _error_page(
            400, gettext("Siden havde været åben for længe. Dine ord står her. Gå tilbage og prøv igen.")
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is not None and error.code < 400:
            return error
        page = _error_page(error.code or 500, error.description or "" if isinstance(error, Hidden) else "")
        if isinstance(page, Response) and error.response is None:
            for name, value in error.get_headers(request.environ):
                if name.lower() == "allow":
                    page.headers[name] = value
        return page

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    @app.errorhandler(UnicodeEncodeError)
    def unkeepable(error: Exception) -> ResponseReturnValue:
        """A number too large or a character that no column can hold, past the forms: nothing of ours is broken."""
        db.db.session.rollback()
        current_app.logger.info("unkeepable", exc_info=error, extra={"reference": _reference()})
        return _error_page(422 if request.method == "POST" else 404, "")

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    @app.errorhandler(OSError)
    def away(error: Exception) -> ResponseReturnValue:
        """The database does not answer or the disk is full: it may pass, and nobody can say yet what was kept."""
        if isinstance(error, OSError) and error.errno not in _PASSING:
            return fault(error)
        current_app.logger.error("away", exc_info=error, extra={"reference": _reference()})
        response = current_app.make_response(_error_page(503, "", _same_key()))
        response.headers["Retry-After"] = "30"
        return response

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        if current_app.testing and current_app.config.get("RAISE_FAULTS", True):
            raise error
        current_app.logger.error("fault", exc_info=error, extra={"reference": _reference()})
        return _error_page(500, "", _same_key())


#: The disk is full, a quota is spent, the disk cannot be written or read.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def _same_key() -> str:
    """The key of the citizen's form that was sent: with it the same words count once, however often they are sent."""
    return request.form.get("key", "") if typed().fields else ""


def _reference() -> str:
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    return g.reference


def _error_page(status: int, why: str, key: str = "", **told: Any) -> ResponseReturnValue:
    """A page that says what happened, what was kept, and what to do now; typed words are shown again.

    Args:
        key: with which a citizen's form can be sent again from the page itself.
        told: what else a script is told that asked in place of a reader.
    """
    if request.accept_mimetypes.best == "application/json":  # a script of ours asks, and keeps the words itself
        return current_app.make_response(({"why": why, **told}, status))
    kept = typed()
    try:
        page = render_template(
            "errors/error.html", status=status, why=why, kept=kept, again=key, reference=_reference()
        )
    except Exception as error:  # whatever is broken, the words are not lost with it
        db.db.session.rollback()
        current_app.logger.error("error page", exc_info=error, extra={"reference": _reference()})
        page = render_template("errors/bare.html", kept=kept, reference=_reference())
    response = current_app.make_response((page, status))
    if request.method == "HEAD":
        response.set_data(b"")
    return response


__all__ = ["HOUSE", "ROOMS", "create_app", "create_warm_app"]
