// What a payload can do when it runs: call a dialog, set the marker, load something, leave the page. Injected by the
// test before every page (Chromium runs it outside the page's policy); the page's own scripts never call these.
(() => {
  const told = (what) => window.__told && window.__told(what);
  for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => told("dialog " + name);
  Object.defineProperty(window, "marker", { set: (value) => told("marker " + value), get: () => undefined });
  document.addEventListener("securitypolicyviolation", (event) =>
    told("policy " + event.violatedDirective + " " + String(event.blockedURI).slice(0, 80)));
})();
