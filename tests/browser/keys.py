"""Somebody without a mouse: the focus is seen, comes in order, and lets go again (WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7)."""

from playwright.sync_api import Page

#: What has the focus: its words, and whether it is seen, is in the window, and stands after the one before it.
_FOCUS = """() => {
  const one = document.activeElement, before = window.before, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  window.before = one;
  return {
    words: ((one.labels && one.labels[0] || one).innerText || one.getAttribute('aria-label') || '').trim(),
    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    ordered: !before || !before.isConnected || before === document.body
      || Boolean(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
    name: one.tagName,
  };
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, words: str) -> None:
        """Press the tabulator key until this has the focus."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(_FOCUS)
            assert focus["name"] != "BODY", f"»{words}« is not reached on {self.page.url}"
            assert focus["seen"], focus
            assert focus["inside"], focus
            assert focus["ordered"], focus
            if focus["words"].startswith(words):
                return
        raise AssertionError(f"»{words}« is not reached on {self.page.url}")

    def press(self, words: str) -> None:
        """Go to a link or a button and press Enter."""
        self.to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        """Go to a field and type."""
        self.to(label)
        self.page.keyboard.type(words)

    def choose(self, label: str, value: str) -> None:
        """Go to a list and press the arrow until the value stands there."""
        self.to(label)
        for _ in range(20):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not chosen in »{label}«")
