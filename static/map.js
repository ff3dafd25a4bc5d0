/* The map on a citizen's form, at once; without this file each press sends the form, which comes back with the mark. */
"use strict";

document.querySelectorAll("[data-map]").forEach((map) => {
  const { edges: [west, south, east, north], high, named } = JSON.parse(map.dataset.map);
  const sheet = map.querySelector("[data-map-sheet]"), told = map.querySelector("[data-map-told]").dataset;
  const [halo, path] = sheet.querySelectorAll("path"), dot = sheet.querySelector("circle");
  const corners = map.querySelector("[name=corners]"), area = map.querySelector("[name=area]");
  const cross = path.cloneNode(), wide = 360;
  let at = [wide / 2, high / 2];

  const say = (words) => { map.querySelector("[data-map-told]").textContent = words; };
  const near = ([x, y], words) => {
    const [name] = named.reduce((best, [name, spots]) => Math.min(best[1], ...spots.map(([a, b]) => Math.hypot(a - x, b - y))) < best[1]
      ? [name, Math.min(...spots.map(([a, b]) => Math.hypot(a - x, b - y)))] : best, ["", Infinity]);
    return name ? words.replace("{name}", name) : "";
  };
  const kind = () => map.querySelector("[name=shape]:checked").value;
  const set = () => corners.value.split(" ").filter(Boolean).map((corner) => corner.split(",").map(Number));
  const flat = ([x, y]) => [(x - west) / (east - west) * wide, (north - y) / (north - south) * high];
  const draw = () => {
    const chosen = area && named.find(([name]) => name === area.value), spots = chosen ? [chosen[1][0]] : set().map(flat);
    const shown = kind() === "Point" ? spots.slice(-1) : spots, line = shown.length > 1;
    const d = line ? `M${shown.map((spot) => spot.join(" ")).join("L")}${kind() === "Polygon" ? "z" : ""}` : "";
    halo.setAttribute("d", d); path.setAttribute("d", d);
    path.setAttribute("class", line && kind() === "Polygon" ? "filled" : "");
    const [x, y] = shown.at(-1) || [0, 0];
    dot.setAttribute("r", shown.length ? (line ? 4 : 7) : 0); dot.setAttribute("cx", x); dot.setAttribute("cy", y);
    if (!shown.length) return say(told.none);
    say([told.set, line ? told.count.replace("{num}", shown.length) : "", near([x, y], told.near)].filter(Boolean).join(" "));
  };
  const put = ([x, y]) => {
    const spot = [west + x / wide * (east - west), north - y / high * (north - south)].map((part) => part.toFixed(6)).join(",");
    corners.value = kind() === "Point" ? spot : [...corners.value.split(" ").filter(Boolean), spot].slice(0, 200).join(" ");
    if (area) area.value = "";
    at = [x, y]; draw();
  };
  const aim = () => { cross.setAttribute("d", `M${at[0] - 10} ${at[1]}h20M${at[0]} ${at[1] - 10}v20`); };
  const acts = {
    undo: () => { corners.value = corners.value.split(" ").slice(0, -1).join(" "); },
    clear: () => { corners.value = ""; if (area) area.value = ""; },
  };

  if (area?.value && !corners.value && !path.getAttribute("d")) draw(); // a draft has brought it back
  cross.setAttribute("class", "cross"); path.parentNode.append(cross);
  sheet.tabIndex = 0; sheet.setAttribute("role", "application"); sheet.setAttribute("aria-label", sheet.dataset.label);
  sheet.setAttribute("aria-describedby", "map-hint");
  map.querySelector("[data-map-keys]").hidden = false;
  sheet.querySelectorAll("input").forEach((picture) => {
    picture.tabIndex = -1; picture.setAttribute("aria-hidden", "true");
    picture.addEventListener("click", (event) => {
      event.preventDefault();
      const { left, top, width, height } = picture.getBoundingClientRect();
      put([(event.clientX - left) / width * wide, (event.clientY - top) / height * high]);
      sheet.focus({ preventScroll: true });
    });
  });
  sheet.addEventListener("focus", () => { if (sheet.matches(":focus-visible")) aim(); });
  sheet.addEventListener("blur", () => { cross.setAttribute("d", ""); });
  sheet.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 24 : 6, way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.target !== sheet || event.ctrlKey || event.altKey || event.metaKey) return;
    if (way) { at = [Math.min(wide, Math.max(0, at[0] + way[0] * step)), Math.min(high, Math.max(0, at[1] + way[1] * step))]; say(near(at, told.cross)); }
    else if (event.key === "Enter" || event.key === " ") put(at);
    else if (event.key === "Backspace") { acts.undo(); draw(); }
    else return;
    event.preventDefault(); aim();
  });
  map.addEventListener("click", (event) => {
    const act = acts[event.target.closest("button")?.name];
    if (act) { event.preventDefault(); act(); draw(); }
  });
  map.addEventListener("change", (event) => {
    if (event.target === area && area.value) corners.value = "";
    draw();
  });
});
