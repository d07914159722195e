/* The bell: how many notices are unread. A stream of events says when to ask; without one it asks every 30 s while the
   page can be seen, and mostly the answer is "as before". */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const bell = document.getElementById("fleet-bell");
  if (!bell) return;
  const EVERY = 30_000, MOST = 300_000, AGAIN = 60_000, KEY = "fleet.bell";
  let known = remembered(), wait = EVERY, timer = 0, asked = 0, stream = null;

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
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        asked = 0; // who comes back has logged in meanwhile, and wants to know at once that all is well
        tell("");
        return silence();
      }
      tell(answer.headers.get("Fleet-Person"));
      if (answer.status === 200) {
        known = { tag: answer.headers.get("ETag"), unread: (await answer.json()).unread };
        sessionStorage.setItem(KEY, JSON.stringify(known));
        show(known.unread);
      } else if (answer.status !== 304) throw new Error(answer.statusText);
      wait = listening() ? MOST : EVERY;
    } catch {
      wait = Math.min(wait * 2, MOST); // the server has other troubles now
    }
    if (!document.hidden) timer = setTimeout(ask, wait);
  }

  /* Who is logged in now, or nobody: static/fleet/js/forms.js. */
  const tell = (person) => document.dispatchEvent(new CustomEvent("fleet:person", { detail: person }));

  const listening = () => stream !== null && stream.readyState === EventSource.OPEN;

  /* Browsers open six connections to a server, all tabs together: only a page that is seen holds one of them. */
  function listen() {
    if (!window.EventSource || !bell.dataset.stream || stream || document.hidden) return;
    stream = new EventSource(bell.dataset.stream);
    stream.addEventListener("hello", (event) => show(JSON.parse(event.data).unread));
    stream.addEventListener("notice", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 200); // several at once are one question
    });
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return; // it comes again by itself
      silence();
      wait = EVERY;
      clearTimeout(timer);
      timer = setTimeout(ask, 1000); // perhaps because nobody is logged in any more
      setTimeout(listen, AGAIN);
    });
  }

  function silence() {
    if (stream) stream.close();
    stream = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) silence();
    else listen();
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(0, asked + 5000 - Date.now()));
  });
  show(known.unread);
  ask();
  listen();
});
