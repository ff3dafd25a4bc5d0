/* An extra for the pages where staff read and write; they work without it. */
"use strict";

/* Ctrl+Enter sends the form one writes in; Escape leaves the field, so that the keys of the page work again. */
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("textarea, input, select");
  if (!field || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field.form) { event.preventDefault(); field.form.requestSubmit(); }
  if (event.key === "Escape") field.blur();
});

/* Whoever comes by a link to a field came to write in it. */
const wanted = document.getElementById(location.hash.slice(1));
if (wanted?.matches("textarea, input")) wanted.focus();

/* data-here="/address" around a form with the token: says once a minute that somebody reads, and shows who else does. */
document.querySelectorAll("[data-here]").forEach((note) => {
  const tell = () => {
    if (document.hidden) return;
    fetch(note.dataset.here, { method: "POST", body: new FormData(note.querySelector("form")) })
      .then((answer) => (answer.ok ? answer.json() : { names: [] }))
      .then(({ names }) => {
        const words = names.length ? note.dataset.words.replace("{names}", names.join(", ")) : "";
        const said = note.querySelector("[role=status]");
        if (said.textContent !== words) said.textContent = words;
      }, () => { /* without a line nobody is shown */ });
  };
  tell(); setInterval(tell, 60000);
});
