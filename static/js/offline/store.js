// The unsent reports on this device, in IndexedDB: one row per report and one per photo. Needs database.js, and like it is a
// classic script that sets a global on `self`.
//
// A report: {key, revision, state, language, words (as typed), service, answers, place, contact, wentOn, kept, tried, …}.
// state is writing (in the form), waiting, sending, needs (the city needs an answer), sent, failed or gone.
self.offlineStore = (() => {
  const { within, changed, onChange, remove: forget } = self.deviceDatabase("reports", (database) => {
    database.createObjectStore("reports", { keyPath: "key" });
    database.createObjectStore("photos", { keyPath: "id" }).createIndex("report", "report");
  });

  // A new, empty report. The server uses its key, too: sent twice, it is one request.
  const blank = (language) => ({
    key: crypto.randomUUID(),
    // How often it was put into the outbox: a change after a try that may have arrived is a new revision.
    revision: 0,
    state: "writing",
    language,
    words: "",
    service: "unknown",
    answers: {},
    place: { address: "", lat: "", long: "", note: "" },
    contact: { email: "", phone: "", name: "", language },
    wentOn: [],
    photos: 0,
    kept: Date.now(),
  });

  const all = () => within("readonly", (transaction) => transaction.objectStore("reports").getAll());
  const photosOf = async (key) => {
    const found = await within("readonly", (transaction) =>
      transaction.objectStore("photos").index("report").getAll(key),
    );
    return found.sort((one, other) => one.order - other.order);
  };

  async function put(report, { quietly = false } = {}) {
    await within("readwrite", (transaction) => transaction.objectStore("reports").put(report));
    if (!quietly) changed();
  }

  // Changes a report if it still exists and `may` allows it, so that a removed one does not come back. Returns whether it did.
  async function update(key, changes, may = () => true) {
    let done = false;
    await within("readwrite", (transaction) => {
      const reports = transaction.objectStore("reports");
      reports.get(key).onsuccess = ({ target }) => {
        done = Boolean(target.result && may(target.result));
        if (done) reports.put({ ...target.result, ...changes });
      };
    });
    changed();
    return done;
  }

  // Replaces a report with `kept` and deletes its photos: the city has them.
  async function shorten(key, kept) {
    await within("readwrite", (transaction) => {
      const reports = transaction.objectStore("reports");
      reports.get(key).onsuccess = ({ target }) => {
        if (target.result) reports.put(kept);
      };
      dropPhotos(transaction, key);
    });
    changed();
  }

  async function remove(key) {
    await within("readwrite", (transaction) => {
      transaction.objectStore("reports").delete(key);
      dropPhotos(transaction, key);
    });
    changed();
  }

  function dropPhotos(transaction, key) {
    transaction.objectStore("photos").index("report").openCursor(key).onsuccess = ({ target }) => {
      if (!target.result) return;
      target.result.delete();
      target.result.continue();
    };
  }

  const putPhoto = (photo) => within("readwrite", (transaction) => transaction.objectStore("photos").put(photo));
  const removePhoto = (id) => within("readwrite", (transaction) => transaction.objectStore("photos").delete(id));

  async function updatePhoto(id, changes) {
    await within("readwrite", (transaction) => {
      const photos = transaction.objectStore("photos");
      photos.get(id).onsuccess = ({ target }) => {
        if (target.result) photos.put({ ...target.result, ...changes });
      };
    });
  }

  // Starts a report with text that was typed on another page without a network.
  async function beginWith(words, service, language) {
    const writing = (await all()).find((report) => report.state === "writing") ?? blank(language);
    if (writing.words.includes(words)) return;
    await put({
      ...writing,
      words: [writing.words, words].filter(Boolean).join("\n"),
      wordsLanguage: language,
      service: service || writing.service,
    });
  }

  return {
    blank, all, photosOf, put, update, shorten, remove, putPhoto, updatePhoto, removePhoto, beginWith, forget, onChange,
  };
})();
