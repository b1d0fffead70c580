// [data-city-color]: color pickers; [data-color-preview] shows a small page in them, and says if white letters can be read.
// The server checks again, by the same formula (WCAG 2.2, relative luminance).
const NEEDED = 4.5;

function luminance(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const underWhite = (color) => 1.05 / (luminance(color) + 0.05);

const preview = document.querySelector("[data-color-preview]");
const status = document.querySelector("[data-color-contrast]");

function show(event) {
  for (const picker of document.querySelectorAll("[data-city-color]")) {
    preview.style.setProperty(`--preview-${picker.dataset.cityColor}`, picker.value);
  }
  const picker = event?.target;
  if (!picker || picker.dataset.cityColor === "accent") {
    status.hidden = true;
    return;
  }
  // Rounded down, so that 4.49 does not read as 4.5.
  const ratio = Math.floor(underWhite(picker.value) * 10) / 10;
  const words = underWhite(picker.value) >= NEEDED ? status.dataset.good : status.dataset.bad;
  status.textContent = words.replace("{ratio}", ratio.toFixed(1));
  status.hidden = false;
}

if (preview) {
  show();
  for (const picker of document.querySelectorAll("[data-city-color]")) picker.addEventListener("input", show);
}
