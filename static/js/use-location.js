// [data-use-location]: fills in the two hidden coordinates, and the address if the server knows one there. The button is
// hidden without this script; people type the address instead. In a [data-crew-near] form, which has none, the place is sent at
// once, and with [data-continues] if it's certain, or only for a search.
// Beyond ROUGH_M meters, the person is asked to check the place; beyond TOO_ROUGH_M, it would only mislead.
const METERS_IN_A_FOOT = 0.3048;
const ROUGH_M = 50;
const TOO_ROUGH_M = 1000;
const OPTIONS = { enableHighAccuracy: true, timeout: 10000 };
const KEPT_MS = 60000;

async function addressAt(url, lat, long) {
  const answer = await fetch(`${url}?${new URLSearchParams({ lat, long })}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const [place] = await answer.json();
  return place ?? null;
}

for (const button of document.querySelectorAll("button[data-use-location]")) {
  const { lat, long, address, source } = button.dataset;
  const status = document.getElementById(button.dataset.status);
  if (!navigator.geolocation || !window.isSecureContext) continue;
  button.hidden = false;
  button.parentElement.querySelectorAll(".usa-hint[hidden]").forEach((hint) => (hint.hidden = false));

  // A rough place is asked for anew.
  let maximumAge = KEPT_MS;

  async function found({ coords }) {
    maximumAge = coords.accuracy > ROUGH_M ? 0 : KEPT_MS;
    if (coords.accuracy > TOO_ROUGH_M) {
      status.textContent = button.dataset.tooRough;
      return;
    }
    // Six decimals are about 4 inches; more would be false precision.
    const place = { lat: coords.latitude.toFixed(6), long: coords.longitude.toFixed(6), label: "" };
    document.getElementById(lat).value = place.lat;
    document.getElementById(long).value = place.long;
    try {
      place.label = (source && (await addressAt(source, place.lat, place.long)))?.label ?? "";
    } catch {
      // No answer: the coordinates are enough, and the next page shows the address.
    }
    // Even if it is empty: another place's address with this point would send somebody to the wrong one.
    if (address) document.getElementById(address).value = place.label;
    const sentences = [place.label ? `${button.dataset.found} ${place.label}.` : button.dataset.foundNoAddress];
    if (coords.accuracy > ROUGH_M && button.dataset.rough) {
      const feet = Math.round(coords.accuracy / METERS_IN_A_FOOT / 10) * 10;
      const meters = Math.round(coords.accuracy / 10) * 10;
      sentences.push(button.dataset.rough.replace("{feet}", feet).replace("{meters}", meters));
    }
    status.textContent = sentences.join(" ");
    button.dispatchEvent(new CustomEvent("place-chosen", { bubbles: true, detail: { ...place, isHere: true } }));
    button.closest("form[data-crew-near]")?.submit();
    // The next page asks whether the place is right; a search needs no exact one.
    const { continues } = button.dataset;
    if (continues === "search" || (continues && place.label && coords.accuracy <= ROUGH_M)) button.form.requestSubmit();
  }

  function failed(error) {
    const { denied, timeout, failed: notFound } = button.dataset;
    status.textContent = { [error.PERMISSION_DENIED]: denied, [error.TIMEOUT]: timeout }[error.code] ?? notFound;
  }

  button.addEventListener("click", () => {
    status.textContent = button.dataset.looking;
    navigator.geolocation.getCurrentPosition(found, failed, { ...OPTIONS, maximumAge });
  });
}
