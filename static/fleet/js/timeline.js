/* The timeline's hands: choose free days, drag an end or a booking, or do the same by keys. Every change is a POST to a
 * verb of the server, whose sentence is shown; then the rows are asked for again. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const find = (id) => document.getElementById(id);
  const SLOTS = 4;
  const dialog = find("tl-dialog");
  const may = dialog.dataset;
  let pick = null; // the days chosen: {row, from, to, mark}, counted from 0
  let held = null; // what the pointer holds: {kind, bar, row, day}

  // --- where things are --------------------------------------------------------------------------------------------

  const days = () => [...document.querySelectorAll(".tl-head [data-day]")].map((one) => one.dataset.day);
  const rows = () => [...document.querySelectorAll(".tl-row")];
  const track = (row) => row.querySelector(".tl-days");
  const linesOf = (bar) => ["s", "e"].map((side) => Number(bar.className.match(new RegExp(`(?:^| )${side}(\\d+)`))[1]));
  const numberOf = (bar) => new URL(bar.href, location.href).searchParams.get("number");
  const stateOf = (bar) => bar.className.match(/k-(\w+)/)[1];
  const carOf = (row) => row.querySelector(".tl-car");
  const plateOf = (row) => carOf(row).querySelector("b").textContent;
  const idOf = (row) => carOf(row).pathname.split("/").at(-3);
  const movable = (bar) => may.move && ["booked", "due", "held"].includes(stateOf(bar)) && numberOf(bar);
  const extendable = (bar) => may.extend && ["out", "overdue"].includes(stateOf(bar)) && numberOf(bar);

  function dayAt(row, x) {
    const box = track(row).getBoundingClientRect();
    const count = days().length;
    return Math.min(count - 1, Math.max(0, Math.floor(((x - box.left) / box.width) * count)));
  }

  function rowAt(x, y) {
    return document.elementsFromPoint(x, y).map((one) => one.closest(".tl-row")).find(Boolean);
  }

  const shown = (day) => day.split("-").reverse().join(".");
  const later = (day, count) => {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + count);
    return date.toISOString().slice(0, 10);
  };

  // --- choosing days -----------------------------------------------------------------------------------------------

  function choose(row, from, to) {
    pick?.mark.remove();
    const mark = document.createElement("i");
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    mark.className = `tl-pick s${first * SLOTS + 1} e${(last + 1) * SLOTS + 1}`;
    track(row).append(mark);
    mark.scrollIntoView({ block: "nearest", inline: "nearest" });
    pick = { row, from, to, first, last, mark };
  }

  function unchoose() {
    pick?.mark.remove();
    pick = null;
  }

  function ask(part, title, when) {
    find("tl-title").textContent = title;
    find("tl-when").textContent = when;
    dialog.querySelectorAll("[data-for]").forEach((one) => {
      one.hidden = one.dataset.for !== part && !(one.dataset.for === "bar" && part !== "free");
    });
    dialog.showModal();
  }

  function offer() {
    if (!pick || !(may.book || may.block)) return;
    const all = days();
    const [start, end] = [all[pick.first], pick.first === pick.last ? later(all[pick.first], 1) : all[pick.last]];
    const today = document.querySelector(".tl-head .is-today")?.dataset.day;
    const wanted = new URLSearchParams({ car: idOf(pick.row), end: `${end}T10:00` });
    if (start !== today) wanted.set("start", `${start}T10:00`);
    const [book, block] = [find("tl-book"), find("tl-block")];
    book.hidden = !may.book;
    block.hidden = !may.block;
    if (may.book) book.href = `${may.book}?${wanted}`;
    wanted.set("start", `${start}T${start === today ? new Date().toTimeString().slice(0, 5) : "08:00"}`);
    if (may.block) block.href = `${may.block}?${wanted}&kind=block`;
    ask("free", carOf(pick.row).textContent, `${shown(start)} → ${shown(end)}`);
  }

  function change(bar) {
    const row = bar.closest(".tl-row");
    const number = numberOf(bar);
    const part = extendable(bar) ? "extend" : movable(bar) ? "move" : "bar";
    find("tl-open").href = bar.href;
    if (part === "extend") find("tl-day").value = dayOfEnd(bar);
    if (part === "move") {
      find("tl-from").value = find("tl-from").defaultValue = days()[firstDayOf(bar)];
      find("tl-car").replaceChildren(...rows().map((one) => new Option(carOf(one).textContent, idOf(one), one === row, one === row)));
      dialog.dataset.car = idOf(row);
    }
    dialog.dataset.number = number || "";
    ask(part, `${plateOf(row)} · ${bar.textContent}`, number || "");
  }

  const firstDayOf = (bar) => Math.floor((linesOf(bar)[0] - 1) / SLOTS);
  const lastDayOf = (bar) => Math.min(days().length - 1, Math.floor((linesOf(bar)[1] - 2) / SLOTS));
  const dayOfEnd = (bar) => days()[lastDayOf(bar)];

  // --- telling the server ------------------------------------------------------------------------------------------

  async function tell(address, fields) {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: dialog.querySelector("[name=csrfmiddlewaretoken]").value });
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = answer.headers.get("Content-Type")?.includes("json") ? (await answer.json()).detail : answer.statusText;
      toast(said, !answer.ok);
      if (answer.ok) await refresh();
    } catch (error) {
      toast(String(error.message || error), true);
    }
  }

  function toast(words, bad) {
    const place = find("tl-toast");
    place.classList.toggle("is-bad", bad);
    place.textContent = words;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => place.replaceChildren(), bad ? 12000 : 6000);
  }

  async function read(address) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    return page.querySelector("#timeline .tl-in");
  }

  // Many cars come in parts: those that are missing follow by themselves.
  async function complete(inner) {
    for (let link; (link = inner?.querySelector(".tl-more a")); ) {
      const next = await read(new URL(link.getAttribute("href"), location.href));
      if (!next) break; // logged out, or refused: the link leads to what is missing
      const found = [...next.children].filter((one) => one.matches(".tl-group, .tl-row, .tl-more"));
      const group = [...inner.querySelectorAll(".tl-group")].at(-1);
      if (found[0]?.textContent === group?.textContent) found.shift(); // it goes on
      link.parentElement.remove();
      inner.append(...found);
    }
    return inner;
  }

  async function refresh() {
    const fresh = await complete(await read(location.href));
    if (fresh) document.querySelector("#timeline .tl-in").replaceWith(fresh);
    markEnds();
  }

  function markEnds() {
    document.querySelectorAll(".tl-row .k-out, .tl-row .k-overdue").forEach((bar) => extendable(bar) && (bar.dataset.drag = "end"));
  }

  const extend = (bar, day) => tell(may.extend, { number: numberOf(bar), day });
  const move = (number, car, shift) => tell(may.move, { number, car, shift });

  // --- pointer -----------------------------------------------------------------------------------------------------

  const timeline = find("timeline");
  timeline.addEventListener("dragstart", (event) => event.preventDefault());
  timeline.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".tl-row");
    if (!row || event.button !== 0 || event.target.closest(".tl-car")) return;
    const bar = event.target.closest("[class^='k-']");
    const day = dayAt(row, event.clientX);
    if (!bar) {
      held = { kind: "pick", row, day, x: event.clientX, y: event.clientY };
      if (event.pointerType === "mouse") choose(row, day, day);
    } else if (event.pointerType === "mouse" && bar.href) {
      const atEnd = bar.getBoundingClientRect().right - event.clientX < 9;
      const kind = extendable(bar) && atEnd ? "extend" : movable(bar) ? "move" : "";
      held = kind ? { kind, bar, row, day, from: day, x: event.clientX, y: event.clientY } : null;
    }
  });

  timeline.addEventListener("pointermove", (event) => {
    if (!held || event.pointerType !== "mouse") return;
    held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > 5;
    if (!held.moved) return;
    held.day = dayAt(held.row, event.clientX);
    if (held.kind === "pick") choose(held.row, pick ? pick.from : held.day, held.day);
    if (held.kind === "extend") choose(held.row, Math.floor((linesOf(held.bar)[0] - 1) / SLOTS), held.day);
    if (held.kind === "move") {
      document.querySelector(".is-target")?.classList.remove("is-target");
      held.target = rowAt(event.clientX, event.clientY) || held.row;
      if (held.target !== held.row) held.target.classList.add("is-target");
      const [last, shift] = [days().length - 1, held.day - held.from];
      const within = (day) => Math.min(last, Math.max(0, day + shift));
      choose(held.target, within(firstDayOf(held.bar)), within(lastDayOf(held.bar)));
    }
  });

  addEventListener("pointerup", () => {
    const done = held;
    held = null;
    document.querySelector(".is-target")?.classList.remove("is-target");
    if (!done) return;
    if (done.kind === "pick") {
      if (!pick) choose(done.row, done.day, done.day);
      offer();
    } else if (done.moved) {
      unchoose();
      if (done.kind === "extend" && done.day !== done.from) extend(done.bar, days()[done.day]);
      const elsewhere = done.target && (done.target !== done.row || done.day !== done.from);
      if (done.kind === "move" && elsewhere) {
        move(numberOf(done.bar), done.target === done.row ? "" : idOf(done.target), done.day - done.from);
      }
      addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
      setTimeout(() => dispatchEvent(new Event("click", { cancelable: true })), 50);
    }
  });
  addEventListener("pointercancel", () => {
    held = null;
    unchoose();
  });

  // --- keys --------------------------------------------------------------------------------------------------------

  const STEPS = {
    ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
    PageUp: [-10, 0], PageDown: [10, 0], Home: [-Infinity, 0], End: [Infinity, 0], // among many cars
  };
  let begun = null; // where the focus was when the keys began to choose: moved on, they begin there

  timeline.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const bar = event.target.closest(".tl-row [class^='k-']");
    if (bar && event.key.toLowerCase() === "m") {
      event.preventDefault();
      change(bar);
    } else if (!bar && STEPS[event.key] && (pick || event.key.startsWith("Arrow"))) {
      step(event, ...STEPS[event.key]);
    } else if (!bar && pick && event.key === "Enter") {
      event.preventDefault();
      offer();
    } else if (pick && event.key === "Escape") {
      unchoose();
    }
  });

  function inSight(row) {
    const head = timeline.querySelector(".tl-head").getBoundingClientRect();
    return row.getBoundingClientRect().top >= head.bottom;
  }

  function step(event, down, right) {
    const all = rows();
    if (!all.length) return;
    event.preventDefault();
    if (!pick || begun !== event.target) {
      begun = event.target;
      const today = days().indexOf(document.querySelector(".tl-head .is-today")?.dataset.day);
      choose(event.target.closest(".tl-row") || all.find(inSight) || all[0], Math.max(0, today), Math.max(0, today));
      return;
    }
    const row = all[Math.min(all.length - 1, Math.max(0, all.indexOf(pick.row) + down))];
    const to = Math.min(days().length - 1, Math.max(0, pick.to + right));
    choose(row, event.shiftKey && !down ? pick.from : to, to);
  }

  // --- the dialog and the filter -----------------------------------------------------------------------------------

  find("tl-extend").addEventListener("click", () => {
    dialog.close();
    tell(may.extend, { number: dialog.dataset.number, day: find("tl-day").value });
  });
  find("tl-move").addEventListener("click", () => {
    dialog.close();
    const [from, car] = [find("tl-from"), find("tl-car").value];
    const shift = Math.round((Date.parse(from.value) - Date.parse(from.defaultValue)) / 86400000);
    move(dialog.dataset.number, car === dialog.dataset.car ? "" : car, shift || 0);
  });
  dialog.addEventListener("close", unchoose);
  find("tl-branch").addEventListener("change", (event) => event.target.form.requestSubmit());
  timeline.addEventListener("mouseover", (event) => {
    const bar = event.target.closest(".tl-row [class^='k-']");
    if (!bar || bar.title) return;
    const word = find(bar.getAttribute("aria-describedby"))?.textContent;
    bar.title = [bar.textContent, word, bar.href && numberOf(bar)].filter(Boolean).join(" · ");
  });
  markEnds();
  complete(document.querySelector("#timeline .tl-in")).then(markEnds, () => {}); // the link is still there
});
