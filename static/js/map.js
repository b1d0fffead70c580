// The public map: zoomed out, circles with counts; zoomed in, single reports, each with a link to its page. The list next to
// the map has the same reports, with buttons that show their places. The map's view is in the URL (#view=) without adding to
// the browser's history; each choice of filters is a page of its own.
import { openMap } from "./map-base.js";
import { circle, layers, workLayers } from "./map-layers.js";

// How far a tap may miss a point; and the keyboard's crosshair, which moves in steps.
const FINGER_PX = 8;
const CROSS_PX = 48;
const CLOSEST = 17;
// The smallest and largest radius that the list can search, in meters.
const [LEAST_M, MOST_M] = [200, 5000];
const WORK_LAYERS = ["work-lines", "work-points"];

const box = document.getElementById("map");
const words = JSON.parse(document.getElementById("map-words").textContent);
// Street works: those near an address are in the page, those of the whole city at an address of their own.
const near = document.getElementById("street-works");
const works = near ? JSON.parse(near.textContent) : box.dataset.works && new URL(box.dataset.works, location.href).href;
const said = document.getElementById("map-said");
box.closest("[data-needs-script]").hidden = false;
// On a page without filters (My street), the view is about one's home and stays out of the URL.
const form = document.querySelector("[data-choice]");

const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });

function anchor(href, text) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = text;
  return made;
}

function listAround({ lng, lat }, meters) {
  const [path, query] = box.dataset.list.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("near", `${lat.toFixed(5)},${lng.toFixed(5)},${Math.max(Math.ceil(meters), LEAST_M)}`);
  return `${path}?${parameters}`;
}

// A count of the reports at the points, and the newest ones with links to their pages.
function content(spots, lngLat) {
  const number = spots.reduce((sum, spot) => sum + spot.properties.n, 0);
  const named = spots.flatMap((spot) => JSON.parse(spot.properties.items)).slice(0, 8);
  const made = document.createElement("div");
  if (number > 1) {
    const title = document.createElement("p");
    title.className = "map-popup__several";
    title.textContent = words.several.replace("{number}", number);
    made.append(title);
  }
  const list = document.createElement("ul");
  list.className = "map-popup";
  for (const [reference, service, code, state, on] of named) {
    const item = document.createElement("li");
    const status = document.createElement("span");
    status.textContent = `${words.statuses[code] ?? words[state]} · ${day.format(new Date(on))}`;
    item.append(anchor(box.dataset.track.replace("REFERENCE", encodeURIComponent(reference)), service), status);
    list.append(item);
  }
  made.append(list);
  if (number > named.length) made.append(anchor(listAround(lngLat, LEAST_M), words.all));
  return made;
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
  const middle = document.createElement("div");
  middle.className = "map__middle";
  box.append(middle);
  map.getCanvas().setAttribute("aria-describedby", "map-keys");
  let popup;

  function show(lngLat, inside, from) {
    popup?.remove();
    popup = new maplibre.Popup({ maxWidth: "18rem", offset: 8 }).setLngLat(lngLat).setDOMContent(inside).addTo(map);
    // Pan so that the whole popup is visible.
    const part = popup.getElement().getBoundingClientRect();
    const whole = box.getBoundingClientRect();
    const over = (low, high, from, to) => Math.min(0, low - from) || Math.max(0, high - to);
    const by = [over(part.left, part.right, whole.left, whole.right), over(part.top, part.bottom, whole.top, whole.bottom)];
    if (by.some(Boolean)) map.panBy(by.map((pixels) => pixels + 8 * Math.sign(pixels)));
    // Return focus for keyboard users.
    popup.on("close", () => from.focus({ preventScroll: true }));
  }

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
      show({ lng, lat }, content(spots, { lng, lat }), map.getCanvas());
    }
    return found;
  }

  // Reports lie on top of works.
  function openWorkAt(point, around) {
    const [work] = map.queryRenderedFeatures(around, { layers: WORK_LAYERS.filter((layer) => map.getLayer(layer)) });
    if (!work) return [];
    said.textContent = "";
    show(map.unproject(point), workContent(work.properties), map.getCanvas());
    return [work];
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
    if (box.dataset.near) map.addSource("near", { type: "geojson", data: circle(...box.dataset.near.split(",").map(Number)) });
    if (works) {
      map.addSource("works", { type: "geojson", data: works });
      workLayers("works").forEach((layer) => map.addLayer(layer));
    }
    layers("requests", box.dataset.near ? "near" : null).forEach((layer) => map.addLayer(layer));
    box.dataset.ready = "";
    // Whether all of this place is drawn, for those who wait for it.
    map.on("movestart", () => delete box.dataset.drawn);
    map.on("idle", () => (box.dataset.drawn = ""));
  });

  map.on("click", ({ point }) => openAt(point, FINGER_PX));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!openAt(map.project(map.getCenter()), CROSS_PX)?.length) said.textContent = words.nothing;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") popup?.remove();
  });

  for (const layer of ["requests", "cells", ...(works ? WORK_LAYERS : [])]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }

  const here = document.getElementById("map-here");
  function listHere() {
    const center = map.getCenter();
    const meters = center.distanceTo(map.getBounds().getNorthEast());
    here.hidden = meters > MOST_M;
    here.href = listAround(center, meters);
  }
  map.on("moveend", listHere);
  listHere();

  for (const button of document.querySelectorAll("[data-show-on-map]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const work = button.dataset.work && works.features[Number(button.dataset.work)];
      const at = work ? middleOf(work.geometry) : [Number(button.dataset.long), Number(button.dataset.lat)];
      map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 16) });
      const inside = work ? workContent(work.properties) : document.createElement("div");
      if (!work) inside.append(button.closest("li").querySelector("a").cloneNode(true));
      show(at, inside, button);
      box.scrollIntoView({ block: "nearest" });
    });
  }
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
