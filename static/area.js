/* An extra for the page where a place of a file is covered; the fields work without it. */
"use strict";

/* data-area="area-" around a picture: drag a box, or type its edges in percent in the fields area-left, …; either draws it. */
document.querySelectorAll("[data-area]").forEach((sheet) => {
  const edges = ["left", "right", "top", "bottom"].map((name) => document.getElementById(sheet.dataset.area + name));
  const box = document.createElement("div");
  let from = null;
  const draw = () => {
    const [left, right, top, bottom] = edges.map((edge) => Number(edge.value));
    box.hidden = !(left < right && top < bottom);
    Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
  };
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = sheet.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((part) => Math.round(Math.min(1, Math.max(0, part)) * 100));
  };
  sheet.append(box); draw(); document.querySelectorAll("[data-area-hint]").forEach((hint) => { hint.hidden = false; });
  sheet.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button) return;
    event.preventDefault(); from = at(event); sheet.setPointerCapture(event.pointerId); edges[0].closest("details").open = true;
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event), sorted = [0, 1].flatMap((way) => [Math.min(from[way], to[way]), Math.max(from[way], to[way])]);
    edges.forEach((edge, place) => { edge.value = sorted[place]; }); draw();
  });
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => { from = null; });
  edges.forEach((edge) => edge.addEventListener("input", draw));
});
