/* Lets Unfold's templates run under a policy without 'unsafe-eval'.
 *
 * static/unfold/js/alpine/alpine.js is Alpine's CSP build: it reads expressions with a parser of its own, which knows no
 * statements, no template texts and no global functions. The few expressions of Unfold 0.110 that need those are
 * rewritten here, before Alpine reads them. The second half gives names and keys to what can be clicked. */
"use strict";

document.addEventListener("alpine:init", () => {
  const unfoldTheme = window.theme;

  Alpine.data("theme", (chosen) => {
    const data = unfoldTheme(chosen);
    data.getCurrentTab = window.getCurrentTab;
    data.sortRecords = window.sortRecords;
    data.moveRecords = (event) => {
      const target = event.related.classList;
      return !((target.contains("template") || target.contains("form-actions")) && event.willInsertAfter);
    };
    data.fleetFormAction = (tab) =>
      location.pathname + location.search + (tab && tab !== "general" ? "#" + tab : "");
    data.fleetDragged = (scope, event) => {
      const width = Math.min(scope.max, Math.max(scope.min, event.clientX));
      localStorage.setItem("sidebarWidth", width);
      return width;
    };
    data.fleetKey = () => Date.now();
    return data;
  });
  // The first hit is chosen at once: a plate and Enter open the car.
  Alpine.data("searchCommand", () => {
    const data = window.searchCommand();
    const loaded = data.handleContentLoaded;
    data.handleContentLoaded = function (event) {
      loaded.call(this, event);
      if (this.hasResponse && this.totalItems) this.currentIndex = 1;
    };
    return data;
  });

  const EXACT = new Map([
    ["`width: ${sidebarWidth}px`", "{ width: sidebarWidth + 'px' }"],
    ["'width: ' + changeListWidth + 'px'", "{ width: changeListWidth + 'px' }"],
    [
      "if (!$event.target.closest('a')) { openUserLinks = !openUserLinks }",
      "$event.target.closest('a') || (openUserLinks = !openUserLinks)",
    ],
    [
      "if (!$event.target.closest('a')) { rowOpen = !rowOpen }",
      "$event.target.closest('a') || (rowOpen = !rowOpen)",
    ],
    [
      "activeTab && activeTab !== 'general' ? window.location.pathname + window.location.search + '#' + activeTab : window.location.pathname + window.location.search",
      "fleetFormAction(activeTab)",
    ],
    ["items.push({ key: new Date().getTime()})", "items.push({ key: fleetKey() })"],
  ]);
  const PATTERNS = [
    [/^if \(!\$event\.metaKey && !\$event\.ctrlKey\) (selectItem\(.*\))$/, "$event.metaKey || $event.ctrlKey || $1"],
    [/^if \(resizing\) \{ sidebarWidth = Math\.min[\s\S]*$/, "resizing && (sidebarWidth = fleetDragged($data, $event))"],
    [/^(\w+\([^;]*\));$/, "$1"],
    [/^(activeTab = [\s\S]*);$/, "$1"],
  ];

  function readable(expression) {
    if (EXACT.has(expression)) return EXACT.get(expression);
    const found = PATTERNS.find(([pattern]) => pattern.test(expression));
    return found ? expression.replace(found[0], found[1]) : expression;
  }

  // --- names and keys ---------------------------------------------------------------------------------------------

  const NAMES = JSON.parse(document.getElementById("fleet-names")?.textContent || "{}");
  const ICON = "material-symbols-outlined";
  const NATIVE = "button,a[href],input,select,textarea,label,[tabindex],summary";

  function wordsOf(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("." + ICON).forEach((icon) => icon.remove());
    return element.classList.contains(ICON) ? "" : copy.textContent.trim();
  }

  function nameIconOnly(element) {
    if (!element.matches("a,button,[x-on\\:click]") || element.getAttribute("aria-label") || wordsOf(element)) return;
    const icon = element.querySelector("." + ICON) || element;
    const drawn = icon.hasAttribute("x-text") || icon.querySelector("[x-text]"); // only the switch of the scheme is
    const name = NAMES[icon.textContent.trim()] || element.title || (drawn && NAMES.theme);
    if (name) element.setAttribute("aria-label", name);
  }

  function makeReachable(element) {
    if (!element.hasAttribute("x-on:click") || element.matches(NATIVE)) return;
    element.tabIndex = 0;
    if (!element.hasAttribute("role") && !/^H\d$/.test(element.tagName)) element.setAttribute("role", "button");
    element.addEventListener("keydown", (event) => {
      if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      element.click();
    });
  }

  Alpine.interceptInit((element) => {
    nameIconOnly(element);
    if (element.classList.contains(ICON) && !element.hasAttribute("x-on:click")) {
      element.setAttribute("aria-hidden", "true");
    }
    if (element.id === "changelist-filter-close") element.setAttribute("aria-label", NAMES.close);
    if (element.getAttribute("x-data") === "searchCommand()") {
      element.setAttribute("role", "dialog");
      element.setAttribute("aria-label", NAMES.search);
    }
    if (element.id === "nav-sidebar-inner") element.setAttribute("aria-label", NAMES.menu);
    makeReachable(element);
    for (const attribute of element.attributes) {
      if (attribute.name.startsWith("x-")) attribute.value = readable(attribute.value.trim());
    }
  });
});

/* Unfold shows the name of a chosen file in the text field of its own widget, and takes any other file field for one. */
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("input[type=file]").forEach((field) => {
    field.hasChangeListener ||= !document.querySelector(`label[for="${CSS.escape(field.id)}"] > input[type=text]`);
  });
});

if (window.htmx) {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
}
