"""More than three hundred answered: Trafikplan Nord of the practice municipality, walked by all six who meet in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from participation.answers.draft import Draft, draft_answers
from participation.answers.explain import differences, explain_difference
from participation.answers.gates import gates
from participation.answers.model import Alike
from participation.answers.queries import answers_of
from participation.contributions.model import Contribution, Point
from participation.foundation import clock, codes, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people.actor import actor_of
from participation.rules import dates
from participation.rules.kinds import Role
from participation.rules.outcomes import Recommendation
from participation.themes.model import Placement, Theme
from tests.browser.chromium import serving, windows
from tests.mailbox import receiving
from tests.stories.street import DESK, PUBLIC, TABLET, Street, matter, press
from tests.stories.told import decide, fetch_the_papers, give_addresses, tell_everybody

NAME = "Cykelsti langs Tranbyvej"
REMARKS = "Tak. Cykelstien kommer med i planen, og vi begynder ved skolen."
OWN_REMARKS = "Tak. En tunnel under vejen er for dyr her."


@pytest.fixture
def street(practice: SettledFlask, browser: Browser) -> Iterator[Street]:
    """The practice municipality with its doors open."""
    with serving(practice) as origin, windows(browser, origin) as window:
        yield Street(practice, window)


def missing() -> dict[str, tuple[int, ...]]:
    """What keeps the paper back, as the gate says: its name and the contributions it is about."""
    return {one.key: one.numbers for one in gates(matter(), dates.local_day(clock.now())) if one.blocks}


def write(page: Page, words: str, recommendation: Recommendation) -> None:
    page.locator("[name=words]").fill(words)
    page.locator("[name=recommendation]").select_option(recommendation.value)


def test_trafikplan_nord_goes_from_heaps_of_letters_to_the_last_letter(street: Street, tmp_path: Path) -> None:
    """RP-21 RP-23 RP-36 RP-42 RE-29 RE-42 RL-04 RL-46: visitor, planner, leader, clerk, councillor and citizen."""
    assert matter().response_count >= 300
    look_around(street.page(Role.VISITOR))
    planner = street.page(Role.PLANNER)
    acts = acts_of(planner)
    theme, other = put_in_order(planner)
    point = answer(planner, theme)
    find_what_is_missing(planner)
    answer_the_others(street)
    last = be_refused(planner)
    answer_the_last(planner, last)
    groups = [("topic", theme), ("point", point), ("contribution", last)]
    print(f"\n{len(acts)} acts for {len(groups)} groups answered by hand: {len(acts) / len(groups):.1f} for each")
    assert 0 < len(acts) <= 6 * len(groups), acts
    approve(street)
    press(planner, "Offentliggør hvidbogen")
    street.work()
    assert missing() == {}
    press_on(street.page(Role.CLERK))
    for js in (True, False):
        read_to_the_single_voice(street.tablet(Role.COUNCILLOR, js=js))
    see_where_the_words_went(street.page(Role.VISITOR), theme)
    assert other != theme
    assert answers_of(matter().id).by_point[point].words == OWN_REMARKS
    fetch_the_papers(street.page(Role.VISITOR), tmp_path)
    give_addresses()
    with receiving(street.app) as mail:
        decide(street)
        tell_everybody(street, mail)


def acts_of(page: Page) -> list[str]:
    """Everything that is sent from a window from now on: forms, not what the page says by itself (RP-23)."""
    sent: list[str] = []
    page.on(
        "request",
        lambda one: sent.append(one.url) if one.method == "POST" and one.is_navigation_request() else None,
    )
    return sent


def look_around(page: Page) -> None:
    """A visitor on a phone: from the front page to one neighbour's words."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Trafikplan Nord")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Trafikplan Nord"))
    page.goto(f"{PUBLIC}/hoeringssvar")
    page.locator("main a[href*='/hoeringssvar/']").first.click()
    expect(page.locator("main blockquote, main .words").first).to_be_visible()


def put_in_order(page: Page) -> tuple[int, int]:
    """A planner gives a topic its name, lays two together, and takes that back; gives both topics."""
    heads = [theme.id for theme in main_themes()]
    theme, other = heads[0], heads[1]
    page.goto(f"{DESK}/emner/{theme}")
    page.locator("summary", has_text="Nyt navn").click()
    page.locator("form[action$='/navn'] [name$=title]").fill(NAME)
    press(page, "Gem navnet")
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    page.goto(f"{DESK}/emner")
    panel = page.locator("section[aria-labelledby=sammen]")
    panel.locator("[name$=theme]").select_option(str(other))
    panel.locator("[name$=into]").select_option(str(theme))
    press(panel, "Læg sammen")
    assert other not in [one.id for one in main_themes()]
    page.goto(f"{DESK}/emner")
    press(page, "Fortryd: lagt sammen")
    page.goto(f"{DESK}/emner")
    expect(page.locator(f"#h-{theme}")).to_have_text(NAME)
    expect(page.locator(f"#h-{other}")).to_be_visible()
    assert [one.id for one in main_themes()] == heads
    return theme, other


def main_themes() -> list[Theme]:
    """Main topics that have no answer yet and hold points of their own, the largest first."""
    project, answered = matter(), answers_of(matter().id).by_theme
    own = sa.select(Placement.theme_id)
    found = db.session.scalars(
        sa.select(Theme)
        .where(Theme.project_id == project.id, Theme.parent_id.is_(None), Theme.retired_at.is_(None))
        .where(Theme.id.in_(own))
        .order_by(Theme.point_count.desc(), Theme.id)
    )
    return [theme for theme in found if theme.id not in answered]


def answer(page: Page, theme: int) -> int:
    """One answer for the whole topic, and an own one on a point of it, which needs its reason; gives the point."""
    page.goto(f"{DESK}/emner/{theme}/svar")
    write(page, REMARKS, Recommendation.PARTLY)
    press(page, "Gem svaret")
    expect(page.get_by_role("alert")).to_contain_text("begrundelse")
    page.locator("[name=reason]").fill("Pengene rækker til den første halvdel.")
    press(page, "Gem svaret")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{DESK}/emner/{theme}/svar")
    assert page.locator("[name=words]").input_value() == REMARKS
    page.get_by_role("link", name="Giv punktet sit eget svar").first.click()
    write(page, OWN_REMARKS, Recommendation.NOT_ACCOMMODATED)
    page.locator("summary", has_text="Begrundelse").click() if not page.locator("[name=reason]").is_visible() else None
    page.locator("[name=reason]").fill("Vandet står højt i mosen.")
    point = int(page.url.split("/punkter/")[1].split("/")[0])
    press(page, "Gem svaret")
    expect(page.get_by_role("alert")).to_have_count(0)
    return point


def find_what_is_missing(page: Page) -> None:
    """The gate names what keeps the report back, and each line leads to where it is mended."""
    page.goto(f"{DESK}/klar")
    lines = page.locator("main .queue > li")
    expect(lines.filter(has_text="Mangler svar: nr.")).to_have_count(1)
    for index in range(lines.count()):
        lines.nth(index).get_by_role("link", name="Ret det").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.split("?")[0] != f"{DESK}/klar"
        page.goto(f"{DESK}/klar")
    for number in missing()["held_back"]:
        page.goto(f"{DESK}/indbakke/{number}")
        page.get_by_role("link", name="Se efter, og dæk det private").click()
        press(page, "Jeg har set efter. Det må vises")
    assert "held_back" not in missing()


def answer_the_others(street: Street) -> None:
    """The other planners of the week, by the verb: every topic and every lone point but those of one contribution."""
    themes = main_themes()
    draft(street, themes)
    lacking = answers_of(matter().id).lacking()
    last = lacking[-1].number
    draft(street, [db.session.get_one(Point, one.id) for one in lacking if one.number != last])
    planner, (found, _total) = actor_of(street.person(Role.PLANNER)), differences(matter())
    alike = [one.alike.id for one in found]
    db.session.rollback()
    with settling():
        for key in alike:
            explain_difference(planner, db.session.get_one(Alike, key), "De handler om to steder.", now=clock.now())
    assert missing() == {"unanswered": (last,)}


def draft(street: Street, about: list[Theme] | list[Point]) -> None:
    planner, project = actor_of(street.person(Role.PLANNER)), matter()
    words, yes = "Tak. Det tager vi med i planen.", Recommendation.ACCOMMODATED
    drafts = [Draft(one, words, yes, "Det er rigtigt set.") for one in about]
    db.session.rollback()
    with settling():
        draft_answers(planner, project, drafts, now=clock.now())


def be_refused(page: Page) -> int:
    """One contribution lacks its answer: no button, and the door itself says no and names it; gives its number."""
    (number,) = missing()["unanswered"]
    page.goto(f"{DESK}/rapport")
    expect(page.get_by_text(f"Mangler svar: nr. {number}.")).to_be_visible()
    expect(page.get_by_role("button", name="Offentliggør hvidbogen")).to_have_count(0)
    mark = page.locator("[name=csrf_token]").first.input_value()
    answer = page.request.post(f"{DESK}/rapport/offentliggoer", form={"csrf_token": mark}, max_redirects=0)
    assert 400 <= answer.status < 500
    assert f"nr. {number}." in answer.text()
    assert matter().round.reported_at is None
    return number


def answer_the_last(page: Page, number: int) -> None:
    """From the gate's line to the letter, and the answer."""
    page.goto(f"{DESK}/rapport")
    page.locator("main .queue > li").filter(has_text=f"nr. {number}.").get_by_role("link", name="Ret det").click()
    for box in page.locator("textarea[name$=words]").all():
        box.fill("Tak for dit brev.")
    for choice in page.locator("select[name$=recommendation]").all():
        choice.select_option(Recommendation.SUPPORT_NOTED.value)
    page.locator("main form:has([name$=recommendation]) button").last.click()
    assert missing() == {}


def approve(street: Street) -> None:
    """The leader says yes by the one link of the letter."""
    page = street.page(Role.PLANNER)
    page.goto(f"{DESK}/rapport")
    press(page, "Bed om godkendelse")
    expect(page.get_by_text("Venter på godkendelse")).to_be_visible()
    street.work()
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "approval_wanted")).all()[-1]
    words = letters.read_in_full(letter).words.split()
    link = next(word for word in words if "/arbejde/godkend/" in word)
    leader = street.page(Role.LEADER)
    leader.goto(link[link.index("/arbejde/") :])
    press(leader, "Godkend")
    expect(leader.get_by_text("Godkendt").first).to_be_visible()
    page.goto(f"{DESK}/rapport")


def press_on(page: Page) -> None:
    """The clerk lays the white paper before the committees."""
    page.goto("/arbejde/moeder")
    press(page.locator("main li").filter(has_text="Trafikplan Nord").first, "Læg hvidbogen ved")
    expect(page.locator("main li").filter(has_text="Trafikplan Nord").first).to_contain_text("hvidbog, version 1")


def read_to_the_single_voice(page: Page) -> None:
    """RL-04: on a tablet a councillor comes from the agenda by a topic to a citizen's own words in two clicks."""
    page.goto("/arbejde/raad")
    page.get_by_role("link", name="Trafikplan Nord").first.click()  # one: the whole matter on one page
    expect(page.get_by_role("heading", level=1)).to_have_text("Trafikplan Nord")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= TABLET
    topics = page.locator("section").filter(has=page.locator("#emner")).locator("article.part")
    link = topics.locator("a[href*='#nr-']:visible").first
    number = re.sub(r"\D", "", link.inner_text())
    link.click()  # two
    expect(page.locator(f"#nr-{number} blockquote").first).to_be_in_viewport()
    said = db.session.scalars(sa.select(Contribution).where(Contribution.number == int(number))).all()
    mine = next(one for one in said if one.project_id == matter().id)
    start = mine.words.split("\n")[0][:40]
    expect(page.locator(f"#nr-{number}")).to_contain_text(start)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= TABLET


def see_where_the_words_went(page: Page, theme: int) -> None:
    """RP-36: whoever wrote in that topic types the code and reads their words, the topic and the answer to them."""
    placed = sa.select(Point).join(Placement, Placement.point_id == Point.id).where(Placement.theme_id == theme)
    point = db.session.scalars(placed.order_by(Point.contribution_id.desc(), Point.position)).first()
    assert point is not None
    one = point.contribution
    page.goto("/mit-svar")
    page.locator("[name=code]").fill(codes.tracking_code(one.id, one.code_version))
    press(page, "Vis mit svar")
    main = page.locator("main")
    for words in (NAME, REMARKS, "Forvaltningen indstiller"):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text(point.words.split("\n")[0][:30])
