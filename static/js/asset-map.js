// details[data-asset-map]: the assets of the list next to it, to select on a map as on the place page's. Choosing one checks its
// radio button, and the other way around. The list is enough for people who can't see the map or have no script.
import { openMap } from "./map-base.js";
import { cardOn, marksOn, showAsset } from "./map-select.js";

function start(details) {
  const words = details.dataset;
  const radios = new Map(
    [...details.closest("form").querySelectorAll("input[name=asset]")].map((one) => [one.value, one]),
  );
  const assets = JSON.parse(words.assets).map((one) => ({ ...one, name: radios.get(one.number).labels[0].textContent.trim() }));
  const place = [Number(words.long), Number(words.lat)];
  const box = details.querySelector(".map");
  const template = details.querySelector("[data-asset-card]");
  const cards = cardOn(details.querySelector(".place-map__stage"));
  let isOpen = false;

  details.hidden = false;

  async function open() {
    isOpen = true;
    const points = [...assets.map((one) => [one.long, one.lat]), place];
    const [longs, lats] = [0, 1].map((at) => points.map((point) => point[at]));
    const bounds = [Math.min(...longs), Math.min(...lats), Math.max(...longs), Math.max(...lats)];
    const opened = await openMap(box, { bounds, fitBoundsOptions: { padding: 48, maxZoom: 18 } });
    if (!opened) return;
    const { map, maplibre } = opened;
    const marker = new maplibre.Marker({ color: "#b3261e" }).setLngLat(place).addTo(map);
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", words.place);
    const marks = marksOn(map, maplibre, 0);
    const mark = () => marks.press(`a${[...radios.values()].find((radio) => radio.checked)?.value}`);
    for (const asset of assets) {
      const use = () => {
        radios.get(asset.number).checked = true;
        mark();
      };
      marks.addAsset(asset, template.dataset.icons, (button) => showAsset(cards, template, asset, button, words.nearest, use));
    }
    for (const radio of radios.values()) radio.addEventListener("change", mark);
    mark();
    map.once("load", () => (box.dataset.ready = ""));
  }

  details.addEventListener("toggle", () => {
    if (details.open && !isOpen) open();
  });
  if (details.open) open();
}

document.querySelectorAll("details[data-asset-map]").forEach(start);
