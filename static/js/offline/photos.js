// The photos of the report that is being written: shrinks, saves, previews and describes them.
import { prepared } from "../photo-shrink.js";
import { make, say } from "./dom.js";

const LONGEST = 2048;

export function photoList({ input, list, status, words, most, changed }) {
  const store = self.offlineStore;
  let key = "";
  let photos = [];

  function show() {
    list.replaceChildren(
      ...photos.map((photo, index) => {
        const number = index + 1;
        const name = say(words.photo, { number });
        const id = `alt_${photo.id}`;
        const picture = photo.preview
          ? make("img", { src: photo.preview, alt: photo.alt || name })
          : make("span", {}, `${name}: ${photo.name}`);
        const about = make("input", { id, class: "usa-input", type: "text", value: photo.alt, maxlength: 300 });
        about.addEventListener("input", () => {
          photo.alt = about.value;
          store.putPhoto(photo);
        });
        return make(
          "li",
          {},
          picture,
          make(
            "div",
            {},
            make("label", { class: "usa-label", for: id }, say(words.photoAlt, { number })),
            about,
            make(
              "button",
              { type: "button", class: "usa-button usa-button--outline", onclick: () => takeOut(index) },
              say(words.photoRemove, { number }),
            ),
          ),
        );
      }),
    );
  }

  async function takeOut(index) {
    const [gone] = photos.splice(index, 1);
    await store.removePhoto(gone.id);
    changed(photos.length);
    show();
    status.textContent = say(words.photoRemoved, { number: index + 1 });
    // The selected button is gone: move focus to the next one, or back to the control.
    const next = list.querySelectorAll("button")[Math.min(index, photos.length - 1)];
    (next ?? input).focus();
  }

  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const room = Math.max(0, most - photos.length);
    if (!chosen.length) return;
    status.textContent = words.photoWorking;
    for (const file of chosen.slice(0, room)) {
      const { file: smaller, preview } = await prepared(file, LONGEST);
      const photo = {
        id: crypto.randomUUID(),
        report: key,
        order: (photos.at(-1)?.order ?? 0) + 1,
        // Bytes instead of the file: not every browser can store files in IndexedDB.
        bytes: await smaller.arrayBuffer(),
        type: smaller.type,
        name: smaller.name,
        preview,
        alt: "",
      };
      await store.putPhoto(photo);
      photos.push(photo);
    }
    input.value = "";
    changed(photos.length);
    show();
    status.textContent = chosen.length > room ? say(words.photoTooMany, { count: most }) : "";
  });

  return {
    async open(report) {
      key = report.key;
      photos = await store.photosOf(key);
      status.textContent = "";
      show();
    },
    alts: () => photos.map(({ alt }) => alt),
    async clear() {
      for (const photo of photos) await store.removePhoto(photo.id);
      photos = [];
      changed(0);
      show();
    },
  };
}
