// openTheirMap(box): for scripts of both residents' and staff pages: staff have maps in dark colors, too.
import { openMap } from "./map-base.js";

export async function openTheirMap(...given) {
  if (!document.documentElement.classList.contains("staff")) return openMap(...given);
  return (await import("./night-map.js")).openThemedMap(...given);
}
