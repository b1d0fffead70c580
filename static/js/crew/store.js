// What a crew's phone keeps, in IndexedDB, apart from the residents' reports: the day, and results that wait. Needs
// ../offline/database.js, and like it is a classic script that sets a global on `self`.
//
// owner: one row, "me": whose phone it is, when the city last answered, the day, and the key that opens the results. And a row
// "locked": how often the day was deleted.
// results: {key, user, kept, state, sealed}; photos: {id, result, order, stage, type, arrived, sealed}. What is sealed opens only
// with the owner's key: without that row it is unreadable, and only the same person gets the key again, by signing in.
// state is waiting, sending, sent, late (409), needs (a report goes on at the city, at said.url) or refused.
self.crewStore = (() => {
  const { within, changed, onChange } = self.deviceDatabase("crew", (database) => {
    database.createObjectStore("owner", { keyPath: "id" });
    database.createObjectStore("results", { keyPath: "key" });
    database.createObjectStore("photos", { keyPath: "id" }).createIndex("result", "result");
  });
  const HOUR = 3600 * 1000;
  // Without an answer from the city for so long, the day is deleted. A clock that was set back counts as well.
  const CONTACT = 12 * HOUR;
  const CLOCK_ERROR = HOUR / 6;
  const KEPT = 7 * 24 * HOUR;
  const SHOWN = 24 * HOUR;
  const ENDED = ["sent", "late", "needs"];

  // work gets a function from a store's name to the store.
  const run = (mode, work) => within(mode, (transaction) => work((name) => transaction.objectStore(name)));
  const read = (work) => run("readonly", work);
  const write = (work) => run("readwrite", work);

  // --- Sealing ------------------------------------------------------------------------------------------------------

  const importKey = (text) =>
    crypto.subtle.importKey("raw", Uint8Array.from(atob(text), (one) => one.charCodeAt(0)), "AES-GCM", false, [
      "encrypt",
      "decrypt",
    ]);

  async function seal(owner, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, owner.key, bytes) };
  }

  const unseal = (owner, { iv, bytes }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, owner.key, bytes);
  const sealWords = (owner, words) => seal(owner, new TextEncoder().encode(JSON.stringify(words)));
  const unsealWords = async (owner, sealed) => JSON.parse(new TextDecoder().decode(await unseal(owner, sealed)));

  // --- Whose phone it is --------------------------------------------------------------------------------------------

  // The owner, with the day; null if nobody's, or after 12 hours without contact.
  async function owner() {
    const row = await read((of) => of("owner").get("me"));
    if (!row) return null;
    const age = Date.now() - row.contact;
    if (age < CONTACT && age > -CLOCK_ERROR) return row;
    await lock();
    return null;
  }

  // How often the day was deleted, for take().
  const locks = async () => (await read((of) => of("owner").get("locked")))?.times ?? 0;

  // Keeps what the city answered (day.json). Somebody else's day is replaced. asked: locks() before the city was asked: an answer
  // on its way while the day is deleted must not bring it back.
  async function take({ user, key, token, ...day }, asked) {
    const row = { id: "me", user, key: await importKey(key), contact: Date.now(), day };
    let isKept = false;
    await write((of) => {
      of("owner").get("locked").onsuccess = ({ target }) => {
        isKept = (target.result?.times ?? 0) === asked;
        if (isKept) of("owner").put(row);
      };
    });
    if (!isKept) return;
    await prune(user);
    changed();
  }

  // Deletes the day and the key.
  async function lock() {
    await write((of) => {
      of("owner").delete("me");
      of("owner").get("locked").onsuccess = ({ target }) => {
        of("owner").put({ id: "locked", times: (target.result?.times ?? 0) + 1 });
      };
    });
    await prune("");
    changed();
  }

  // Deletes what nobody will send anymore, and what was answered a day ago.
  async function prune(user) {
    const now = Date.now();
    for (const row of await read((of) => of("results").getAll())) {
      const isOver = ENDED.includes(row.state) ? now - row.ended > SHOWN : row.user !== user && now - row.kept > KEPT;
      if (isOver) await drop(row.key);
    }
  }

  // Deletes all that is this user's, before they sign out. What a colleague could not send stays sealed.
  async function wipe(user) {
    const rows = (await read((of) => of("results").getAll())).filter((row) => row.user === user);
    for (const row of rows) await drop(row.key);
    await lock();
  }

  // --- Results --------------------------------------------------------------------------------------------------------

  // The owner's, oldest first, opened.
  async function results() {
    const mine = await owner();
    if (!mine) return [];
    const found = [];
    for (const row of await read((of) => of("results").getAll())) {
      if (row.user !== mine.user) continue;
      try {
        found.push({ ...row, ...(await unsealWords(mine, row.sealed)) });
      } catch {
        // Sealed with a key that the city has replaced since: nobody can open it.
        await drop(row.key);
      }
    }
    return found.sort((one, other) => one.kept - other.kept);
  }

  // said: what the crew chose; photos: [{stage, type, bytes}].
  async function keep(said, photos) {
    const mine = await owner();
    if (!mine) throw new Error("nobody's phone");
    const key = crypto.randomUUID();
    const rows = [];
    for (const [order, { stage, type, bytes }] of photos.entries()) {
      const sealed = await seal(mine, bytes);
      rows.push({ id: crypto.randomUUID(), result: key, order, stage, type, arrived: false, sealed });
    }
    const sealed = await sealWords(mine, said);
    await write((of) => {
      of("results").put({ key, user: mine.user, kept: Date.now(), state: "waiting", sealed });
      for (const row of rows) of("photos").put(row);
    });
    changed();
    return key;
  }

  // Changes the row, and what is sealed in it, if it still exists and `may` allows it. Returns whether it did.
  async function update(key, changes, said = null, may = () => true) {
    const mine = await owner();
    const sealed = said && mine ? { sealed: await sealWords(mine, said) } : {};
    let done = false;
    await write((of) => {
      of("results").get(key).onsuccess = ({ target }) => {
        done = Boolean(target.result && may(target.result));
        if (done) of("results").put({ ...target.result, ...changes, ...sealed });
      };
    });
    changed();
    return done;
  }

  function dropPhotosIn(of, key) {
    of("photos").index("result").openCursor(key).onsuccess = ({ target }) => {
      if (!target.result) return;
      target.result.delete();
      target.result.continue();
    };
  }

  const drop = (key) =>
    write((of) => {
      of("results").delete(key);
      dropPhotosIn(of, key);
    });

  async function remove(key) {
    await drop(key);
    changed();
  }

  // The photos of a result, opened.
  async function photosOf(key) {
    const mine = await owner();
    const rows = await read((of) => of("photos").index("result").getAll(key));
    rows.sort((one, other) => one.order - other.order);
    return Promise.all(rows.map(async (row) => ({ ...row, bytes: await unseal(mine, row.sealed) })));
  }

  const markArrived = (id) =>
    write((of) => {
      of("photos").get(id).onsuccess = ({ target }) => {
        if (target.result) of("photos").put({ ...target.result, arrived: true });
      };
    });

  const dropPhotos = (key) => write((of) => void dropPhotosIn(of, key));

  // How many of this user's wait, also when the day is gone.
  async function unsent(user) {
    const rows = await read((of) => of("results").getAll());
    return rows.filter((row) => row.user === user && !ENDED.includes(row.state)).length;
  }

  return {
    owner, locks, take, lock, wipe, results, keep, update, remove, photosOf, markArrived, dropPhotos, unsent,
    onChange,
  };
})();
