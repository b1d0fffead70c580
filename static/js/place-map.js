// [data-place-map]: a map with a pin for a form's two coordinates, collapsed unless it's open from the start. Buttons, arrow keys, clicks, taps and dragging
// move the pin; after a pause, its address is looked up and announced once. Without this script, the address box is enough.
import { openMap } from "./map-base.js";

const PAUSE = 800;
// One step moves the pin this far on the screen; zoomed in, that is a step or two on the ground.
const STEP_PX = 16;
const BIG_STEP = 5;
const CLOSE_UP = 16.5;
// Where the city's lamps, bins and trees can be selected.
const WITH_ICONS = 17.5;
const WAYS = { north: [0, -1], south: [0, 1], west: [-1, 0], east: [1, 0] };
const KEYS = { ArrowUp: "north", ArrowDown: "south", ArrowLeft: "west", ArrowRight: "east" };

function start(details) {
  const words = details.dataset;
  const lat = document.getElementById(words.lat);
  const long = document.getElementById(words.long);
  const address = document.getElementById(words.address);
  const box = details.querySelector(".map");
  const status = details.querySelector("[role=status]");
  let map;
  let library;
  let marker;
  let pause;
  let search = new AbortController();
  const closeUp = words.around ? WITH_ICONS : CLOSE_UP;
  let here;
  // The address that the map filled in: it can be replaced by the next one, but a typed one can't.
  // Of a place to correct, also the one it had.
  let ours = words.startLat ? (address?.value ?? "") : "";

  details.hidden = false;

  function savedPoint() {
    return lat.value && long.value ? [Number(long.value), Number(lat.value)] : null;
  }

  function startPoint() {
    return words.startLat ? [Number(words.startLong), Number(words.startLat)] : null;
  }

  async function addressAt(north, east, signal) {
    const query = new URLSearchParams({ lat: north, long: east });
    const answer = await fetch(`${words.nearest}?${query}`, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json())[0]?.label ?? "") : "";
  }

  async function announceAddress() {
    search.abort();
    search = new AbortController();
    const { signal } = search;
    let label = "";
    try {
      label = await addressAt(lat.value, long.value, signal);
    } catch {
      if (signal.aborted) return;
    }
    if (address && (!address.value || address.value === ours)) {
      address.value = label;
      ours = label;
    }
    const said = label ? words.at.replace("{address}", label) : words.noAddress;
    // Setting the same text would announce it again.
    if (status.textContent !== said) status.textContent = said;
  }

  function put([x, y]) {
    const isFirst = !marker.getLngLat();
    marker.setLngLat([x, y]);
    if (isFirst) {
      marker.addTo(map);
      // Zoom in from the whole city, so that a step is a step and not a block.
      map.jumpTo({ center: [x, y], zoom: Math.max(map.getZoom(), closeUp) });
    }
    long.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    if (!map.getBounds().contains([x, y])) map.panTo([x, y]);
    clearTimeout(pause);
    pause = setTimeout(announceAddress, PAUSE);
  }

  function move(way, steps = 1) {
    const from = map.project(marker.getLngLat() ?? map.getCenter());
    const [x, y] = WAYS[way];
    const { lng, lat: north } = map.unproject([from.x + x * STEP_PX * steps, from.y + y * STEP_PX * steps]);
    put([lng, north]);
  }

  // Where the phone is; the pin may be moved away from it.
  function showHere(at) {
    here ??= new library.Marker({ element: Object.assign(document.createElement("span"), { className: "map-here" }) });
    here.setLngLat(at).addTo(map);
    here.getElement().setAttribute("role", "img");
    here.getElement().setAttribute("aria-label", words.here);
  }

  function pin(maplibre) {
    marker = new maplibre.Marker({ color: "#b3261e", draggable: true });
    const element = marker.getElement();
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", words.pin);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        announceAddress();
      } else if (KEYS[event.key]) {
        event.preventDefault();
        // The map below the pin listens for the same keys.
        event.stopPropagation();
        move(KEYS[event.key], event.shiftKey ? BIG_STEP : 1);
      }
    });
    marker.on("dragend", () => put(marker.getLngLat().toArray()));
  }

  async function open() {
    const at = savedPoint() ?? startPoint();
    const opened = await openMap(box, at ? { bounds: undefined, center: at, zoom: closeUp } : {});
    if (!opened) {
      details.querySelector(".pin-pad").hidden = true;
      return;
    }
    ({ map, maplibre: library } = opened);
    pin(opened.maplibre);
    if (at) marker.setLngLat(at).addTo(map);
    if (words.proposed && !savedPoint()) status.textContent = words.proposed;
    map.on("click", ({ lngLat }) => put(lngLat.toArray()));
    for (const button of details.querySelectorAll("[data-way]")) {
      const { way } = button.dataset;
      button.addEventListener("click", () => (way === "center" ? put(map.getCenter().toArray()) : move(way)));
    }
    if (words.around) {
      const { start: showAround } = await import(words.aroundScript);
      const pinAt = () => marker.getLngLat()?.toArray();
      showAround({ map, maplibre: opened.maplibre, details, put, pinAt });
    }
    map.once("load", () => (box.dataset.ready = ""));
  }

  details.addEventListener("toggle", () => {
    if (details.open && !map) open();
  });
  // The form first: a map that is open from the start comes once the page is complete.
  if (details.open && !words.around) open();
  else if (details.open && document.readyState === "complete") setTimeout(open, 1);
  else if (details.open) window.addEventListener("load", () => setTimeout(open, 1));

  // The address box or "Use my location" chose a place: move the pin there.
  document.addEventListener("place-chosen", ({ detail }) => {
    ours = "";
    if (!map || !detail?.lat) return;
    const at = [Number(detail.long), Number(detail.lat)];
    if (detail.isHere) showHere(at);
    marker.setLngLat(at).addTo(map);
    map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), closeUp) });
  });
}

document.querySelectorAll("details[data-place-map]").forEach(start);
