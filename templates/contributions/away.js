/* Keeps one page and what it is made of, so that it opens without a connection; asks the server first while there is one. */
"use strict";
const PAGE = {{ page | tojson }};
const PARTS = {{ ([asset("participation.css"), asset("participation.js"), asset("away.js"), asset("favicon.svg")] + own) | tojson }};

const keep = async (address, answer) => {
  if (answer.ok && !answer.redirected) await (await caches.open("away")).put(address, answer.clone());
  return answer;
};
const kept = async (address) => await (await caches.open("away")).match(address, { ignoreVary: true });

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([PAGE, ...PARTS].map(async (address) => keep(address, await fetch(address, { redirect: "error" }))))
    .then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request, { origin, pathname, search } = new URL(url), part = pathname + search;
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && pathname === PAGE) {
    event.respondWith(fetch(event.request).then((answer) => keep(PAGE, answer), async () => await kept(PAGE) || Response.error()));
  } else if (PARTS.includes(part)) {
    event.respondWith(kept(part).then(async (found) => found || keep(part, await fetch(event.request))));
  }
});
