"""Accessibility as a machine can see it: axe-core in the open page, WCAG 2.2 AA and best practice."""

from playwright.sync_api import Page

from tests.browser.checkers import checker

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Told in lines by the page itself: the whole result is large and slow to carry out of it.
_RUN = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id} (${rule.impact}) at ${node.target.join(" ")}: ${rule.help}`)))"""


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands now, a line for each place; empty when nothing is wrong.

    Raises:
        ValueError: scripts are switched off in this window; axe would wait for ever.
    """
    if page.evaluate("matchMedia('(scripting: none)').matches"):
        raise ValueError("axe is a script itself; open the window with js=True")
    if not page.evaluate("'axe' in window"):
        page.evaluate(checker("axe.min.js").read_text(encoding="utf-8") + "; undefined")
    lines: list[str] = page.evaluate(_RUN, TAGS)
    return lines
