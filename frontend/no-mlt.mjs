// Takes the place of @maplibre/mlt: our tiles are Mapbox Vector Tiles.
export const GEOMETRY_TYPE = {};

export function decodeTile() {
  throw new Error("MapLibre Tiles aren't built in: see frontend/no-mlt.mjs");
}
