// The offline page: a report is saved as it is typed, and then put into the outbox.
import { questionForm } from "./asking.js";
import { showErrors, whatIsWrong } from "./checking.js";
import { dangerIn, dangerPanel } from "./danger.js";
import { outbox } from "./outbox.js";
import { photoList } from "./photos.js";
import { serviceList } from "./services.js";
// Last, or collectstatic would read the three as part of the next import (they run first anyway).
import "./database.js";
import "./store.js";
import "./sending.js";

const store = self.offlineStore;
const PAUSE = 400;
const byId = (id) => document.getElementById(id);
const root = byId("offline");
const words = JSON.parse(byId("offline-words").textContent);
const { language } = root.dataset;
const form = byId("offline-form");

let report;
let catalog = { services: [], phrases: [], always_ask: false };
let pause;

const service = () => catalog.services.find((one) => one.code === report.service);

// --- Saving what is typed -----------------------------------------------------------------------------------------

async function save() {
  clearTimeout(pause);
  await store.put(report, { quietly: true });
}

function change(changes) {
  report = { ...report, ...changes };
  save();
}

const panel = dangerPanel({
  panel: byId("danger"),
  screen: byId("danger-screen"),
  stopped: byId("danger-stopped"),
  helpers: document.querySelectorAll("[data-danger-kind]"),
  goOn(reasons) {
    change({ wentOn: [...new Set([...report.wentOn, ...reasons])] });
    if (wantsToKeep) keep();
    else byId("words").focus();
  },
});
let wantsToKeep = false;

function watchForDanger(below) {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const danger = dangerIn(report, catalog, service(), photos.alts());
    panel.show(danger, danger.urgent, { below, focus: false });
  }, PAUSE);
}

const questions = questionForm({
  box: byId("questions"),
  heading: byId("questions-heading"),
  words,
  address: () => report.place.address,
  changed(answers) {
    change({ answers });
    watchForDanger(byId("questions"));
  },
});

const photos = photoList({
  input: byId("photos"),
  list: byId("photo-list"),
  status: byId("photo-status"),
  words,
  most: Number(root.dataset.mostPhotos),
  changed: (count) => change({ photos: count }),
});

const box = outbox({
  section: byId("outbox"),
  list: byId("outbox-list"),
  status: byId("outbox-status"),
  announced: byId("outbox-said"),
  words,
  language,
  edit,
});

const services = { choose() {} };

function choose(code) {
  change({ service: code });
  showService();
}

function showService() {
  const chosen = service();
  byId("service-screen").hidden = !chosen?.screen;
  byId("service-screen").textContent = chosen?.screen ?? "";
  questions.show(chosen, report.answers);
  byId("place-optional").hidden = !chosen || chosen.place_required;
  const noPhotos = chosen?.photos === "none";
  byId("photo-part").hidden = noPhotos;
  byId("no-photos").hidden = !noPhotos;
  byId("only-city").hidden = !chosen?.confidential;
  byId("everyone").hidden = Boolean(chosen?.confidential);
}

const CHANGES = {
  words: (value) => ({ words: value, wordsLanguage: language }),
  address: (value) => ({ place: { ...report.place, address: value } }),
  note: (value) => ({ place: { ...report.place, note: value } }),
  email: (value) => ({ contact: { ...report.contact, email: value } }),
  phone: (value) => ({ contact: { ...report.contact, phone: value } }),
  name: (value) => ({ contact: { ...report.contact, name: value } }),
};

for (const [id, changes] of Object.entries(CHANGES)) {
  byId(id).addEventListener("input", () => {
    change(changes(byId(id).value));
    if (id === "address") questions.refresh();
    if (["words", "address", "note"].includes(id)) watchForDanger(byId(id).closest(".usa-form-group"));
  });
}
for (const radio of form.querySelectorAll("[name=language]")) {
  radio.addEventListener("change", () => change({ contact: { ...report.contact, language: radio.value } }));
}

function showLocation() {
  const { lat, long } = report.place;
  byId("location-status").textContent = lat && long ? words.located : "";
  byId("forget-location").hidden = !(lat && long);
}

byId("locate").addEventListener("click", () => {
  byId("location-status").textContent = words.locating;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      // Six decimals are about 4 inches; more would be false precision.
      const place = { ...report.place, lat: coords.latitude.toFixed(6), long: coords.longitude.toFixed(6) };
      change({ place });
      showLocation();
    },
    (error) => {
      byId("location-status").textContent = error.code === error.PERMISSION_DENIED ? words.locateDenied : words.locateFailed;
    },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
  );
});
byId("forget-location").addEventListener("click", () => {
  change({ place: { ...report.place, lat: "", long: "" } });
  showLocation();
  byId("address").focus();
});
if (!navigator.geolocation) byId("locate").hidden = true;

// --- Opening a report -----------------------------------------------------------------------------------------------

async function open(kept) {
  report = kept;
  byId("words").value = report.words;
  byId("address").value = report.place.address;
  byId("note").value = report.place.note;
  for (const name of ["email", "phone", "name"]) byId(name).value = report.contact[name];
  for (const radio of form.querySelectorAll("[name=language]")) radio.checked = radio.value === report.contact.language;
  services.choose(report.service);
  showService();
  showLocation();
  showErrors(form, []);
  byId("danger").hidden = true;
  wantsToKeep = false;
  await photos.open(report);
}

async function openWriting() {
  const writing = (await store.all()).find((one) => one.state === "writing");
  await open(writing ?? store.blank(language));
}

// Moves a report from the outbox back into the form, unless it is being sent. The report in the form moves into the outbox.
async function edit(waiting) {
  const taken = await store.update(
    waiting.key, { state: "taken", message: "", problems: {} }, ({ state }) => state !== "sending",
  );
  if (!taken) return;
  if (report.words.trim() || report.photos) await store.put({ ...report, state: "failed", message: words.unfinished });
  else await store.remove(report.key);
  await store.update(waiting.key, { state: "writing" });
  await openWriting();
  byId("words").focus();
}

byId("start-over").addEventListener("click", async () => {
  await photos.clear();
  await store.remove(report.key);
  await open(store.blank(language));
  byId("form-status").textContent = words.startedOver;
  byId("words").focus();
});

// --- Putting it in the outbox --------------------------------------------------------------------------------------

async function keep() {
  wantsToKeep = false;
  const found = whatIsWrong(report, service(), words, questions);
  showErrors(form, found);
  if (found.length) return;
  const danger = dangerIn(report, catalog, service(), photos.alts());
  if (danger.all.length) {
    wantsToKeep = true;
    byId("danger").hidden = true;
    panel.show(danger, danger.all, { below: byId("keep-buttons"), focus: true });
    return;
  }
  clearTimeout(pause);
  const { sendUrl, photoUrl, tokenUrl } = root.dataset;
  const revision = report.revision + 1;
  // People don't see this field, but bots fill it in.
  const trap = form.elements.subject.value;
  form.elements.subject.value = "";
  const sent = { revision, language, sendUrl, photoUrl, tokenUrl, trap };
  await store.put({ ...report, ...sent, state: "waiting", kept: Date.now() });
  await open(store.blank(language));
  await box.draw();
  byId("outbox-heading").focus();
  byId("outbox-status").textContent = navigator.onLine ? words.keptOnline : words.keptOffline;
  // Ask that a full device doesn't delete it, and that the browser sends it after this page is closed.
  navigator.storage?.persist?.();
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.sync?.register("send-reports").catch(() => {});
  if (navigator.onLine) self.offlineSending.sendAll();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
});

// --- The network ----------------------------------------------------------------------------------------------------

function showNetwork() {
  byId("network-off").hidden = navigator.onLine;
  byId("network-on").hidden = !navigator.onLine;
}

async function loadCatalog() {
  const answer = await fetch(root.dataset.catalog);
  if (!answer.ok) throw new Error(`catalog ${answer.status}`);
  catalog = await answer.json();
  Object.assign(
    services,
    serviceList({
      box: byId("services"),
      filter: byId("service-filter"),
      status: byId("service-status"),
      words,
      services: catalog.services,
      chosen: choose,
    }),
  );
}

window.addEventListener("online", () => {
  showNetwork();
  self.offlineSending.sendAll();
});
window.addEventListener("offline", showNetwork);
document.addEventListener("forgotten", () => open(store.blank(language)).then(box.draw));

showNetwork();
try {
  await loadCatalog();
} catch {
  // The catalog is not on this device: send "I don't know", and the city asks the rest.
  byId("service-part").hidden = true;
}
try {
  await openWriting();
  await box.draw();
  root.hidden = false;
  root.dataset.ready = "yes";
  self.offlineSending.sendAll();
} catch {
  // A browser without storage (some private windows): link to the regular form.
  byId("cannot-keep").hidden = false;
}
