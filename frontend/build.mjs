// Builds static/vendor/ and tests/vendor/ from the locked packages. Run it through bin/vendor.
import fs from "node:fs";
import path from "node:path";
import postcss from "postcss";
import { rolldown } from "rolldown";
import * as sass from "sass";
import { subset } from "./subset.mjs";

const here = import.meta.dirname;
const vendor = path.join(here, "../static/vendor");
const testVendor = path.join(here, "../tests/vendor");
const modules = path.join(here, "node_modules");
const uswds = path.join(modules, "@uswds/uswds");

function write(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function copy(from, to) {
  write(to, fs.readFileSync(path.join(modules, from)));
}

// A source map that is not shipped breaks storages that hash file names, and browsers ask for it in vain.
function copyCode(from, to) {
  const code = fs.readFileSync(path.join(modules, from), "utf8");
  write(to, code.replace(/^\/\/# sourceMappingURL=.*$/gm, "").trimEnd() + "\n");
}

// --- USWDS: compiled, then every color of its palette becomes a custom property with the color as fallback ---------
// USWDS writes colors as numbers, so a city's own color and a dark page would need a rule for each component. As
// var(--usa-<text|fill|line>-<name>, #number) they need one list (static/css/site.css). Text, fill and line are told
// apart because white as a page and white as a button's letters must not turn dark together.
const PALETTE = {
  "#fff": "white",
  "#1b1b1b": "ink",
  "#005ea2": "primary",
  "#1a4480": "primary-dark",
  "#162e51": "primary-darker",
  "#d9e8f6": "primary-lighter",
  "#2491ff": "focus",
  "#54278f": "visited",
  "#f0f0f0": "base-lightest",
  "#dfe1e2": "base-lighter",
  "#a9aeb1": "base-light",
  "#71767a": "base",
  "#565c65": "base-dark",
  "#3d4551": "base-darker",
  "#c9c9c9": "disabled-lighter",
  "#919191": "disabled-light",
  "#757575": "disabled",
  "#454545": "disabled-dark",
  "#e6e6e6": "gray-10",
  "#b50909": "error-dark",
  "#d54309": "error",
  "#f4e3db": "error-lighter",
  "#ffbe2e": "warning",
  "#faf3d1": "warning-lighter",
  "#00a91c": "success",
  "#ecf3ec": "success-lighter",
  "#00bde3": "info",
  "#e7f6f8": "info-lighter",
};

function kindOf(property) {
  if (/^(color|fill|-webkit-text-fill-color|text-decoration)/.test(property)) return "text";
  if (/^background/.test(property)) return "fill";
  return "line";
}

const colorsToProperties = {
  postcssPlugin: "colors-to-properties",
  Declaration(declaration) {
    declaration.value = declaration.value.replace(/(?<!,\s*)#[0-9a-f]{3,8}\b/gi, (color) => {
      const name = PALETTE[color.toLowerCase()];
      return name ? `var(--usa-${kindOf(declaration.prop)}-${name}, ${color})` : color;
    });
  },
};

// --- USWDS: left and right become start and end, so that a page that is read from the right needs no rules of its own ----
const SIDE = { left: "inline-start", right: "inline-end" };
const CORNER = {
  "top-left": "start-start",
  "top-right": "start-end",
  "bottom-left": "end-start",
  "bottom-right": "end-end",
};

const sidesToLogical = {
  postcssPlugin: "sides-to-logical",
  Declaration(declaration) {
    const { prop, value } = declaration;
    if (prop === "left" || prop === "right") declaration.prop = `inset-${SIDE[prop]}`;
    declaration.prop = declaration.prop
      .replace(/^(margin|padding|border)-(left|right)\b/, (_, box, side) => `${box}-${SIDE[side]}`)
      .replace(/^border-(\w+-\w+)-radius$/, (whole, corner) => (CORNER[corner] ? `border-${CORNER[corner]}-radius` : whole));
    if (/^(text-align|float|clear)$/.test(prop) && SIDE[value]) {
      declaration.value = prop === "text-align" ? SIDE[value].replace("inline-", "") : SIDE[value];
    }
    // Four values name all four sides.
    const sides = /^(margin|padding)$/.test(prop) ? postcss.list.space(value) : [];
    if (sides.length === 4 && sides[1] !== sides[3]) {
      declaration.cloneBefore({ prop: `${prop}-block`, value: `${sides[0]} ${sides[2]}` });
      declaration.prop = `${prop}-inline`;
      declaration.value = `${sides[3]} ${sides[1]}`;
    }
  },
};

async function buildUswds() {
  const compiled = sass.compile(path.join(here, "uswds.scss"), {
    loadPaths: [path.join(uswds, "packages")],
    style: "compressed",
    quietDeps: true,
    logger: sass.Logger.silent,
  });
  const { css } = await postcss([colorsToProperties, sidesToLogical]).process(compiled.css, { from: undefined });
  write(path.join(vendor, "uswds/uswds.css"), css);
  for (const [, image] of css.matchAll(/url\("?(img\/[^")]+)"?\)/g)) {
    copy(`@uswds/uswds/dist/${image}`, path.join(vendor, "uswds", image));
  }
}

// --- Public Sans: the ranges that _public_sans.scss names ------------------------------------------------------------------
function charactersOf(variable) {
  const source = fs.readFileSync(path.join(here, "_public_sans.scss"), "utf8");
  const ranges = source.match(new RegExp(`\\$${variable}:([^;]+);`))[1];
  let characters = "";
  for (const [, first, last] of ranges.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/g)) {
    for (let code = parseInt(first, 16); code <= parseInt(last ?? first, 16); code++) {
      characters += String.fromCodePoint(code);
    }
  }
  return characters;
}

// Map pictures and cards are made by the server, which can't read woff2.
function copyFonts() {
  for (const weight of ["SemiBold", "Bold"]) {
    const name = `PublicSans-${weight}.ttf`;
    copy(`@uswds/uswds/dist/fonts/public-sans/${name}`, path.join(vendor, "uswds/fonts", name));
  }
}

async function buildFonts() {
  for (const weight of ["Regular", "Bold"]) {
    const font = fs.readFileSync(path.join(uswds, `dist/fonts/public-sans/PublicSans-${weight}.ttf`));
    for (const range of ["latin", "wider"]) {
      write(path.join(vendor, `uswds/fonts/public-sans-${weight}-${range}.woff2`), await subset(font, charactersOf(range)));
    }
  }
}

// --- Icons: one sprite with the symbols that icons.txt lists ---------------------------------------------------------
function buildIcons() {
  const names = fs.readFileSync(path.join(here, "icons.txt"), "utf8").split("\n").map((line) => line.trim());
  const symbols = names.filter((name) => name && !name.startsWith("#")).map((name) => {
    const svg = fs.readFileSync(path.join(uswds, `dist/img/usa-icons/${name}.svg`), "utf8");
    const viewBox = svg.match(/viewBox="([^"]+)"/)[1];
    const inner = svg.replace(/^[^]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/ fill="(?!none)[^"]*"/g, "");
    return `<symbol id="${name}" viewBox="${viewBox}">${inner.trim()}</symbol>`;
  });
  write(
    path.join(vendor, "uswds/icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
  );
}

// --- MapLibre: from its sources, since its package holds what the map and its worker share twice ----------------------
// The names end in .js, so that Django writes hashes into the imports between them.
async function buildMap() {
  const library = path.join(modules, "maplibre-gl");
  const bundle = await rolldown({
    input: {
      "maplibre-gl": path.join(here, "maplibre.mjs"),
      "maplibre-gl-worker": path.join(library, "src/source/worker.ts"),
    },
    resolve: { alias: { "@maplibre/mlt": path.join(here, "no-mlt.mjs") } },
    // As in MapLibre's own build: a field that is only declared must not replace what the class above has set.
    transform: { typescript: { removeClassFieldsWithoutInitializer: true }, assumptions: { setPublicClassFields: true } },
  });
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    comments: false,
    entryFileNames: "[name].js",
    chunkFileNames: "maplibre-gl-[name].js",
    codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] },
  });
  const { version } = JSON.parse(fs.readFileSync(path.join(library, "package.json"), "utf8"));
  for (const { fileName, code } of output) {
    write(path.join(vendor, "maplibre", fileName), `/* MapLibre GL JS ${version}, see ../licenses/maplibre-gl.txt */\n${code}`);
  }
  const css = fs.readFileSync(path.join(library, "dist/maplibre-gl.css"), "utf8");
  write(path.join(vendor, "maplibre/maplibre-gl.css"), postcss([withoutUnusedControls]).process(css, { from: undefined }).css);
}

const UNUSED_CONTROLS = /geolocate|user-location|fullscreen|terrain|globe|compass|shrink|ctrl-logo/;

const withoutUnusedControls = {
  postcssPlugin: "without-unused-controls",
  Rule(rule) {
    const used = rule.selectors.filter((selector) => !UNUSED_CONTROLS.test(selector));
    if (used.length === 0) rule.remove();
    else if (used.length < rule.selectors.length) rule.selectors = used;
  },
  AtRuleExit(rule) {
    if (rule.nodes?.length === 0 || (rule.name === "keyframes" && UNUSED_CONTROLS.test(rule.params))) rule.remove();
  },
};

for (const folder of ["uswds", "maplibre"]) {
  fs.rmSync(path.join(vendor, folder), { recursive: true, force: true });
}
await buildUswds();
await buildFonts();
copyFonts();
buildIcons();
await buildMap();

copyCode("htmx.org/dist/htmx.min.js", path.join(vendor, "htmx.min.js"));
copyCode("pmtiles/dist/pmtiles.js", path.join(vendor, "pmtiles.js"));
copyCode("axe-core/axe.min.js", path.join(testVendor, "axe.min.js"));

copy("htmx.org/LICENSE", path.join(vendor, "licenses/htmx.txt"));
copy("maplibre-gl/LICENSE.txt", path.join(vendor, "licenses/maplibre-gl.txt"));
copy("@uswds/uswds/LICENSE.md", path.join(vendor, "licenses/uswds.md"));
copy("axe-core/LICENSE", path.join(testVendor, "LICENSE"));
// The package of pmtiles brings no licence file: its terms are kept beside this script.
write(path.join(vendor, "licenses/pmtiles.txt"), fs.readFileSync(path.join(here, "pmtiles-license.txt")));

// --- What is there, for whoever reads the folder ---------------------------------------------------------------------
const rows = [
  ["@uswds/uswds", "uswds/", "design system, fonts and icons (compiled: see frontend/uswds.scss)", "licenses/uswds.md and public-sans.txt"],
  ["htmx.org", "htmx.min.js", "swaps parts of a page", "licenses/htmx.txt"],
  ["maplibre-gl", "maplibre/", "the map", "licenses/maplibre-gl.txt"],
  ["pmtiles", "pmtiles.js", "basemap from one file", "licenses/pmtiles.txt"],
  ["axe-core", "tests/vendor/axe.min.js", "accessibility checks in the browser tests", "tests/vendor/LICENSE"],
].map(([name, where, what, licence]) => {
  const { version, license } = JSON.parse(fs.readFileSync(path.join(modules, name, "package.json"), "utf8"));
  return `| ${name} | ${version} | ${where} | ${what} | ${license}, ${licence} |`;
});
write(
  path.join(vendor, "README.md"),
  `# Other people's files
Written by \`bin/vendor\`; do not edit. Checksums: \`vendor.lock\`, compared by \`bin/vendor --check\`.

| package | version | here | what for | license |
|---|---|---|---|---|
${rows.join("\n")}
`,
);
