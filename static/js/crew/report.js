// form[data-crew-report]: a report in three taps (photo, service, send), kept on the phone like a result and sent from there. The
// place is the phone's, unless an address is typed.
import { prepared } from "../photo-shrink.js";
import { make } from "../offline/dom.js";
import { draw, send, started } from "./queue.js";

const store = self.crewStore;
const LONGEST = 2048;
// Beyond this, the phone's place would only mislead.
const TOO_ROUGH_M = 1000;
const words = JSON.parse(document.getElementById("crew-words").textContent);
const crew = document.querySelector("[data-crew]").dataset.crew;
const form = document.querySelector("form[data-crew-report]");
const rest = form.querySelector("[data-rest]");
const placeStatus = form.querySelector("[data-place-status]");
let photo = null;
let drawn = "";

// A radio button as templates/staff_app/report/_service.html has it.
function radio({ code, label }) {
  const input = make("input", { class: "usa-radio__input usa-radio__input--tile", type: "radio", name: "service", id: `report-${code}`, value: code });
  return make("div", { class: "usa-radio" }, input, make("label", { class: "usa-radio__label", for: input.id }, label));
}

// On the page without a network: the services that the phone has.
export function drawServices(services) {
  const now = JSON.stringify(services);
  if (now === drawn) return;
  drawn = now;
  form.closest("section").hidden = services.length === 0;
  for (const [name, isFirst] of [["first", true], ["other", false]]) {
    form.querySelector(`[data-services=${name}]`).replaceChildren(...services.filter((one) => one.is_first === isFirst).map(radio));
  }
}

function locate() {
  if (!navigator.geolocation || form.elements.lat.value) return;
  const found = ({ coords }) => {
    if (coords.accuracy > TOO_ROUGH_M) return failed();
    // Six decimals are about 4 inches; more would be false precision.
    form.elements.lat.value = coords.latitude.toFixed(6);
    form.elements.long.value = coords.longitude.toFixed(6);
    placeStatus.textContent = placeStatus.dataset.here;
  };
  const failed = () => void (placeStatus.textContent = words.noPlace);
  navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
}

function problems() {
  const found = [];
  if (!form.querySelector("[name=service]:checked")) found.push(words.chooseService);
  if (!photo && !form.elements.text.value.trim()) found.push(words.needsPhotoOrWords);
  return found;
}

function show(found) {
  const box = form.querySelector("[data-problems]");
  box.hidden = found.length === 0;
  box.querySelector("ul").replaceChildren(...found.map((text) => make("li", {}, text)));
  if (found.length) box.focus();
}

async function keep(chosen) {
  const rows = [];
  if (photo) {
    const { file } = await photo;
    rows.push({ stage: "before", type: file.type, bytes: await file.arrayBuffer() });
  }
  const { address, text, lat, long } = form.elements;
  // An address that was typed counts, not where the phone was meanwhile.
  const here = address.value.trim() ? {} : { lat: lat.value, long: long.value };
  const said = {
    number: words.report,
    place: address.value,
    label: form.querySelector(`label[for="${chosen.id}"]`).textContent,
    photos: rows.length,
    resultUrl: form.action,
    photoUrl: form.dataset.photoUrl,
    fields: { service: chosen.value, text: text.value, address: address.value, note: "", ...here },
  };
  if (!(await started)) throw new Error("nothing can be kept");
  await store.keep({ said }, rows);
}

form.closest("[data-needs-script]").hidden = false;
form.elements.photos.addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  const status = form.querySelector("[data-photo-status]");
  photo = null;
  form.querySelector("[data-preview]")?.remove();
  if (!file) return;
  rest.hidden = false;
  locate();
  status.textContent = words.photoWorking;
  // Set at once, so that a quick press of Send waits for it.
  photo = prepared(file, LONGEST);
  const { preview } = await photo;
  if (preview) target.after(make("img", { src: preview, alt: words.photoReady, class: "result-photo__preview", "data-preview": "" }));
  status.textContent = words.photoReady;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = problems();
  show(found);
  if (found.length) return;
  try {
    await keep(form.querySelector("[name=service]:checked"));
  } catch {
    // The form as without a script: submit() fires no event.
    form.submit();
    return;
  }
  navigator.storage?.persist?.();
  const registration = await navigator.serviceWorker?.getRegistration(crew);
  registration?.sync?.register("send-results").catch(() => {});
  photo = null;
  form.reset();
  form.elements.lat.value = form.elements.long.value = "";
  form.querySelector("[data-preview]")?.remove();
  form.querySelector("[data-photo-status]").textContent = placeStatus.textContent = "";
  rest.hidden = true;
  await draw();
  const status = document.querySelector("[data-crew-status]");
  status.textContent = words.kept;
  const count = document.querySelector("[data-crew-count]");
  (count.hidden ? form.elements.photos : count).focus();
  await send();
});
