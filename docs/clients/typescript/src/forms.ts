/** A form with texts and files. A file's name stays here: it may say whose it is. */
export function photosIn(files: Record<string, readonly Blob[]>, texts: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, text] of Object.entries(texts)) form.append(name, text);
  for (const [name, photos] of Object.entries(files)) {
    photos.forEach((photo, place) => form.append(name, photo, `photo-${place + 1}`));
  }
  return form;
}
