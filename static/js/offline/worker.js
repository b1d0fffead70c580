// The service worker. /sw.js puts `SHELL` before this script: the URLs of what the offline page needs. The worker caches that
// page in each language, the catalog and their files, and never a personal page. Crews have one of their own, with another name
// and another cache (/staff/crew/sw.js).
const CACHE = `${SHELL.name}-${SHELL.version}`;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const HALF_A_DAY = 12 * 3600 * 1000;
const TIMEOUT = 4000;

const PAGES = new Set(SHELL.pages.flatMap((page) => [page.offline, ...(page.catalog ? [page.catalog] : []), ...page.more]));
const FILES = new Set([...SHELL.files, ...SHELL.looks]);

async function store(cache, url) {
  // Without cookies: a cached page must not have anyone's messages, name or token.
  const answer = await fetch(new Request(url, { credentials: "omit", cache: "no-cache" }));
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  await cache.put(url, answer);
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await Promise.all([...[...PAGES].map((url) => store(cache, url)), cache.addAll([...FILES])]);
      // No open page depends on the old cache: pages load their files from the network, by hashed names.
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(`${SHELL.name}-`) && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin || SHELL.never.some((start) => url.pathname.startsWith(start))) return;
  const page = pageFor(url.pathname);
  const path = url.pathname + url.search;
  if (request.mode === "navigate") {
    if (request.method === "GET") event.respondWith(navigate(event, url.pathname, page));
    else if (request.method === "POST" && url.pathname === page.start) event.respondWith(firstPage(request, page));
  } else if (request.method === "GET") {
    if (url.pathname === page.catalog) event.respondWith(networkFirst(withTimeout(fetch(request)), path));
    // The content of a file with a hashed name never changes.
    else if (FILES.has(path) && HASHED.test(path)) event.respondWith(cacheFirst(request, path));
    else if (FILES.has(path)) event.respondWith(networkFirst(fetch(request), path));
  }
});

// Without a network, each page redirects to the offline page in its language.
async function navigate(event, path, page) {
  const answer = fetch(event.request);
  try {
    const response = await (path === page.offline ? withTimeout(answer) : answer);
    event.waitUntil(refresh());
    return response;
  } catch {
    if (!PAGES.has(path)) return Response.redirect(page.offline, 302);
    return (await kept(path)) ?? Response.error();
  }
}

// Text typed on the first page continues on the offline page.
async function firstPage(request, page) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    const typed = await copy.formData();
    const field = (name) => String(typed.get(name) ?? "").trim();
    if (field("text")) await self.offlineStore.beginWith(field("text"), field("service"), page.language);
    return Response.redirect(page.offline, 303);
  }
}

async function networkFirst(answer, path) {
  try {
    return await answer;
  } catch {
    return (await kept(path)) ?? Response.error();
  }
}

const cacheFirst = async (request, path) => (await kept(path)) ?? fetch(request);

const kept = async (path) => (await caches.open(CACHE)).match(path);

// A connection without an answer counts as no network.
const withTimeout = (answer) =>
  Promise.race([answer, new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), TIMEOUT))]);

const pageFor = (path) => SHELL.pages.find((page) => path.startsWith(page.prefix)) ?? SHELL.pages.at(-1);

// Twice a day, while there is a network.
async function refresh() {
  const cache = await caches.open(CACHE);
  for (const url of PAGES) {
    const known = await cache.match(url);
    const age = Date.now() - Date.parse(known?.headers.get("Date") ?? "");
    if (!(age < HALF_A_DAY)) await store(cache, url).catch(() => {});
  }
}

self.addEventListener("sync", (event) => {
  if (event.tag !== SHELL.sync) return;
  event.waitUntil(
    (self.crewSending ?? self.offlineSending).sendAll().then((all) => {
      // The browser tries again later.
      if (!all) throw new Error("not sent yet");
    }),
  );
});
