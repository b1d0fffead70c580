// [data-photos]: shrinks photos before they are sent, for slow connections, which also drops their location and camera data;
// previews them, and lets people remove one. Without this script, the plain control works. A photo that the browser can't
// read (HEIC in most) is sent as it is: the server can read it.
const SMALL_ENOUGH = 400 * 1024;
const THUMBNAIL = 320;
const NAMED = 20;

function drawn(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Which photos were too many, by name; empty if none was.
export function leftOutWords(words, most, files) {
  const names = files.slice(0, NAMED).map((file) => file.name);
  if (files.length > NAMED) names.push("…");
  return files.length ? words.tooMany.replace("{count}", most).replace("{names}", names.join(", ")) : "";
}

export async function prepared(file, longest) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    return { file, preview: "" };
  }
  // A data: URL, since the page's content security policy blocks blob: images.
  const preview = drawn(image, THUMBNAIL).toDataURL("image/jpeg", 0.7);
  let smaller = file;
  if (file.size > SMALL_ENOUGH || Math.max(image.width, image.height) > longest) {
    const blob = await new Promise((done) => drawn(image, longest).toBlob(done, "image/jpeg", 0.85));
    if (blob && blob.size < file.size) {
      smaller = new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    }
  }
  image.close();
  return { file: smaller, preview };
}

function start(input) {
  const words = input.dataset;
  const most = Number(words.maxPhotos) || 3;
  const longest = Number(words.longestEdge) || 2048;
  const list = document.createElement("ul");
  list.className = "chosen-photos";
  const status = document.createElement("p");
  status.className = "usa-hint";
  status.setAttribute("role", "status");
  input.after(list, status);
  let photos = [];

  // Sends "photos-chosen", with the files as they were chosen.
  function hand(detail = {}) {
    const transfer = new DataTransfer();
    for (const photo of photos) transfer.items.add(photo.file);
    input.files = transfer.files;
    const files = photos.map((photo) => photo.original);
    input.dispatchEvent(new CustomEvent("photos-chosen", { detail: { files, ...detail } }));
  }

  function show() {
    list.replaceChildren(
      ...photos.map((photo, index) => {
        const item = document.createElement("li");
        const name = words.photo.replace("{number}", index + 1);
        const picture = document.createElement(photo.preview ? "img" : "span");
        if (photo.preview) Object.assign(picture, { src: photo.preview, alt: name });
        else picture.textContent = `${name}: ${photo.file.name}`;
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "usa-button usa-button--outline";
        remove.textContent = words.remove.replace("{number}", index + 1);
        remove.addEventListener("click", () => takeOut(index));
        item.append(picture, remove);
        return item;
      }),
    );
  }

  function takeOut(index) {
    photos.splice(index, 1);
    hand();
    show();
    status.textContent = words.removed.replace("{number}", index + 1);
    // The selected button is gone: move focus to the next one, or back to the control.
    const next = list.querySelectorAll("button")[Math.min(index, photos.length - 1)];
    (next ?? input).focus();
  }

  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    if (!chosen.length) {
      // Canceling the file dialog empties the control: restore the earlier choice.
      hand();
      return;
    }
    status.textContent = words.working;
    const room = most - photos.length;
    for (const file of chosen.slice(0, room)) photos.push({ original: file, ...(await prepared(file, longest)) });
    const leftOut = leftOutWords(words, most, chosen.slice(room));
    show();
    status.textContent = leftOut;
    hand({ added: true, leftOut });
  });
}

function startAll(root) {
  // Inputs with data-upload are handled by photo-upload.js.
  root.querySelectorAll("input[type=file][data-photos]:not([data-upload])").forEach(start);
}

startAll(document);
// The form of an action opens in the page of a request.
document.addEventListener("htmx:load", (event) => startAll(event.target));
