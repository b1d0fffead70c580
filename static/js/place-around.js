// For place-map.js on the report's place page: the city's lamps, bins or trees as icons, and open reports of the same kind as dots.
// The pages after this one ask the same without a map or a script.
import { cardOn, marksOn, showAsset } from "./map-select.js";

const METERS_IN_A_FOOT = 0.3048;
const PAUSE = 250;
// What was hidden or became private leaves an open card within half a minute.
const AGAIN_MS = 15000;
// Icons from here on: farther out they would cover each other.
const ICONS_FROM = 16.9;
const DOTS_FROM = 15;

function meters([x, y], [toX, toY]) {
  const across = (toX - x) * Math.cos((y * Math.PI) / 180);
  return Math.hypot(across, toY - y) * 111195;
}

// start({ map, maplibre, details, put, pinAt }): put([x, y]) sets the pin, pinAt() answers where it is.
export function start({ map, maplibre, details, put, pinAt }) {
  const form = details.closest("form");
  const stage = details.querySelector(".place-map__stage");
  const assetCard = stage.querySelector("[data-asset-card]");
  const reportCard = stage.querySelector("[data-report-card]");
  const metric = details.querySelector(".map").dataset.units === "metric";
  const declined = new Set();
  // There may be hundreds, and the next pages list the nearest.
  const marks = marksOn(map, maplibre, -1);
  const cards = cardOn(stage, forget);
  let pause;
  let loading = new AbortController();
  let again;
  let ofCard;

  function forget() {
    clearInterval(again);
    ofCard = null;
  }

  function field(name) {
    const found = form.querySelector(`input[type=hidden][name=${name}]`);
    if (found) return found;
    const made = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(made);
    return made;
  }

  function useAsset(asset) {
    put([asset.long, asset.lat]);
    field("asset").value = asset.number;
    marks.press(`a${asset.number}`);
  }

  function away(report) {
    const pin = pinAt();
    if (!pin) return "";
    const length = meters(pin, [report.long, report.lat]);
    return metric ? `${Math.round(length)} m` : `${Math.round(length / METERS_IN_A_FOOT / 10) * 10} ft`;
  }

  function showReport(report, button) {
    const opened = cards.open(reportCard, button);
    const name = opened.querySelector("[data-name]");
    Object.assign(name, { href: report.url, textContent: report.title });
    opened.querySelector("[data-facts]").textContent = [report.status, report.ago, away(report)].filter(Boolean).join(" · ");
    const words = opened.querySelector("[data-words]");
    words.textContent = report.words;
    words.lang = report.language;
    const photo = opened.querySelector("[data-photo]");
    if (report.photo) photo.src = report.photo;
    else photo.remove();
    const same = opened.querySelector("[data-same]");
    same.value = report.reference;
    same.formAction = details.dataset.follow;
    opened.querySelector("[data-different]").addEventListener("click", () => {
      declined.add(report.reference);
      const kept = Object.assign(document.createElement("input"), { type: "hidden", name: "not_same", value: report.reference });
      form.append(kept);
      marks.remove(`r${report.reference}`);
      cards.close();
    });
    ofCard = report;
    again = setInterval(load, AGAIN_MS);
    opened.focus();
  }

  // The card of a report that isn't among the public ones anymore.
  function empty() {
    forget();
    const gone = Object.assign(document.createElement("p"), { textContent: reportCard.dataset.gone });
    gone.setAttribute("role", "status");
    const card = cards.current();
    const button = card.querySelector("[data-close]");
    card.replaceChildren(gone, button);
    button.focus({ preventScroll: true });
  }

  function draw({ assets, reports }) {
    const keys = new Set();
    if (map.getZoom() >= ICONS_FROM) {
      for (const asset of assets) {
        keys.add(`a${asset.number}`);
        marks.addAsset(asset, assetCard.dataset.icons, (button) =>
          showAsset(cards, assetCard, asset, button, details.dataset.nearest, () => useAsset(asset)),
        );
      }
    }
    for (const report of reports) {
      if (declined.has(report.reference)) continue;
      keys.add(`r${report.reference}`);
      const label = `${report.title} · ${report.status} · ${report.ago}`;
      marks.add(`r${report.reference}`, report, "map-dot", label, (button) => showReport(report, button));
    }
    marks.keep(keys);
  }

  async function load() {
    loading.abort();
    if (map.getZoom() < DOTS_FROM) {
      draw({ assets: [], reports: [] });
      return;
    }
    loading = new AbortController();
    const bounds = map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(5));
    try {
      const answer = await fetch(`${details.dataset.around}?box=${box.join(",")}`, { signal: loading.signal });
      if (!answer.ok) return;
      const found = await answer.json();
      draw(found);
      const isHere = ofCard && bounds.contains([ofCard.long, ofCard.lat]);
      if (isHere && !found.reports.some(({ reference }) => reference === ofCard.reference)) empty();
    } catch {
      // The next pages ask the same.
    }
    stage.dataset.around = "";
  }

  map.on("moveend", () => {
    clearTimeout(pause);
    pause = setTimeout(load, PAUSE);
  });
  load();
}
