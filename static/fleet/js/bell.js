/* The bell: how many notices are unread. Asks every 30 s while the page can be seen; mostly the answer is "as before". */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const bell = document.getElementById("fleet-bell");
  if (!bell) return;
  const EVERY = 30_000, MOST = 300_000, KEY = "fleet.bell";
  let known = remembered(), wait = EVERY, timer = 0, asked = 0;

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  }

  function show(unread) {
    const count = bell.querySelector(".fleet-bell-count");
    count.hidden = !unread;
    count.textContent = unread > 99 ? "99+" : String(unread || "");
    bell.setAttribute("aria-label", unread ? `${bell.dataset.name}: ${unread} ${bell.dataset.unread}` : bell.dataset.name);
  }

  async function ask() {
    clearTimeout(timer);
    asked = Date.now();
    try {
      const headers = known.tag ? { "If-None-Match": known.tag } : {};
      const answer = await fetch(bell.dataset.source, { headers, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return; // logged out: nothing more to ask
      if (answer.status === 200) {
        known = { tag: answer.headers.get("ETag"), unread: (await answer.json()).unread };
        sessionStorage.setItem(KEY, JSON.stringify(known));
        show(known.unread);
      } else if (answer.status !== 304) throw new Error(answer.statusText);
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, MOST); // the server has other troubles now
    }
    if (!document.hidden) timer = setTimeout(ask, wait);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(0, asked + 5000 - Date.now()));
  });
  show(known.unread);
  ask();
});
