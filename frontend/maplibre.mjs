// The parts of MapLibre that static/js uses; build.mjs leaves out the rest.
export {
  AttributionControl,
  LngLatBounds,
  Map,
  Marker,
  NavigationControl,
  Popup,
  ScaleControl,
  addProtocol,
  setWorkerUrl,
} from "./node_modules/maplibre-gl/src/index.ts";
