// The home page's form for a place (data-near-you): says how much is open around it, and shows its map, both from the place's page.
// What leads to no such page, like several matches, is opened instead.
for (const form of document.querySelectorAll("form[data-near-you]")) {
  const said = form.parentElement.querySelector(".near-you__said");
  const map = form.parentElement.querySelector(".near-you__map");

  async function show() {
    const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = page.querySelector("[data-within-walk]");
    if (!words) return location.assign(answer.url);
    const place = document.createElement("a");
    place.href = answer.url;
    place.textContent = page.querySelector("h1").textContent;
    form.querySelector(".use-location [role=status]").textContent = "";
    said.replaceChildren(place, ": ", document.adoptNode(words));
    const picture = page.querySelector(".map-and-weeks picture");
    if (!picture) return;
    map.querySelector("picture").replaceWith(document.adoptNode(picture));
    map.href = page.querySelector("[data-map-of-place]")?.href ?? answer.url;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show().catch(() => form.submit());
  });
}
