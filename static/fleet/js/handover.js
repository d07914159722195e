// Check-out and check-in: press a panel to describe a damage, see the bill change, send the signature as a picture.
// Without this script every row of damages is shown and the bill is counted when the form is sent.
"use strict";

(() => {
  const form = document.querySelector("[data-handover]");
  if (!form) return;
  const marks = [...form.querySelectorAll("[data-mark]")];
  const sketch = form.querySelector("[data-sketch]");
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const panelOf = (mark) => mark.querySelector("select[name$=-panel]");
  const kindOf = (mark) => mark.querySelector("select[name$=-kind]");

  function paint() {
    const chosen = new Set(marks.map((mark) => panelOf(mark).value));
    for (const part of sketch.querySelectorAll("[data-panel]")) {
      part.classList.toggle("is-on", chosen.has(part.dataset.panel));
    }
    for (const mark of marks) mark.hidden = !panelOf(mark).value && !kindOf(mark).value;
  }

  function press(part) {
    const same = marks.find((mark) => panelOf(mark).value === part.dataset.panel);
    const mark = same || marks.find((one) => !panelOf(one).value);
    if (!mark) return;
    panelOf(mark).value = part.dataset.panel;
    paint();
    kindOf(mark).focus();
  }

  sketch.hidden = false;
  for (const part of sketch.querySelectorAll("[data-panel]")) {
    part.addEventListener("click", () => press(part));
    if (part.tagName === "BUTTON") continue;
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(part);
    });
  }
  for (const mark of marks) mark.addEventListener("change", paint);
  paint();

  const why = form.querySelector("[data-why]");
  const showWhy = () => {
    const chosen = [form.querySelector("[name=decide]:checked"), ...form.querySelectorAll("select[name^=charge-]")];
    if (why) why.hidden = !chosen.some((one) => one?.value === "waive");
  };
  showWhy();

  let asked = 0;
  let waiting;
  async function count() {
    const mine = ++asked;
    const body = new FormData(form);
    body.delete("uploads");
    const answer = await fetch(form.dataset.bill, { method: "POST", body, headers: { "X-CSRFToken": token() } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return; // the bill of the server's own page still stands
    const held = document.activeElement?.name; // a choice that has the focus keeps it
    form.querySelector("[data-bill-shown]").innerHTML = await answer.text();
    if (held?.startsWith("charge-")) form.querySelector(`[name="${held}"]`)?.focus();
    showWhy();
  }
  form.addEventListener("input", (event) => {
    // Whoever decides about all of them decides about each.
    if (event.target.name === "decide") {
      for (const one of form.querySelectorAll("select[name^=charge-]")) one.value = event.target.value;
    }
    showWhy();
    if (!form.dataset.bill) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, 250);
  });

  async function sendSignature(box) {
    const canvas = box.querySelector("canvas");
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const body = new FormData();
    body.append("uploads", new File([blob], "signature.png", { type: "image/png" }));
    const answer = await fetch(box.dataset.sign, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    if (!answer.ok) throw new Error(String(answer.status));
    form.querySelector("[name=signature]").value = (await answer.json()).files[0].id;
  }

  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (sending) {
      event.preventDefault(); // a double click is one hand-over
      return;
    }
    sending = true;
    const box = form.querySelector("[data-sign]");
    if (!box?.querySelector("input[type=hidden]").value) return;
    event.preventDefault();
    try {
      await sendSignature(box);
      form.submit();
    } catch {
      box.querySelector("[role=alert]").textContent = box.dataset.failed;
      sending = false;
    }
  });
})();
