// A pad to sign on: strokes of whole numbers on 1000 × 400 go into the hidden field, as JSON.
"use strict";

(() => {
  const MOST_POINTS = 6000;

  function prepare(canvas) {
    const field = document.getElementById(canvas.dataset.pad);
    const clear = document.querySelector(`[data-pad-clear="${canvas.dataset.pad}"]`);
    const pen = canvas.getContext("2d");
    let strokes = [];
    let drawing = null;

    function point(event) {
      const box = canvas.getBoundingClientRect();
      const across = ((event.clientX - box.left) / box.width) * canvas.width;
      const down = ((event.clientY - box.top) / box.height) * canvas.height;
      return [Math.round(Math.min(Math.max(across, 0), canvas.width)), Math.round(Math.min(Math.max(down, 0), canvas.height))];
    }

    function draw() {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#0f172a" });
      for (const stroke of strokes) {
        pen.beginPath();
        pen.moveTo(...stroke[0]);
        for (const next of stroke) pen.lineTo(...next);
        pen.stroke();
      }
    }

    function keep() {
      field.value = strokes.length ? JSON.stringify(strokes) : "";
    }

    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      drawing = [point(event)];
      strokes.push(drawing);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing || strokes.flat().length >= MOST_POINTS) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) {
        const next = point(one);
        const last = drawing[drawing.length - 1];
        if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= 3) drawing.push(next);
      }
      draw();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        drawing = null;
        keep();
      });
    }
    clear.addEventListener("click", () => {
      strokes = [];
      draw();
      keep();
    });

    try {
      strokes = JSON.parse(field.value || "[]"); // the form came back with an error elsewhere
      draw();
    } catch {
      strokes = [];
    }
  }

  for (const canvas of document.querySelectorAll("canvas[data-pad]")) prepare(canvas);
})();
