/* What is written down where there is no connection: kept in this browser until the server has given it a number. */
"use strict";

(() => {
  const page = document.querySelector("[data-away]");
  if (!page) return;
  const { away: slug, who, ...say } = page.dataset, place = `away:${who}:${slug}`, begun = `away-begun:${who}:${slug}`;
  const part = (name) => page.querySelector(`[data-away-${name}]`);
  const form = page.querySelector("form"), list = part("list"), told = part("told"), send = part("send"), undo = part("undo");
  const fields = [...form.elements].filter((it) => it.name && it.name !== "csrf_token");
  const kept = () => store.get(place) || [];
  const keep = (entries) => { const fine = entries.length ? store.set(place, entries) : (store.drop(place), true); draw(); return fine; };
  const change = (key, facts) => keep(kept().map((one) => one.key === key ? { ...one, ...facts } : one));
  const tell = (words) => { told.textContent = words; };
  const same = (one, other) => JSON.stringify(one.fields) === JSON.stringify(other.fields); // not mended while it was sent
  let editing, busy, left;

  /* The wall clock in Denmark, wherever the device believes it is. */
  const clock = () => {
    const [day, time] = new Date().toLocaleString("sv-SE", { timeZone: "Europe/Copenhagen" }).split(" ");
    return { received_on: day, received_at: time.slice(0, 5) };
  };
  const made = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const draw = () => {
    const mine = left ? [] : kept();
    list.hidden = !mine.length;
    part("count").textContent = mine.length;
    list.querySelector("ul").replaceChildren(...mine.map((one) => {
      const row = part("one").firstElementChild.cloneNode(true), { words, name, place, received_on, received_at } = one.fields;
      row.querySelector(".what").textContent = words.length > 300 ? `${words.slice(0, 300)} …` : words;
      row.querySelector("[data-about]").textContent = [name, place, `${received_on} ${received_at}`].filter(Boolean).join(" · ");
      const why = row.querySelector("[data-why]");
      why.textContent = one.why || ""; why.hidden = !one.why;
      row.querySelectorAll("[data-act]").forEach((it) => {
        if (it.dataset.act === "anyway") it.hidden = !one.anyway;
        it.addEventListener("click", () => acts[it.dataset.act](one, it));
      });
      return row;
    }));
    const others = Object.keys(localStorage).some((it) => it.startsWith("medspil:away:") && !it.startsWith(`medspil:away:${who}:`));
    part("others").textContent = others ? part("others").dataset.awayOthers : "";
  };
  const empty = () => { form.reset(); editing = undefined; undo.hidden = true; store.drop(begun); };
  const fill = (values) => fields.forEach((it) => { if (values[it.name] !== undefined) it.value = values[it.name]; });
  const typed = () => Object.fromEntries(fields.map((it) => [it.name, it.value]));
  const acts = {
    edit: (one) => {
      editing = one.key; undo.hidden = false; fill(one.fields);
      reveal(form.elements.received_on); form.elements.words.focus();
    },
    drop: (one, button) => { if (confirm(button.dataset.sure)) { keep(kept().filter((it) => it.key !== one.key)); told.textContent = ""; } },
    anyway: (one) => { change(one.key, { key: one.known ? made() : one.key, known: false, fields: { ...one.fields, anyway: "y" }, why: "", anyway: false }); sync(); },
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = typed(), now = clock();
    if (!values.received_on) Object.assign(values, { received_on: now.received_on, received_at: values.received_at || now.received_at });
    const old = kept().find((it) => it.key === editing);
    // What the server has had with other words is something new from now on.
    const one = { key: old && !old.known ? old.key : made(), fields: values };
    const entries = old ? kept().map((it) => it === old || it.key === old.key ? one : it) : [...kept(), one];
    if (!keep(entries)) { tell(say.full); return; }
    empty(); tell(say.kept); form.elements.words.focus();
  });
  form.addEventListener("input", () => store.set(begun, { editing, fields: typed() }));
  undo.addEventListener("click", () => { empty(); form.elements.words.focus(); });

  const signIn = (needed) => { part("sign-in").hidden = !needed; };
  const post = async (one, token) => {
    const body = new FormData();
    Object.entries({ ...one.fields, key: one.key, csrf_token: token }).forEach(([name, value]) => body.append(name, value));
    return fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
  };
  const enter = (answer) => {
    const template = part("number"), row = template.firstElementChild.cloneNode(true), link = row.querySelector("a");
    link.textContent = template.dataset.words.replace("{number}", answer.number).replace("{code}", answer.code);
    link.href = answer.address;
    part("sent").hidden = false;
    part("sent").querySelector("ul").append(row);
  };

  /* In order, one by one. The server knows each by its key, so that one that is sent again counts once. */
  const sendAll = async () => {
    const ready = await fetch(say.readyAt, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    if (ready.type === "opaqueredirect" || ready.status === 401) { signIn(true); tell(""); return; }
    if (!ready.ok) { tell((await ready.json()).why || say.tryLater); return; }
    const { who: now, csrf_token: token } = await ready.json();
    if (String(now) !== who) { location.reload(); return; }
    signIn(false);
    for (const one of kept()) {
      const answer = await post(one, token);
      if (answer.status === 401) { signIn(true); tell(""); return; }
      if (answer.status === 400 || answer.status === 429 || answer.status >= 500) { tell(say.tryLater); return; }
      const facts = await answer.json();
      if (answer.ok) { enter(facts); keep(kept().filter((it) => it.key !== one.key || !same(it, one))); }
      else change(one.key, { why: facts.why || say.tryLater, anyway: facts.anyway || facts.known, known: facts.known });
    }
    tell(kept().length ? say.someLeft : say.allSent);
  };
  const sync = async () => {
    if (busy || left || !kept().length) return;
    busy = true; tell(say.sending); send.setAttribute("aria-disabled", "true");
    try { await sendAll(); } catch { tell(say.noLine); }
    busy = false; send.removeAttribute("aria-disabled"); draw();
  };
  send.addEventListener("click", sync);
  window.addEventListener("online", () => { if (left) left.submit(); else sync(); });

  /* Signing out without a connection: the page is shut at once, and the house is told when it can be. */
  all("form[action^='/log-ud']").forEach((out) => out.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    window.caches?.delete("away");
    left = out; empty(); form.hidden = true; tell(say.left); draw();
  }));

  document.querySelectorAll("[data-away-without]").forEach((it) => it.remove());
  page.hidden = false;
  const before = store.get(begun);
  if (before) { editing = before.editing; undo.hidden = !editing; fill(before.fields); }
  draw();
  window.addEventListener("storage", draw);
  navigator.storage?.persist?.();
  const ready = part("ready");
  if (!navigator.serviceWorker) ready.textContent = say.notReady;
  else navigator.serviceWorker.register(say.worker, { scope: location.pathname })
    .then(() => navigator.serviceWorker.ready).then(() => { ready.textContent = say.isReady; }, () => { if (navigator.onLine) ready.textContent = say.notReady; });
})();
