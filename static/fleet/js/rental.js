// New rental: asks the server for the price whenever something changes. Without this script it is counted when booked.
"use strict";

(() => {
  const form = document.querySelector("[data-quote]");
  if (!form) return;
  const shown = form.querySelector("[data-quoted]");
  let asked = 0;
  let waiting;

  async function quote() {
    const mine = ++asked;
    const body = new FormData(form);
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(form.dataset.quote, { method: "POST", body, headers: { "X-CSRFToken": token } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    shown.innerHTML = await answer.text();
    const leaves = shown.querySelector("[data-leaves]")?.dataset.leaves;
    if (leaves) form.dataset.leaves = leaves; // which buttons make sense
  }

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(quote, 250);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // Select2 tells only jQuery that something was chosen.
  window.django?.jQuery(form).on("change", "select", soon);

  shown.addEventListener("click", (event) => {
    const known = event.target.closest("[data-pick]");
    if (!known) return;
    const select = form.querySelector("#id_customer");
    select.append(new Option(known.dataset.name, known.dataset.pick, true, true));
    window.django?.jQuery(select).trigger("change");
    const fresh = form.querySelector("[data-newcomer]");
    for (const field of fresh.querySelectorAll("input, select")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    fresh.open = false;
    soon();
  });

  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a double click is one rental
    sent = true;
  });
  window.addEventListener("pageshow", () => {
    sent = false; // whoever comes back to the page may send it again
  });
  soon();
})();
