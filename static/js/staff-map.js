// [data-staff-map]: a small map with a pin where the request is. The address beside it says the same.
import { openMap } from "./map-base.js";

async function start(box) {
  const place = [Number(box.dataset.long), Number(box.dataset.lat)];
  box.hidden = false;
  const opened = await openMap(box, { bounds: undefined, center: place, zoom: 16 });
  if (!opened) return;
  new opened.maplibre.Marker({ color: "#b50909" }).setLngLat(place).addTo(opened.map);
}

document.querySelectorAll("[data-staff-map]").forEach(start);
