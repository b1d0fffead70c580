// form[data-crew-result]: keeps the result on the phone, from where it is sent, so that a lost network loses nothing.
import { prepared } from "../photo-shrink.js";
import { make, say } from "../offline/dom.js";
import { started } from "./queue.js";

const store = self.crewStore;
const LONGEST = 2048;
const words = JSON.parse(document.getElementById("crew-words").textContent);
const crew = document.querySelector("[data-crew]").dataset.crew;

// What is missing, as the city would say it.
function problems(form, chosen, photos) {
  const { words: typed, vouched, no_evidence: why } = form.elements;
  const found = [];
  if (!chosen) return [words.chooseOutcome];
  const hasPhoto = photos.after || why.value || form.elements.photos.value;
  if (chosen.value === "not_found" && !hasPhoto) found.push(words.needsPlacePhoto);
  if (["fixed", "action_taken"].includes(chosen.value) && "asksForPhoto" in form.dataset && !hasPhoto) found.push(words.needsPhoto);
  if ("noWords" in chosen.dataset && !typed.value.trim()) found.push(words.needsWords);
  const { foreign } = form.dataset;
  if (foreign && "posts" in chosen.dataset && typed.value.trim() && !vouched.checked) found.push(say(words.needsVouch, { language: foreign }));
  return found;
}

function show(form, found) {
  const box = form.querySelector("[data-problems]");
  box.hidden = found.length === 0;
  box.querySelector("ul").replaceChildren(...found.map((text) => make("li", {}, text)));
  if (!found.length) return;
  form.querySelector("[data-more]").open = true;
  box.focus();
}

export function start(form, { done }) {
  const photos = {};
  const status = form.querySelector("[data-photo-status]");
  for (const input of form.querySelectorAll("[data-stage]")) {
    input.addEventListener("change", async () => {
      const [file] = input.files;
      const { stage } = input.dataset;
      delete photos[stage];
      input.parentElement.querySelector(`[data-preview="${stage}"]`)?.remove();
      if (!file) return;
      status.textContent = words.photoWorking;
      // Set at once, so that a quick press of Send waits for it.
      photos[stage] = prepared(file, LONGEST);
      const { preview } = await photos[stage];
      if (preview) input.after(make("img", { src: preview, alt: words.photoReady, class: "result-photo__preview", "data-preview": stage }));
      status.textContent = words.photoReady;
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = form.querySelector("[name=outcome]:checked");
    const found = problems(form, chosen, photos);
    show(form, found);
    if (found.length) return;
    const rows = [];
    for (const [stage, ready] of Object.entries(photos)) {
      const { file } = await ready;
      // Bytes instead of the file: not every browser can store files in IndexedDB.
      rows.push({ stage, type: file.type, bytes: await file.arrayBuffer() });
    }
    const { words: typed, vouched, no_evidence: why, last_event: seen } = form.elements;
    const said = {
      number: form.dataset.number,
      place: form.dataset.place,
      label: form.querySelector(`label[for="${chosen.id}"] [data-label]`).textContent,
      photos: rows.length,
      resultUrl: form.action,
      photoUrl: form.dataset.photoUrl,
      fields: {
        outcome: chosen.value, words: typed.value, no_evidence: why.value, last_event: seen.value,
        ...(vouched.checked ? { vouched: "on" } : {}),
      },
    };
    try {
      if (!(await started)) throw new Error("nothing can be kept");
      await store.keep({ said }, rows);
    } catch {
      // The form as without a script: submit() fires no event.
      form.submit();
      return;
    }
    // Asks that a full phone doesn't delete it, and that the browser sends it after this page is closed.
    navigator.storage?.persist?.();
    const registration = await navigator.serviceWorker?.getRegistration(crew);
    registration?.sync?.register("send-results").catch(() => {});
    done();
  });
}

for (const form of document.querySelectorAll("form[data-crew-result]")) {
  start(form, {
    // The day sends it; without a network, the worker opens the page on this phone instead.
    done: () => location.assign(crew),
  });
}
