/* Names for controls that others draw without one: Select2's boxes, the two halves of a date and time, cells of a list
   and of a form that is a table. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const labelOf = (id) => document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent.trim().replace(/\s*\*$/, "");

  function nameSelects(root) {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const name = labelOf(select.id) || select.getAttribute("aria-label") || select.dataset.placeholder || select.name;
      const box = select.nextElementSibling?.querySelector(".select2-selection");
      if (!name || !box || box.getAttribute("aria-label")) continue;
      box.setAttribute("aria-label", name);
      box.querySelector(".select2-selection__rendered")?.setAttribute("aria-label", name);
      box.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
    }
    root.querySelectorAll(".select2-search__field:not([aria-label])").forEach((field) => {
      field.setAttribute("aria-label", field.closest(".select2-container")?.querySelector("[aria-label]")?.getAttribute("aria-label") || "…");
    });
  }

  function nameHalves(root) {
    for (const half of root.querySelectorAll("input.vDateField, input.vTimeField")) {
      if (half.getAttribute("aria-label")) continue;
      const stem = half.id.replace(/_[01]$/, "");
      const near = half.closest(".fleet-field, .form-row, .field-line, fieldset")?.querySelector("label, legend");
      const whole = labelOf(half.id) || labelOf(`${stem}_0`) || labelOf(stem) || near?.textContent.trim().replace(/\s*\*$/, "");
      if (whole) half.setAttribute("aria-label", half.placeholder ? `${whole}: ${half.placeholder}` : whole);
    }
  }

  /* What Select2 opens stands at the end of the page, outside everything, and its box does not say that it is the box's. */
  function nameOpened() {
    for (const box of document.querySelectorAll(".select2-selection[aria-owns]")) {
      box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
      const opened = document.getElementById(box.getAttribute("aria-owns"))?.closest("body > .select2-container");
      opened?.setAttribute("role", "region");
      opened?.setAttribute("aria-label", box.getAttribute("aria-label") || "…");
    }
  }

  /* The head of the column is no label; on a phone it is not even shown. */
  function nameCells(root) {
    for (const cell of root.querySelectorAll("table.formset td.field-tabular, #result_list td[class*='field-']")) {
      const field = [...cell.classList].find((one) => one.startsWith("field-") && one !== "field-tabular");
      const head = cell.closest("table").querySelector(`th.column-${CSS.escape(field?.slice(6) || "")}`);
      const name = (head?.querySelector(".text") || head)?.textContent.trim().replace(/\s*\*$/, "");
      if (!name) continue;
      cell.dataset.name = name;
      cell.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((control) => {
        if (!control.labels?.length && !control.getAttribute("aria-label")) control.setAttribute("aria-label", name);
      });
    }
  }

  const NAMES = JSON.parse(document.getElementById("fleet-names")?.textContent || "{}");
  document.querySelectorAll("nav:not([aria-label])").forEach((nav, number) => {
    nav.setAttribute("aria-label", nav.id === "tabs-items" ? NAMES.tabs : `${NAMES.path}${number ? ` ${number + 1}` : ""}`);
  });
  document.querySelectorAll("#changelist-filter h3").forEach((head) => head.setAttribute("aria-level", "2"));
  nameCells(document);
  nameHalves(document);
  nameSelects(document);
  new MutationObserver((changes) => {
    if (!changes.some((change) => change.addedNodes.length)) return;
    nameCells(document);
    nameSelects(document);
    nameHalves(document);
    nameOpened();
  }).observe(document.body, { childList: true, subtree: true });
});
