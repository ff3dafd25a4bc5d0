"""Every link of the practice municipality leads to a page, for everybody who sees it, and every page can be reached."""

import pytest

from participation.rules.kinds import Role
from tests.walk import WALKERS, Walk

#: Pages that are reached by a letter, a form that was sent or the code of a receipt, never by a link of a page.
BY_LETTER_OR_FORM = {
    "contributions.drafts.resume",
    "contributions.drafts.saved",
    "contributions.edit",
    "contributions.follow_link",
    "contributions.ladder.appeal",
    "contributions.receipt",
    "contributions.sender.copies",
    "contributions.sender.vouch",
    "drafting.enter",
    "drafting.opened",
    "drafting.version",
    "drafting.workspace",
    "feedback.track",
    "people.welcome",
    "portal.follow_asked",
    "portal.follow_link",
    "portal.mine.door",
    "portal.mine.link_sent",
    "portal.talk_asked",
    "portal.talks.talk_booked",
    "portal.talks.talk_link",
    "queue.assess_points",
    "reports.approval",
}
#: Pages with a link that stands there only for a while: a file is being read, a paper is being made, letters wait for
#: the printer, many were hidden or handed out at once, a project or a round waits for its announcement, a file
#: came with a contribution, the worker has divided the material into paragraphs, a document lies among it; or only
#: in another department's co-creation. For those who walk here the practice municipality is in none of these states.
FOR_A_WHILE = {
    "contributions.offers.listed",
    "contributions.private.look_at_page",
    "contributions.private.picture",
    "contributions.sheets.progress",
    "contributions.sheets.show",
    "contributions.sweeps.progress",
    "contributions.sweeps.show",
    "desk.passage",
    "feedback.lessons",
    "feedback.paper",
    "portal.copy",
    "portal.corrections",
    "portal.town.town_picture",
    "portal.paragraphs",
    "projects.plan",
    "projects.steps",
    "queue.batch",
    "queue.mine",
    "reports.progress",
}


@pytest.fixture(scope="module")
def walks(practised) -> dict[Role, Walk]:
    return {role: Walk(practised, role, each=10).go() for role in WALKERS}


@pytest.mark.parametrize("role", WALKERS)
def test_every_link_leads_somewhere(walks, role):
    assert walks[role].stops
    assert walks[role].broken == []


def test_every_page_can_be_reached_by_links(walks, practised):
    pages = {rule.endpoint for rule in practised.url_map.iter_rules() if "GET" in rule.methods} - {"static"}
    shown = {stop.name.split("-")[0] for walk in walks.values() for stop in walk.stops}
    html = {page for page in pages if not _gives_a_file(practised, page)}
    assert sorted(html - shown - BY_LETTER_OR_FORM - FOR_A_WHILE) == []


def test_the_exceptions_are_pages_that_are_there(practised):
    assert {rule.endpoint for rule in practised.url_map.iter_rules()} >= BY_LETTER_OR_FORM | FOR_A_WHILE


def _gives_a_file(app, endpoint: str) -> bool:
    """Downloads are no pages: their address ends in a kind of file, or they lie among the files."""
    rules = app.url_map.iter_rules(endpoint)
    return all(
        "." in rule.rule.rsplit("/", 1)[-1].split(">")[-1] or rule.rule.endswith(":format_>") or "/filer/" in rule.rule
        for rule in rules
    )
