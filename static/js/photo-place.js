// Reads when and where a photo was taken from the EXIF data of a JPEG, which is lost when the photo is made smaller. The server
// reads it from every other photo.
const HEAD = 256 * 1024;
const START = 0xffd8, EXIF = 0xffe1, PIXELS = 0xffda;
const BIG_ENDIAN = 0x4d4d;
const EXIF_FOLDER = 0x8769, GPS_FOLDER = 0x8825, TAKEN = 0x9003, OFFSET = 0x9011;
const LAT_SIGN = 1, LAT = 2, LONG_SIGN = 3, LONG = 4, GPS_ERROR = 0x1f;

// The data after "Exif\0\0", or null.
function exifOf(view) {
  if (view.getUint16(0) !== START) return null;
  let at = 2;
  while (view.getUint16(at) !== PIXELS) {
    const length = view.getUint16(at + 2);
    if (view.getUint16(at) === EXIF && view.getUint32(at + 4) === 0x45786966) {
      return new DataView(view.buffer, at + 10, Math.min(length - 8, view.byteLength - at - 10));
    }
    at += 2 + length;
  }
  return null;
}

// A directory's values by tag: texts, and lists of numbers.
function valuesOf(exif, at, little) {
  const values = new Map();
  for (let left = exif.getUint16(at, little), entry = at + 2; left > 0; left--, entry += 12) {
    const type = exif.getUint16(entry + 2, little);
    const count = Math.min(exif.getUint32(entry + 4, little), 64);
    const size = { 2: 1, 4: 4, 5: 8 }[type];
    if (!size) continue;
    const start = size * count > 4 ? exif.getUint32(entry + 8, little) : entry + 8;
    const numbers = Array.from({ length: count }, (_none, index) => {
      const here = start + index * size;
      if (type === 2) return exif.getUint8(here);
      return type === 4 ? exif.getUint32(here, little) : exif.getUint32(here, little) / exif.getUint32(here + 4, little);
    });
    values.set(exif.getUint16(entry, little), type === 2 ? String.fromCharCode(...numbers.filter(Boolean)).trim() : numbers);
  }
  return values;
}

function degrees(sign, [whole, minutes, seconds]) {
  const found = (whole + minutes / 60 + seconds / 3600) * (["S", "W"].includes(sign) ? -1 : 1);
  return Number.isFinite(found) ? found.toFixed(6) : "";
}

// The fields to send along with a photo: photo_lat, photo_long, photo_at …; none if it has no place.
export async function placeFields(file) {
  try {
    const exif = exifOf(new DataView(await file.slice(0, HEAD).arrayBuffer()));
    if (!exif) return {};
    const little = exif.getUint16(0) !== BIG_ENDIAN;
    const main = valuesOf(exif, exif.getUint32(4, little), little);
    const gps = valuesOf(exif, main.get(GPS_FOLDER)[0], little);
    const when = main.has(EXIF_FOLDER) ? valuesOf(exif, main.get(EXIF_FOLDER)[0], little) : new Map();
    const [day, time = ""] = (when.get(TAKEN) ?? "").split(" ");
    return {
      photo_lat: degrees(gps.get(LAT_SIGN), gps.get(LAT)),
      photo_long: degrees(gps.get(LONG_SIGN), gps.get(LONG)),
      photo_at: day && `${day.replaceAll(":", "-")}T${time}`,
      photo_offset: when.get(OFFSET) ?? "",
      photo_off_m: gps.get(GPS_ERROR)?.[0]?.toFixed(0) ?? "",
    };
  } catch {
    // Damaged, or a place that isn't complete.
    return {};
  }
}
