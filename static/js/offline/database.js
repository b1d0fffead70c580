// An IndexedDB database of this device, whose changes every tab hears of. Service workers load it as a classic script and pages
// import it as a module, so it sets a global on `self`.
//
// makeStores(database) makes its object stores.
self.deviceDatabase = (name, makeStores) => {
  const VERSION = 1;
  const listeners = [];
  let channel = null;
  let opened = null;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, VERSION);
      opening.onupgradeneeded = () => makeStores(opening.result);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        // Deleting it in another tab waits until no page has it open.
        opening.result.onversionchange = () => {
          opening.result.close();
          opened = null;
        };
        resolve(opening.result);
      };
    });
    opened.catch(() => (opened = null));
    return opened;
  }

  // work(transaction) may return a request; its result is returned once the transaction is complete.
  async function within(mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction([...database.objectStoreNames], mode);
      const request = work(transaction);
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  function listen() {
    if (channel || !("BroadcastChannel" in self)) return;
    channel = new BroadcastChannel(name);
    channel.onmessage = () => listeners.forEach((listener) => listener());
  }

  function changed() {
    listen();
    channel?.postMessage("changed");
    for (const listener of listeners) listener();
  }

  function onChange(listener) {
    listeners.push(listener);
    listen();
  }

  async function remove() {
    if (opened) (await opened).close();
    opened = null;
    await new Promise((resolve) => {
      const deletion = indexedDB.deleteDatabase(name);
      deletion.onsuccess = deletion.onerror = deletion.onblocked = resolve;
    });
    changed();
  }

  // Close both, so that the Back button can restore the page from the cache.
  self.addEventListener("pagehide", async () => {
    channel?.close();
    channel = null;
    const database = opened;
    opened = null;
    (await database)?.close();
  });
  self.addEventListener("pageshow", (event) => {
    if (event.persisted && listeners.length) changed();
  });

  return { within, changed, onChange, remove };
};
