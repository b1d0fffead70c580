// input[data-first-photos]: a big button for the photos that a report begins with. Reads where the first of them was taken,
// before photo-shrink.js makes it smaller, and goes on by itself if nothing was typed. Without this script, the plain control
// goes with the form.
import { showButton } from "./photo-button.js";
import { placeFields } from "./photo-place.js";
import "./photo-shrink.js";

function start(input) {
  const { form } = input;
  const words = input.dataset;
  const text = form.elements.text;
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0, hidden: true });
  bar.setAttribute("aria-label", words.sending);
  const status = document.createElement("p");
  status.className = "usa-hint";
  status.setAttribute("role", "status");
  input.after(bar, status);
  const places = new Map();
  let sending = null;
  let lost = null;

  showButton(input, document.getElementById(`${input.id}_button`));

  function setFields(fields) {
    form.querySelectorAll("input[data-photo-place]").forEach((one) => one.remove());
    for (const [name, value] of Object.entries(fields)) {
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      hidden.dataset.photoPlace = "";
      form.append(hidden);
    }
  }

  function send(submitter) {
    if (sending) return;
    lost = null;
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
    });
    sending.addEventListener("load", () => {
      // A page with errors: sent again by the form itself, the browser shows it.
      if (sending.status >= 400) form.submit();
      else location.assign(sending.responseURL);
    });
    sending.addEventListener("error", () => {
      sending = null;
      lost = { submitter };
      bar.hidden = true;
      status.textContent = words.lost;
    });
    bar.hidden = false;
    status.textContent = words.sending;
    sending.send(data);
  }

  // Before photo-shrink.js replaces the files.
  input.addEventListener("change", () => [...input.files].forEach((file) => places.set(file, placeFields(file))), true);

  input.addEventListener("photos-chosen", async ({ detail }) => {
    const read = await Promise.all(detail.files.map((file) => places.get(file) ?? {}));
    setFields(read.find((fields) => fields.photo_lat && fields.photo_long) ?? {});
    if (detail.added && !detail.leftOut && !text.value.trim()) send();
  });

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    send(event.submitter);
  });

  window.addEventListener("online", () => lost && send(lost.submitter));
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    sending = null;
    bar.hidden = true;
    status.textContent = "";
  });
}

document.querySelectorAll("input[type=file][data-first-photos]").forEach(start);
