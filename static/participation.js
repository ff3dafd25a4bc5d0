/* Extras only: every page works without this file. A page asks by a data attribute, with its own words. */
"use strict";

const all = (what, from = document) => [...from.querySelectorAll(what)];
const language = document.documentElement.lang;
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(`medspil:${key}`)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`medspil:${key}`, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(`medspil:${key}`); } catch { /* none */ } },
};
const later = (act, ms) => { let wait; return () => { clearTimeout(wait); wait = setTimeout(act, ms); }; };
const reveal = (element) => { for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true; };

/* data-draft="key": kept on this device until sent; never in kiosk mode. data-saved: what was saved then stands in it. */
const MONTH = 30 * 24 * 3600 * 1000;
const kiosk = document.querySelector("[data-kiosk]");
all("[data-draft-done]").forEach((mark) => store.drop(`draft:${mark.dataset.draftDone}`));
all("form[data-draft]").forEach((form) => {
  const key = `draft:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  if (kiosk || !note) return;
  const fields = [...form.elements].filter((it) => it.name && !("fresh" in it.dataset) && !/hidden|file|password|submit|button|fieldset/.test(it.type));
  const tick = (field) => field.type === "checkbox" || field.type === "radio";
  const show = (when) => {
    note.hidden = false;
    note.querySelector("[role=status]").textContent = note.dataset.saved.replace("{time}",
      new Date(when).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" }));
  };
  const kept = store.get(key), signed = form.elements.key, fresh = signed?.value;
  let sent = kept?.key;
  const saved = Number(form.dataset.saved);
  if (kept?.when < (saved || Date.now() - MONTH)) store.drop(key);
  else if (kept && !document.querySelector(".to-mend")) {
    kept.fields.forEach(([name, mark, value]) => fields.filter((it) => it.name === name).forEach((field) => {
      if (tick(field)) { if (field.value === mark) field.checked = value; }
      else if (saved || !field.value || field.localName === "select") field.value = value;
      if (value && !tick(field) && field.localName !== "select") reveal(field);
    }));
    if (sent && signed) signed.value = sent; // it may have come through: with the same key it counts once
    show(kept.when);
  }
  const keep = () => {
    const when = Date.now(), values = fields.map((it) => tick(it) ? [it.name, it.value, it.checked] : [it.name, "", it.value]);
    if (store.set(key, { when, fields: values, key: sent })) show(when);
  };
  form.addEventListener("input", later(keep, 400));
  form.addEventListener("submit", () => { sent = signed?.value; keep(); });
  note.querySelector("button").addEventListener("click", () => {
    store.drop(key); form.reset(); sent = undefined; if (signed) signed.value = fresh;
    note.hidden = true; fields[0]?.focus();
  });
});

/* data-focus: read first. Its links open what hides a field. */
document.querySelector("[data-focus]")?.focus();
all(".to-mend a[href^='#']").forEach((link) => link.addEventListener("click", (event) => {
  const field = document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault(); reveal(field); field.focus(); field.scrollIntoView({ block: "center" });
}));

/* data-count="2000" beside <p id="…-count" data-left data-over>: characters left, as people count them. */
all("[data-count]").forEach((field) => {
  const line = document.getElementById(`${field.id}-count`);
  if (!line) return;
  const most = Number(field.dataset.count), said = line.textContent;
  const count = () => {
    const left = most - [...field.value].length;
    const words = left < 0 ? line.dataset.over : left < most * 0.2 ? line.dataset.left : said;
    line.textContent = words.replace("{n}", Math.abs(left).toLocaleString(language));
    line.classList.toggle("over", left < 0);
    line.setAttribute("aria-live", left < 0 ? "polite" : "off");
  };
  field.addEventListener("input", later(count, 250)); count();
});

/* data-drop around a file field: drop files; see their names. */
all("[data-drop]").forEach((zone) => {
  const field = zone.querySelector("input[type=file]"), list = document.createElement("ul");
  if (!field) return;
  list.setAttribute("aria-live", "polite");
  zone.append(list);
  for (const kind of ["dragover", "dragleave", "drop"]) zone.addEventListener(kind, (event) => {
    event.preventDefault(); zone.classList.toggle("over", kind === "dragover");
    if (kind !== "drop") return;
    const carrier = new DataTransfer();
    [...event.dataTransfer.files].slice(0, field.multiple ? 500 : 1).forEach((file) => carrier.items.add(file));
    field.files = carrier.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("change", () => list.replaceChildren(...[...field.files].map((file) => {
    const line = document.createElement("li"); line.textContent = file.name; return line;
  })));
});

/* data-offline in a form: shown instead of sending into nothing; who presses once more is taken at their word. */
all("[data-offline]").forEach((notice) => notice.closest("form").addEventListener("submit", (event) => {
  if (navigator.onLine || !notice.hidden) { notice.hidden = true; return; }
  event.preventDefault(); notice.hidden = false; notice.focus();
}));

/* data-confirm="…?" asks first; a form is sent once (data-again: as often as you like). Signing out forgets away.js. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target, question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if (/log-ud/.test(form.action)) window.caches?.delete("away");
  if (form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => unsend(form), 15000);
});
const unsend = (form) => { delete form.dataset.sent; all("[aria-disabled]", form).forEach((it) => it.removeAttribute("aria-disabled")); };
window.addEventListener("pageshow", () => all("form[data-sent]").forEach(unsend));

/* data-poll="/address" with an id: fetched until it no longer asks; then the page is read anew. */
const poll = (element) => setTimeout(() => {
  if (document.hidden) { poll(element); return; }
  const request = new XMLHttpRequest();
  request.open("GET", element.dataset.poll);
  request.responseType = "document";
  request.onloadend = () => {
    const fresh = request.status === 200 && request.response?.getElementById(element.id);
    if (!fresh) poll(element);
    else if (!fresh.dataset.poll) location.reload();
    else { element.replaceWith(document.adoptNode(fresh)); poll(fresh); }
  };
  request.send();
}, 1500);
all("[data-poll]").forEach(poll);

/* data-key="j" on a link or button; data-keys-switch turns all off (WCAG 2.1.4). */
const keys = () => store.get("keys") !== "off" && document.body.dataset.keys !== "off";
all("[data-key]").forEach((it) => it.setAttribute("aria-keyshortcuts", it.dataset.key));
all("[data-keys-switch]").forEach((box) => {
  box.checked = keys();
  box.addEventListener("change", () => store.set("keys", box.checked ? "on" : "off"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") all(".menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !keys()) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const wanted = all("[data-key]").find((it) => it.dataset.key === event.key && it.checkVisibility?.() !== false);
  if (wanted) { event.preventDefault(); wanted.focus(); wanted.click(); }
});

/* data-remember="name" on details: open next time too. */
all("details[data-remember]").forEach((box) => {
  const key = `open:${box.dataset.remember}`, kept = store.get(key);
  if (kept !== null) box.open = kept;
  box.addEventListener("toggle", () => store.set(key, box.open));
});

/* data-print: shown where it works; folded parts are printed. */
all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
let folded = [];
window.addEventListener("beforeprint", () => { folded = all("main details:not([open])"); folded.forEach((box) => { box.open = true; }); });
window.addEventListener("afterprint", () => folded.forEach((box) => { box.open = false; }));

/* The bar steps aside while the main button is in sight. */
const bar = document.querySelector(".action-bar"), main = document.querySelector(".deadline .button.main");
if (bar && main) new IntersectionObserver(([seen]) => bar.classList.toggle("away", seen.isIntersecting)).observe(main);
