// [data-place-map]: a folded map with a pin for a form's two coordinates. The pin moves by buttons, by arrow keys, by a
// click or a tap, and by dragging; after a pause its address is looked up and said once. Without a script the form has
// its address box, which is enough.
import { openMap } from "./map-base.js";

const PAUSE = 800;
// One press moves the pin this far on the screen; zoomed in, that is a step or two on the ground.
const STEP_PX = 16;
const BIG_STEP = 5;
const CLOSE_UP = 16.5;
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
  let marker;
  let pause;
  let search = new AbortController();
  // The address that the map itself put into the box: it may be replaced by the next one, a typed one may not.
  let ours = "";

  details.hidden = false;

  function written() {
    return lat.value && long.value ? [Number(long.value), Number(lat.value)] : null;
  }

  async function sayAddress() {
    search.abort();
    search = new AbortController();
    const { signal } = search;
    const query = new URLSearchParams({ lat: lat.value, long: long.value });
    let label = "";
    try {
      const answer = await fetch(`${words.nearest}?${query}`, { signal, headers: { Accept: "application/json" } });
      label = answer.ok ? ((await answer.json())[0]?.label ?? "") : "";
    } catch {
      if (signal.aborted) return;
    }
    if (address && (!address.value || address.value === ours)) {
      address.value = label;
      ours = label;
    }
    const said = label ? words.at.replace("{address}", label) : words.noAddress;
    // The same words again would be read out again.
    if (status.textContent !== said) status.textContent = said;
  }

  function put([x, y]) {
    const isFirst = !marker.getLngLat();
    marker.setLngLat([x, y]);
    if (isFirst) {
      marker.addTo(map);
      // From the whole city down to the street: a step must be a step, not a block.
      map.jumpTo({ center: [x, y], zoom: Math.max(map.getZoom(), CLOSE_UP) });
    }
    long.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    if (!map.getBounds().contains([x, y])) map.panTo([x, y]);
    clearTimeout(pause);
    pause = setTimeout(sayAddress, PAUSE);
  }

  function move(way, steps = 1) {
    const from = map.project(marker.getLngLat() ?? map.getCenter());
    const [x, y] = WAYS[way];
    const { lng, lat: north } = map.unproject([from.x + x * STEP_PX * steps, from.y + y * STEP_PX * steps]);
    put([lng, north]);
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
        sayAddress();
      } else if (KEYS[event.key]) {
        event.preventDefault();
        // The map under the pin listens to the same keys.
        event.stopPropagation();
        move(KEYS[event.key], event.shiftKey ? BIG_STEP : 1);
      }
    });
    marker.on("dragend", () => put(marker.getLngLat().toArray()));
  }

  async function open() {
    const at = written();
    const opened = await openMap(box, at ? { bounds: undefined, center: at, zoom: CLOSE_UP } : {});
    if (!opened) {
      details.querySelector(".pin-pad").hidden = true;
      return;
    }
    ({ map } = opened);
    pin(opened.maplibre);
    if (at) marker.setLngLat(at).addTo(map);
    map.on("click", ({ lngLat }) => put(lngLat.toArray()));
    for (const button of details.querySelectorAll("[data-way]")) {
      const { way } = button.dataset;
      button.addEventListener("click", () => (way === "center" ? put(map.getCenter().toArray()) : move(way)));
    }
    map.once("load", () => (box.dataset.ready = ""));
  }

  details.addEventListener("toggle", () => {
    if (details.open && !map) open();
  });
  if (details.open) open();

  // The address box or "use my location" chose a place: the pin goes there.
  document.addEventListener("place-chosen", ({ detail }) => {
    ours = "";
    if (!map || !detail?.lat) return;
    const at = [Number(detail.long), Number(detail.lat)];
    marker.setLngLat(at).addTo(map);
    map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE_UP) });
  });
}

document.querySelectorAll("details[data-place-map]").forEach(start);
