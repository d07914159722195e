/* Keys that lead somewhere: `n`, `g` and a letter, and `?` for the list of them. Never while somebody is typing. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const KEYS = JSON.parse(document.getElementById("fleet-keys")?.textContent || "[]");
  if (!KEYS.length) return;
  const PATIENCE = 1500;
  let before = "", since = 0, sheet = null;

  const isTyping = (element) =>
    element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName) || element.closest("dialog, .select2-container");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const typed = Date.now() - since < PATIENCE && before ? `${before} ${event.key}` : event.key;
    const found = KEYS.find((one) => one.keys === typed) || KEYS.find((one) => one.keys === event.key);
    before = event.key === "g" ? "g" : "";
    since = Date.now();
    if (!found) return;
    event.preventDefault();
    if (found.keys === "?") show();
    else if (found.link) location.assign(found.link);
  });

  function show() {
    sheet ||= document.body.appendChild(drawn());
    sheet.showModal();
  }

  function drawn() {
    const dialog = document.createElement("dialog");
    const list = document.createElement("dl");
    for (const { keys, words } of KEYS) {
      const term = document.createElement("dt");
      for (const key of keys.split(" ")) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        term.append(cap);
      }
      const meaning = document.createElement("dd");
      meaning.textContent = words;
      list.append(term, meaning);
    }
    dialog.className = "fleet-keys";
    dialog.setAttribute("aria-label", KEYS.at(-1).words);
    dialog.append(list);
    dialog.addEventListener("click", () => dialog.close());
    dialog.tabIndex = -1;
    return dialog;
  }
});
