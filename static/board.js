/* An extra for the board of themes: a topic is dragged to another head. The form below does the same by keys, without it. */
"use strict";

/* data-move="topic-field head-field" on the form; data-topic="id" on what is dragged, data-head="id" where it is let go. */
const form = document.querySelector("form[data-move]");
if (form) {
  const [topic, head] = form.dataset.move.split(" ").map((name) => form.elements[name]);
  let dragged;
  document.querySelectorAll("[data-topic]").forEach((card) => {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.topic);
    });
    card.addEventListener("dragend", () => { dragged = undefined; });
  });
  document.querySelectorAll("[data-head]").forEach((place) => {
    const over = (event, is) => {
      if (!dragged || place.contains(dragged)) return false;
      event.preventDefault(); place.classList.toggle("over", is);
      return true;
    };
    place.addEventListener("dragover", (event) => over(event, true));
    place.addEventListener("dragleave", (event) => over(event, false));
    place.addEventListener("drop", (event) => {
      if (!over(event, false)) return;
      topic.value = dragged.dataset.topic; head.value = place.dataset.head;
      form.requestSubmit();
    });
  });
}
