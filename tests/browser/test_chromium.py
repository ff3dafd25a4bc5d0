"""The watch must bark: each fault is put on a page on purpose and must be seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import axe, nu
from tests.browser.chromium import serving, windows
from tests.browser.weight import weigh

GOOD = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><title>Engelund</title></head>
<body><main><h1>Engelund Kommune</h1><p>Her er roligt.</p></main></body></html>"""

PAGES = {
    "/": GOOD,
    "/script": GOOD.replace("</main>", "<script>document.title = 'nej'</script></main>"),
    "/fremmed": GOOD.replace("</main>", '<img alt="" src="http://elsewhere.invalid/x.png"></main>'),
    "/mangler": GOOD.replace("</main>", '<img alt="" src="/findes-ikke.png"></main>'),
    "/uden-navn": GOOD.replace("</main>", '<input type="text" id="felt"></main>'),
    "/forkert": GOOD.replace("</main>", "<p><div>En blok i et afsnit</div></p></main>"),
}


def pages(environ, start_response) -> Iterator[bytes]:
    html = PAGES.get(environ["PATH_INFO"])
    body = (html or "Findes ikke").encode()
    start_response(
        "200 OK" if html else "404 Not Found",
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", "default-src 'self'; img-src *"),
        ],
    )
    yield body


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages) as origin:
        yield origin


def seen(browser: Browser, origin: str, path: str) -> str:
    """What the watch says about a page; empty when it is content."""
    try:
        with windows(browser, origin) as window:
            window().goto(path, wait_until="networkidle")
    except pytest.fail.Exception as fault:
        return str(fault)
    return ""


def test_a_quiet_page_has_no_faults(browser, origin):
    assert seen(browser, origin, "/") == ""


def test_a_page_that_is_not_there_is_an_answer_and_no_fault(browser, origin):
    assert seen(browser, origin, "/nowhere") == ""


def test_an_inline_script_breaks_the_policy_and_is_seen(browser, origin):
    assert "Content Security Policy" in seen(browser, origin, "/script")


def test_a_request_to_another_host_is_seen(browser, origin):
    assert "request to another host: http://elsewhere.invalid/x.png" in seen(browser, origin, "/fremmed")


def test_a_missing_part_of_a_page_is_seen(browser, origin):
    assert "404 for a part of the page" in seen(browser, origin, "/mangler")


def test_axe_finds_the_field_without_a_label(browser, origin):
    with windows(browser, origin) as window:
        page = window()
        page.goto("/uden-navn")
        found = axe.violations(page)
    assert [line for line in found if line.startswith("label ") and "#felt" in line]


def test_axe_says_so_where_scripts_are_switched_off(browser, origin):
    with windows(browser, origin) as window:
        page = window(js=False)
        page.goto("/")
        with pytest.raises(ValueError, match="js=True"):
            axe.violations(page)


def test_a_phone_in_forced_colours_is_what_it_says(browser, origin):
    with windows(browser, origin) as window:
        page = window(width=320, forced_colors=True)
        page.goto("/")
        assert page.evaluate("[innerWidth, matchMedia('(forced-colors: active)').matches]") == [320, True]
        assert axe.violations(page) == []


@pytest.mark.browser  # it needs Java and the checker, which the browser part fetches
def test_nu_names_the_page_with_the_fault():
    found = nu.faults({"rigtig": PAGES["/"], "forkert": PAGES["/forkert"]})
    assert found
    assert all(line.startswith("forkert:") for line in found)


def test_a_page_is_weighed_as_it_crossed_the_line(browser, origin):
    with windows(browser, origin) as window:
        weight = weigh(window(watched=False), "/mangler")
    assert weight.requests == 2
    assert len(PAGES["/mangler"]) < weight.bytes < len(PAGES["/mangler"]) + 1000
