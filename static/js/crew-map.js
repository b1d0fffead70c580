// details[data-crew-map]: the stops of the list on a map, by their numbers. It's loaded when it is opened.
import { openMap } from "./map-base.js";

function stopsOfList() {
  const items = [...document.querySelectorAll(".stops > li")];
  return items.flatMap((item, index) => {
    const { lat, long } = item.dataset;
    const words = item.querySelector(".stop__place").textContent.trim();
    return lat ? [{ id: item.id, number: index + 1, words, at: [Number(long), Number(lat)] }] : [];
  });
}

// A pin leads to its stop in the list.
function pin({ id, number, words }) {
  const link = document.createElement("a");
  Object.assign(link, { href: `#${id}`, className: "stop-pin" });
  link.setAttribute("aria-label", `${number}: ${words}`);
  const plate = document.createElement("span");
  Object.assign(plate, { className: "stop__number", textContent: String(number) });
  link.append(plate);
  return link;
}

async function open(details) {
  const stops = stopsOfList();
  const box = details.querySelector("[data-map-box]");
  const frame = stops.length
    ? {
        bounds: [0, 1].map((end) => [0, 1].map((axis) => Math[end ? "max" : "min"](...stops.map((stop) => stop.at[axis])))),
        fitBoundsOptions: { padding: 48, maxZoom: 16 },
      }
    : {};
  const opened = await openMap(box, frame);
  if (!opened) return;
  // The first stop is the last to be drawn, so it is on top.
  for (const stop of stops.toReversed()) {
    new opened.maplibre.Marker({ element: pin(stop) }).setLngLat(stop.at).addTo(opened.map);
  }
  details.dataset.shown = String(stops.length);
}

for (const details of document.querySelectorAll("[data-crew-map]")) {
  details.hidden = false;
  details.addEventListener("toggle", () => open(details), { once: true });
}
