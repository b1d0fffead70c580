// openMap(box): opens a MapLibre map in a box made by _map_data.html, in its language, in dark colors where the device has them, and without
// tilt or rotation. A browser that can't draw it shows a message instead, and the result is null.

// A classic script, which sets a global.
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

// MapLibre's stylesheet is loaded with it, since most pages with a map never open it.
function loadStyles(url) {
  if (document.querySelector(`link[href="${url}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: url });
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    // Before our own stylesheet, which overrides some of its rules.
    document.querySelector('link[href*="css/map."]').before(link);
  });
}

export async function openMap(box, options = {}) {
  const words = box.dataset;
  try {
    if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL");
    const [maplibre] = await Promise.all([import(words.maplibre), loadStyles(words.css)]);
    maplibre.setWorkerUrl(new URL(words.worker, location.href).href);
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const answer = await fetch(isDark ? words.styleDark : words.style);
    if (!answer.ok) throw new Error(`style ${answer.status}`);
    const style = await answer.json();
    if (Object.values(style.sources).some((source) => source.url?.startsWith("pmtiles://"))) {
      await loadScript(words.pmtiles);
      maplibre.addProtocol("pmtiles", new window.pmtiles.Protocol().tile);
    }
    const bounds = words.bounds?.split(",").map(Number);
    const map = new maplibre.Map({
      container: box,
      style,
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 12 } } : {}),
      minZoom: 7,
      maxZoom: 19,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      // One finger scrolls the page and two move the map, so that nobody gets stuck in it.
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      attributionControl: false,
      // Names and symbols fade in, except where somebody asked for less motion.
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
      locale: {
        "Map.Title": words.title,
        "NavigationControl.ZoomIn": words.zoomIn,
        "NavigationControl.ZoomOut": words.zoomOut,
        "Popup.Close": words.close,
        "AttributionControl.ToggleAttribution": words.attribution,
        "CooperativeGesturesHandler.WindowsHelpText": words.ctrlZoom,
        "CooperativeGesturesHandler.MacHelpText": words.cmdZoom,
        "CooperativeGesturesHandler.MobileHelpText": words.twoFingers,
      },
      ...options,
    });
    box.classList.toggle("map--night", isDark);
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ unit: words.units === "metric" ? "metric" : "imperial" }), "bottom-left");
    const small = box.clientWidth < 640;
    map.addControl(new maplibre.AttributionControl({ compact: small }), "bottom-right");
    if (small) {
      // Closed at first: on a phone it would cover a third of the map.
      const credits = box.querySelector(".maplibregl-ctrl-attrib");
      map.once("load", () => {
        credits.classList.remove("maplibregl-compact-show");
        credits.removeAttribute("open");
      });
    }
    return { map, maplibre };
  } catch (error) {
    console.warn("map:", error);
    const sentence = document.createElement("p");
    sentence.className = "map__failed";
    sentence.textContent = words.failed;
    box.replaceChildren(sentence);
    box.classList.add("map--failed");
    return null;
  }
}
