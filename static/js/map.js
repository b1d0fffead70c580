// The public map: zoomed out, circles that say how many; zoomed in, single reports. The list next to the map follows the view. The view
// is in the URL (#view=) without adding to the browser's history; each choice of filters is a page of its own.
import { openMap } from "./map-base.js";
import { findPlaces, reportHere } from "./map-find.js";
import { circle, DAY, layers, NIGHT, workLayers } from "./map-layers.js";
import { ListInView } from "./map-list.js";
import { drawMarks } from "./map-marks.js";
import { heatAndMonths, heatLayers } from "./map-months.js";
import { Popups } from "./map-popup.js";

// How far a tap may miss a point; and the keyboard's crosshair, which moves in steps.
const FINGER_PX = 8;
const CROSS_PX = 48;
const CLOSEST = 17;
const NAMED_MAX = 8;
// The smallest and largest radius that the list can search, in meters.
const [LEAST_M, MOST_M] = [200, 5000];
const WORK_LAYERS = ["work-lines", "work-points"];

const box = document.getElementById("map");
const words = JSON.parse(document.getElementById("map-words").textContent);
// Street works: those near an address are in the page, those of the whole city at an address of their own.
const near = document.getElementById("street-works");
const works = near ? JSON.parse(near.textContent) : box.dataset.works && new URL(box.dataset.works, location.href).href;
const said = document.getElementById("map-said");
// On a page without filters (My street), the view is about one's home and stays out of the URL, and the list stays as it is.
const form = document.querySelector("[data-choice]");

function listAround({ lng, lat }, meters = LEAST_M) {
  const [path, query] = box.dataset.list.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("near", `${lat.toFixed(5)},${lng.toFixed(5)},${Math.max(Math.ceil(meters), LEAST_M)}`);
  return `${path}?${parameters}`;
}

function workContent({ title, words: sentence, when }) {
  const made = document.createElement("div");
  for (const [tag, text] of [["strong", title], ["p", sentence], ["span", when]]) {
    if (!text) continue;
    const part = document.createElement(tag);
    part.textContent = text;
    made.append(part);
  }
  return made;
}

// Where the popup of a work opens: the middle one of its points.
function middleOf({ type, coordinates }) {
  const points = { Point: [coordinates], MultiLineString: coordinates.flat() }[type] ?? coordinates;
  return points[Math.floor(points.length / 2)];
}

// The same feature may come from several tiles.
function unique(features) {
  return [...new Map(features.map((one) => [one.properties.items ?? one.geometry.coordinates.join(), one])).values()];
}

const chosen = box.dataset.view?.split(",").map(Number);
const opened = await openMap(box, {
  hash: form ? "view" : false,
  ...(chosen ? { bounds: chosen, fitBoundsOptions: { padding: 24, maxZoom: CLOSEST } } : {}),
});
if (opened) {
  const { map, maplibre } = opened;
  const colors = box.classList.contains("map--night") ? NIGHT : DAY;
  const middle = document.createElement("div");
  middle.className = "map__middle";
  box.append(middle);
  map.getCanvas().setAttribute("aria-describedby", "map-keys");
  const popups = new Popups({ map, maplibre, box, words, listAround });
  const list = document.getElementById("in-view") && new ListInView({ map, box, words, showOnMap });
  drawMarks(map, box.dataset.icons, colors);

  function openAt(point, reach) {
    if (!map.getLayer("requests")) return;
    const around = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const away = ({ geometry }) => {
      const at = map.project(geometry.coordinates);
      return Math.hypot(at.x - point.x, at.y - point.y);
    };
    const found = unique(map.queryRenderedFeatures(around, { layers: ["requests", "cells"] }));
    found.sort((one, other) => away(one) - away(other));
    if (!found.length) return openWorkAt(point, around);
    const [lng, lat] = found[0].geometry.coordinates;
    const nearest = away(found[0]);
    const spots = found.filter((one) => one.properties.items && away(one) <= nearest + FINGER_PX);
    if (!spots.length) {
      said.textContent = words.closer.replace("{number}", found[0].properties.n);
      map.easeTo({ center: [lng, lat], zoom: Math.min(map.getZoom() + 2, CLOSEST) });
    } else {
      said.textContent = "";
      const named = spots.flatMap((spot) => JSON.parse(spot.properties.items)).slice(0, NAMED_MAX);
      const number = spots.reduce((sum, spot) => sum + spot.properties.n, 0);
      list?.lightRows(named.map(([reference]) => reference));
      popups.showReports({ lng, lat }, named, number, map.getCanvas());
    }
    return found;
  }

  // Reports lie on top of works.
  function openWorkAt(point, around) {
    const [work] = map.queryRenderedFeatures(around, { layers: WORK_LAYERS.filter((layer) => map.getLayer(layer)) });
    if (!work) return [];
    said.textContent = "";
    popups.show(map.unproject(point), workContent(work.properties), map.getCanvas());
    return [work];
  }

  function showOnMap(button) {
    const work = button.dataset.work && works.features[Number(button.dataset.work)];
    const at = work ? middleOf(work.geometry) : [Number(button.dataset.long), Number(button.dataset.lat)];
    map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 16) });
    box.scrollIntoView({ block: "nearest" });
    const row = button.closest("li");
    if (row.dataset.reference) {
      const [service, status] = [row.querySelector("a").textContent, row.querySelector(".status-tag").className.split("--").at(-1)];
      return popups.showReports(at, [[row.dataset.reference, service, status, "open", row.dataset.day]], 1, button);
    }
    const inside = work ? workContent(work.properties) : document.createElement("div");
    if (!work) inside.append(row.querySelector("a").cloneNode(true));
    popups.show(at, inside, button);
  }

  map.on("load", () => {
    const [path, query] = box.dataset.requests.split("?");
    const parameters = new URLSearchParams(query);
    parameters.set("language", document.documentElement.lang);
    map.addSource("requests", {
      type: "vector",
      tiles: [`${location.origin}${path.replace("/0/0/0", "/{z}/{x}/{y}")}?${parameters}`],
      minzoom: 8,
      maxzoom: CLOSEST,
    });
    map.addSource("lit", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    if (box.dataset.near) map.addSource("near", { type: "geojson", data: circle(...box.dataset.near.split(",").map(Number)) });
    if (works) {
      map.addSource("works", { type: "geojson", data: works });
      workLayers("works").forEach((layer) => map.addLayer(layer));
    }
    if (list) {
      map.addSource("months", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      heatLayers().forEach((layer) => map.addLayer(layer));
    }
    layers(box.dataset.near ? "near" : null, colors).forEach((layer) => map.addLayer(layer));
    if (list) heatAndMonths(map, words);
    box.dataset.ready = "";
    // Whether all of this place is drawn, for those who wait for it.
    map.on("movestart", () => delete box.dataset.drawn);
    map.on("idle", () => (box.dataset.drawn = ""));
    list?.follow();
  });
  map.on("error", ({ sourceId }) => {
    if (sourceId) said.textContent = words.tilesFailed;
  });

  map.on("click", ({ point }) => openAt(point, FINGER_PX));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!openAt(map.project(map.getCenter()), CROSS_PX)?.length) said.textContent = words.nothing;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") popups.leave();
  });

  for (const layer of ["requests", "cells", ...(works ? WORK_LAYERS : [])]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  map.on("mousemove", "requests", ({ features }) => {
    list?.lightRows(features.flatMap((spot) => JSON.parse(spot.properties.items)).map(([reference]) => reference));
  });
  map.on("mouseleave", "requests", () => list?.lightRows([]));

  const here = document.getElementById("map-here");
  function listHere() {
    const center = map.getCenter();
    const meters = center.distanceTo(map.getBounds().getNorthEast());
    here.href = meters > MOST_M ? box.dataset.list : listAround(center, meters);
  }
  map.on("moveend", listHere);
  listHere();

  if (list) findPlaces({ map, maplibre, box, words, said, list });
  reportHere({ map, box, words, popups });
  // On My street; the list in view has its own.
  for (const button of document.querySelectorAll("[data-show-on-map][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => showOnMap(button));
  }
} else {
  for (const button of document.querySelectorAll("[data-show-on-map]")) button.hidden = true;
}

// A change of filters keeps the map's view, unless the area changed.
const area = form?.elements.namedItem("area");
const before = area?.value;
form?.addEventListener("submit", () => {
  const action = form.action.split("#")[0];
  form.action = area.value === before ? action + location.hash : action;
});
for (const link of document.querySelectorAll("[data-keep-view]")) {
  link.addEventListener("click", () => (link.hash = location.hash));
}
