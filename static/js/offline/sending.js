// Sends the reports that wait on this device. A page and the service worker may both try: a lock keeps them apart. In a browser
// without locks, the report's key does: the server creates one request per key, however often it is sent.
self.offlineSending = (() => {
  const store = self.offlineStore;
  const DAY = 24 * 3600 * 1000;
  // Older ones wait for the person to confirm that they are still accurate.
  const BY_ITSELF = 7 * DAY;
  const SENT_SHOWN = 14 * DAY;
  const TIMEOUT = 120 * 1000;
  const ENDED = ["sent", "gone"];

  const isOld = (report) => Date.now() - (report.confirmed ?? report.kept) > BY_ITSELF;
  const mayGo = (report) => (report.state === "waiting" || report.state === "sending") && !isOld(report);

  async function sendAll() {
    if (!self.navigator.locks) return sendEach();
    return self.navigator.locks.request("send-reports", sendEach);
  }

  // Only one runs at a time, so a report still marked as being sent was interrupted.
  async function sendEach() {
    const tried = new Set();
    let stays = false;
    for (;;) {
      const report = (await store.all()).find((one) => !tried.has(one.key) && (mayGo(one) || one.state === "needs"));
      if (!report) break;
      tried.add(report.key);
      if (!(await sendOne(report)) && report.state !== "needs") stays = true;
    }
    for (const report of await store.all()) {
      if (ENDED.includes(report.state) && Date.now() - report.ended > SENT_SHOWN) await store.remove(report.key);
    }
    return !stays;
  }

  // Returns whether the city answered; if not, the report waits for the next time.
  async function sendOne(report) {
    const asksOnly = report.state === "needs";
    // Skip one that somebody just moved back into the form.
    if (!asksOnly && !(await store.update(report.key, { state: "sending", tried: true, message: "" }, mayGo))) return true;
    let answer;
    try {
      answer = asksOnly ? await post(report, { key: report.key, ask: "1" }) : await whole(report);
    } catch {
      // No network, or no answer.
      answer = { state: "waiting" };
    }
    if (!asksOnly || answer.state !== "waiting") await take(report, answer);
    return answer.state !== "waiting";
  }

  // Photos first, one by one, so that photos that arrived are not sent again if the connection is lost at the next one.
  async function whole(report) {
    for (const isSecondTime of [false, true]) {
      for (const photo of await store.photosOf(report.key)) {
        if (photo.arrived && !isSecondTime) continue;
        const picture = new Blob([photo.bytes], { type: photo.type });
        const answer = await post(report, { key: report.key, photo_key: photo.id, photo: picture }, report.photoUrl);
        if (answer.state !== "kept") return answer;
        await store.updatePhoto(photo.id, { arrived: true });
      }
      const answer = await post(report, await fields(report));
      // The city has deleted the photos since: send them again.
      if (answer.state !== "photos") return answer;
    }
    return { state: "waiting" };
  }

  async function fields({ key, revision, words, wordsLanguage, language, service, answers, place, contact, wentOn, trap }) {
    const photos = (await store.photosOf(key)).map(({ id, alt }) => ({ key: id, alt }));
    return {
      key, revision, text: words, text_language: wordsLanguage ?? language, service,
      answers: JSON.stringify(answers), went_on: JSON.stringify(wentOn), photos: JSON.stringify(photos),
      address: place.address, lat: place.lat, long: place.long, note: place.note, subject: trap ?? "", ...contact,
    };
  }

  async function post(report, values, url = report.sendUrl) {
    const signal = AbortSignal.timeout?.(TIMEOUT);
    // Fetch a fresh token and the cookie that identifies this device first, so that they aren't lost with the response to the
    // report.
    const asked = await fetch(report.tokenUrl, { cache: "no-store", credentials: "same-origin", signal });
    const { token } = await asked.json();
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers, body, signal });
    if (answer.status === 413) return { state: "failed", reason: "too_big" };
    if (![200, 404, 409, 422, 429].includes(answer.status)) return { state: "waiting" };
    return answer.json();
  }

  async function take(report, answer) {
    const { state, reason = "", message = "", problems = {}, url = "", reference = "", earlier = false } = answer;
    if (state === "failed" || state === "waiting") {
      await store.update(report.key, { state, reason, message, problems });
      return;
    }
    const { key, words, language, wordsLanguage, kept, sendUrl, photoUrl, tokenUrl, photos } = report;
    // A change after the first try may have come too late. Then keep the whole text here.
    const isDoubtful = Boolean(earlier && report.revision > 1);
    const said = words.length > 80 && !isDoubtful ? `${words.slice(0, 79)}…` : words;
    const ended = ENDED.includes(state) ? Date.now() : undefined;
    await store.shorten(key, {
      key, words: said, language, wordsLanguage, kept, sendUrl, photoUrl, tokenUrl, photos,
      state, message, url, reference, ended, isDoubtful,
    });
  }

  return { sendAll, isOld };
})();
