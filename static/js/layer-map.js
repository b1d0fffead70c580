// [data-layer-map]: the checked file on the city's own map, in place of its plain picture.
import { openMap } from "./map-base.js";

const COLORS = { old: "#71767a", new: "#005ea2", bad: "#b50909" };

async function start(box) {
  const picture = box.closest("figure").querySelector("svg");
  const answer = await fetch(box.dataset.shapes);
  if (!answer.ok) return;
  const shapes = await answer.json();
  box.hidden = false;
  const opened = await openMap(box, shapes.bounds ? { bounds: shapes.bounds, fitBoundsOptions: { padding: 24 } } : {});
  if (!opened) {
    box.hidden = true;
    return;
  }
  // Not just hidden from sight: both would say the same thing twice.
  picture.remove();
  const { map } = opened;
  const draw = () => {
    map.addSource("layer-file", { type: "geojson", data: shapes });
    for (const [role, color] of Object.entries(COLORS)) {
      const of = (geometry) => ["all", ["==", ["get", "role"], role], ["==", ["geometry-type"], geometry]];
      if (role !== "old") {
        map.addLayer({ id: `${role}-fill`, type: "fill", source: "layer-file", filter: of("Polygon"), paint: { "fill-color": color, "fill-opacity": 0.15 } });
      }
      const line = { "line-color": color, "line-width": role === "old" ? 1.5 : 2, ...(role === "old" ? { "line-dasharray": [2, 2] } : {}) };
      map.addLayer({ id: `${role}-line`, type: "line", source: "layer-file", filter: ["==", ["get", "role"], role], paint: line });
      map.addLayer({ id: `${role}-point`, type: "circle", source: "layer-file", filter: of("Point"), paint: { "circle-color": color, "circle-radius": 3 } });
    }
  };
  if (map.isStyleLoaded()) draw();
  else map.once("load", draw);
}

const startAll = (within) => within.querySelectorAll("[data-layer-map]").forEach(start);
startAll(document);
// The page of a file that is being checked comes again as soon as it is done.
document.body.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) startAll(event.target);
});
