() => {
  // Touch everything once: whatever waits for the pointer, the focus or a click has its chance.
  const keep = (event) => event.preventDefault();
  for (const kind of ["click", "submit", "auxclick"]) window.addEventListener(kind, keep, true);
  const all = [...document.querySelectorAll("body *")];
  for (const one of all.slice(0, 1500)) {
    for (const kind of ["pointerover", "mouseover", "mouseenter", "mousemove"]) one.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
    if (one.matches("a, button, input, select, textarea, summary, [tabindex]")) one.focus({ preventScroll: true });
    if (!one.matches("a, button, input, select, summary, label, form, option") && !one.closest("[data-print]")) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
  for (const one of document.querySelectorAll("button:not([data-print]), a")) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const kind of ["click", "submit", "auxclick"]) window.removeEventListener(kind, keep, true);

  // What stands there and could run one day, whatever the policy says.
  const odd = [];
  const links = ["href", "src", "action", "formaction", "data", "poster", "srcdoc", "xlink:href"];
  for (const one of document.querySelectorAll("*")) {
    if (one.matches("iframe, object, embed, base, applet, frame, frameset, marquee, portal, math, template"))
      odd.push("odd element " + one.outerHTML.slice(0, 80));
    if (one.matches("meta[http-equiv]")) odd.push("odd element " + one.outerHTML.slice(0, 80));
    if (one.localName === "script" && !one.src) odd.push("odd element " + one.outerHTML.slice(0, 80));
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name)) odd.push("on-attribute " + name + " on " + one.localName);
      if (links.includes(name) && /^[\s\x00-\x20]*(javascript|data|vbscript|blob|file)\s*:/i.test(value) && one.localName !== "img")
        odd.push("odd address " + name + "=" + value.slice(0, 80));
    }
  }
  // The words a reader sees, and those in fields.
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("script, style, .mark-number")) words.push(walker.currentNode.data);
  const fields = [...document.querySelectorAll("input:not([type=hidden]), textarea")].map((one) => "\n" + one.value);
  return { words: words.join("") + fields.join(""), html: document.documentElement.outerHTML, odd };
}
