// The map's images, drawn when a layer first asks for one: "kind:<icon>:<open or ended>" and "share:<twelfths open>:<number>".

const DENSITY = 2;
const KIND = 28;
const SHARE = 56;
const SHARES = 12;
// By the number's length; the circle grows with the number.
const NUMBER_PX = [0, 26, 24, 19, 16, 13];

// The shapes of each icon of the sprite that the page has already loaded for its buttons.
async function shapesOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) return new Map();
  const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  return new Map(
    [...sprite.querySelectorAll("symbol")].map((symbol) => {
      const whole = new Path2D();
      for (const shape of symbol.querySelectorAll("path:not([fill=none]), circle")) {
        if (shape.tagName === "path") {
          whole.addPath(new Path2D(shape.getAttribute("d")));
          continue;
        }
        const [x, y, radius] = ["cx", "cy", "r"].map((name) => Number(shape.getAttribute(name)));
        const disk = new Path2D();
        disk.arc(x, y, radius, 0, 2 * Math.PI);
        whole.addPath(disk);
      }
      return [symbol.id, whole];
    }),
  );
}

function drawing(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * DENSITY;
  const pen = canvas.getContext("2d");
  pen.scale(DENSITY, DENSITY);
  return { pen, image: () => pen.getImageData(0, 0, canvas.width, canvas.height) };
}

function disk(pen, middle, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fill();
}

// Open is a ring and closed is a full disk, so that color alone carries no meaning.
function kindImage(shape, isOpen, colors) {
  const { pen, image } = drawing(KIND);
  const middle = KIND / 2;
  disk(pen, middle, middle - 0.5, colors.edge);
  disk(pen, middle, middle - 1.5, isOpen ? colors.open : colors.ended);
  if (isOpen) disk(pen, middle, middle - 4.5, colors.inside);
  pen.fillStyle = isOpen ? colors.ink : colors.edge;
  if (shape) {
    const wide = 15;
    pen.translate(middle - wide / 2, middle - wide / 2);
    pen.scale(wide / 24, wide / 24);
    pen.fill(shape);
  } else {
    disk(pen, middle, 3.5, pen.fillStyle);
  }
  return image();
}

// The number is part of the image: MapLibre draws all icons of a layer before all of its texts, so a text would show through.
function shareImage(twelfths, number, colors) {
  const { pen, image } = drawing(SHARE);
  const middle = SHARE / 2;
  disk(pen, middle, middle - 0.5, colors.edge);
  disk(pen, middle, middle - 7, colors.several);
  pen.lineWidth = 5;
  const start = -Math.PI / 2;
  const end = start + (2 * Math.PI * twelfths) / SHARES;
  for (const [from, to, color] of [[start, end, colors.open], [end, start + 2 * Math.PI, colors.ended]]) {
    if (to - from < 0.01) continue;
    pen.strokeStyle = color;
    pen.beginPath();
    pen.arc(middle, middle, middle - 4.5, from, to);
    pen.stroke();
  }
  pen.fillStyle = colors.number;
  pen.font = `700 ${NUMBER_PX[number.length] ?? NUMBER_PX.at(-1)}px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(number, middle, middle + 1);
  return image();
}

export function drawMarks(map, icons, colors) {
  const loading = shapesOf(icons).catch(() => new Map());
  map.setMissingStyleImageResolver(async (id) => {
    const [what, name, more] = id.split(":");
    const shapes = await loading;
    if (map.hasImage(id)) return;
    if (what === "kind") map.addImage(id, kindImage(shapes.get(name), more === "open", colors), { pixelRatio: DENSITY });
    if (what === "share") map.addImage(id, shareImage(Number(name), more, colors), { pixelRatio: DENSITY });
  });
}
