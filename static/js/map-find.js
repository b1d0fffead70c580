// Finding a place on the public map: by address or by where one is. And "Report a problem here": at a place held or clicked with
// the right button, or at the center.

const CLOSE = 17;

function pinAt(map, maplibre) {
  let pin;
  return (lngLat) => {
    pin?.remove();
    pin = new maplibre.Marker({ color: "#b50909" }).setLngLat(lngLat).addTo(map);
    // A picture of what the words next to it say.
    pin.getElement().setAttribute("aria-hidden", "true");
    pin.getElement().removeAttribute("tabindex");
  };
}

export function findPlaces({ map, maplibre, box, words, said, list }) {
  const form = document.querySelector("[data-map-find]");
  const pin = pinAt(map, maplibre);
  const city = box.dataset.bounds?.split(",").map(Number);

  function go({ lat, long, label }) {
    const at = [Number(long), Number(lat)];
    if (city && (at[0] < city[0] || at[0] > city[2] || at[1] < city[1] || at[1] > city[3])) {
      said.textContent = words.outside;
      return;
    }
    said.textContent = label ?? "";
    pin(at);
    list.isKept = false;
    map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE) });
    box.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("place-chosen", ({ detail }) => go(detail));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = form.elements.q.value.trim();
    const [lat, long] = [form.elements.lat.value, form.elements.long.value];
    if (lat && long) return go({ lat, long, label: text });
    try {
      const answer = await fetch(`${form.elements.q.dataset.source}?${new URLSearchParams({ q: text })}`);
      const [first] = answer.ok ? await answer.json() : [];
      if (first) return go(first);
    } catch {
      // The page for places says what is wrong.
    }
    form.submit();
  });
}

export function reportHere({ map, box, words, popups }) {
  const link = document.getElementById("map-report");
  const address = ({ lng, lat }) => `${box.dataset.report}?lat=${lat.toFixed(6)}&long=${lng.toFixed(6)}`;
  const aim = () => (link.href = address(map.getCenter()));
  map.on("moveend", aim);
  aim();

  async function offer(lngLat) {
    const inside = document.createElement("div");
    const near = document.createElement("p");
    const anchor = Object.assign(document.createElement("a"), { className: "usa-button", href: address(lngLat), textContent: words.here });
    inside.append(near, anchor);
    popups.show(lngLat, inside, map.getCanvas());
    try {
      const answer = await fetch(`${box.dataset.nearest}?lat=${lngLat.lat.toFixed(6)}&long=${lngLat.lng.toFixed(6)}`);
      const [place] = answer.ok ? await answer.json() : [];
      if (place) near.textContent = place.label;
    } catch {
      // The point is enough.
    }
  }

  // MapLibre sends this for a finger that stays, too. The click that browsers send when the finger leaves would close what was just
  // opened, so it is kept from the map, which listens below this box.
  let isFinger = false;
  let isHeld = false;
  map.on("touchstart", () => ([isFinger, isHeld] = [true, false]));
  map.on("contextmenu", (event) => {
    event.preventDefault();
    isHeld = isFinger;
    offer(event.lngLat);
  });
  const keepClick = (event) => {
    if (isHeld && event.target === map.getCanvas()) event.stopPropagation();
    isFinger = isHeld = false;
  };
  box.addEventListener("click", keepClick, true);
}
