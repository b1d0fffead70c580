// openThemedMap(box): as openMap, and dark for who reads in the dark.
import { openMap } from "./map-base.js";

// The city's style with light and dark exchanged: the hue stays, so that water is still blue.
function darkened(value) {
  if (Array.isArray(value)) return value.map(darkened);
  if (typeof value !== "string" || !/^#[0-9a-f]{6}$/i.test(value)) return value;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16) / 255);
  const [low, high] = [Math.min(r, g, b), Math.max(r, g, b)];
  const lightness = (low + high) / 2;
  // 1 becomes 0.12 and 0 becomes 0.95.
  const wanted = 0.95 - 0.83 * lightness;
  const spread = 1 - Math.abs(2 * lightness - 1);
  const saturation = spread ? (high - low) / spread : 0;
  const room = 1 - Math.abs(2 * wanted - 1);
  // A tinge of warm white would be brown in the dark.
  const scale = high - low > 0.06 ? (room * Math.min(saturation, 0.32)) / saturation / spread : 0;
  const channels = [r, g, b].map((channel) => Math.round(255 * Math.min(1, Math.max(0, wanted + (channel - lightness) * scale))));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

async function darkStyle(url) {
  const style = await (await fetch(url)).json();
  for (const layer of style.layers) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) if (name.endsWith("-color")) layer.paint[name] = darkened(value);
    if (layer.type === "raster") layer.paint = { ...layer.paint, "raster-brightness-min": 0, "raster-brightness-max": 0.45 };
  }
  return style;
}

export async function openThemedMap(box, options = {}) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Without one, openMap asks again and shows its message.
  const style = dark.matches ? await darkStyle(box.dataset.style).catch(() => null) : null;
  const opened = await openMap(box, { ...options, ...(style ? { style } : {}) });
  if (opened && style) box.classList.add("map--night");
  return opened;
}
