/* What forms and buttons of all pages share: a log-in that ends while somebody types, and buttons that print. */
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("DOMContentLoaded", () => {
  const said = document.getElementById("fleet-ended");
  if (!said) return;
  const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
  let proved = null; // the token of this browser when it was last known that the same person is logged in

  document.addEventListener("fleet:person", ({ detail: person }) => {
    const same = person === said.dataset.person;
    said.hidden = same;
    said.querySelector("[data-nobody]").hidden = Boolean(person);
    said.querySelector("[data-another]").hidden = !person;
    proved = same ? token() : null;
  });

  /* Logging in changes the token; a form from before it is sent with the new one, by the same person only. */
  document.addEventListener("submit", ({ target }) => {
    const field = target.elements.namedItem("csrfmiddlewaretoken");
    if (field && proved && proved === token()) field.value = proved;
  }, true);
});
