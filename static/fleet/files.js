// Sends photos while the form is still being filled in; the form then carries their ids. Without this script the plain
// file input goes with the form. Any page may use it: <fieldset data-upload="/admin/files/"> with an <input type="file"
// name="uploads">, a <ul data-files> and a <p data-status>; the ids arrive as `attach` (or as data-name says).
"use strict";

(() => {
  const LONGEST = 2000; // px: a scratch is sharp, and a phone's 5 MB become 0.5 MB before they travel

  // Photos are drawn anew here, which also turns an iPhone's HEIC into JPEG where the browser can read it.
  async function smaller(file) {
    if (!/^image\/(jpeg|webp|heic|heif)$/.test(file.type)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (scale === 1 && file.type === "image/jpeg" && file.size < 1e6) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // the server says what is wrong with it
    }
  }

  async function send(panel, file) {
    const body = new FormData();
    body.append("uploads", await smaller(file));
    const token = panel.closest("form").querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(panel.dataset.upload, { method: "POST", body, headers: { "X-CSRFToken": token } });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.detail || "");
    return said.files[0];
  }

  function show(panel, kept, file, status) {
    const item = document.createElement("li");
    const shown = document.createElement(file.type.startsWith("image/") ? "img" : "span");
    if (shown.tagName === "IMG") {
      shown.src = URL.createObjectURL(file);
      shown.alt = "";
    } else {
      shown.className = "fleet-file-kind";
      shown.textContent = kept.name.split(".").pop();
    }
    const name = document.createElement("span");
    name.textContent = kept.name;
    const size = document.createElement("small");
    size.textContent = kept.text;
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: panel.dataset.name || "attach", value: kept.id, checked: true });
    const label = document.createElement("label");
    label.append(box, " " + status.dataset.keep);
    item.append(shown, name, size, label);
    panel.querySelector("[data-files]").append(item);
    panel.querySelector("[data-none]")?.remove();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function take(panel, files) {
    const status = panel.querySelector("[data-status]");
    const refused = [];
    for (const [place, file] of files.entries()) {
      status.textContent = `${status.dataset.sending} ${place + 1}/${files.length}`;
      try {
        show(panel, await send(panel, file), file, status);
      } catch (error) {
        refused.push(`${file.name}: ${error.message || status.dataset.failed}`);
      }
    }
    status.textContent = refused.length ? refused.join(" ") : status.dataset.sent;
    status.classList.toggle("fleet-refused", refused.length > 0);
  }

  for (const panel of document.querySelectorAll("[data-upload]")) {
    const input = panel.querySelector("input[type=file]");
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = ""; // they travel now, not with the form
      await take(panel, files);
    });
    panel.addEventListener("dragover", (event) => event.preventDefault());
    panel.addEventListener("drop", (event) => {
      event.preventDefault();
      take(panel, [...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files || [])];
      if (files.length) take(panel, files);
    });
  }
})();
