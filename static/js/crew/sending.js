// Asks the city for the day, which is also the sign that the account still works, and sends the results that wait: in a page or in
// the worker, one after the other, each once.
self.crewSending = (() => {
  const store = self.crewStore;
  const TIMEOUT = 120 * 1000;
  const mayGo = ({ state }) => state === "waiting" || state === "sending";

  const signal = () => AbortSignal.timeout?.(TIMEOUT);
  const scope = () => self.registration?.scope ?? document.querySelector("[data-crew]").dataset.crew;
  const dayUrl = () => new URL("day.json", new URL(scope(), self.location.href));

  // The city's answer; null if the account doesn't work here anymore, which deletes the day; undefined without an answer.
  async function contact() {
    let answer;
    const asked = await store.locks();
    try {
      answer = await fetch(dayUrl(), { cache: "no-store", credentials: "same-origin", redirect: "manual", signal: signal() });
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) {
        await store.lock();
        return null;
      }
      if (!answer.ok) return undefined;
      answer = await answer.json();
    } catch {
      return undefined;
    }
    await store.take(answer, asked);
    return answer;
  }

  async function sendAll() {
    if (!self.navigator.locks) return sendEach();
    return self.navigator.locks.request("send-results", sendEach);
  }

  // Returns whether nothing waits anymore.
  async function sendEach() {
    const { token } = (await contact()) ?? {};
    if (!token) return false;
    let all = true;
    for (const result of await store.results()) {
      // Only one runs at a time, so a result still marked as being sent was interrupted.
      if (mayGo(result)) all = (await sendOne(result, token)) && all;
    }
    // The finished stops leave the list.
    await contact();
    return all;
  }

  async function sendOne(result, token) {
    if (!(await store.update(result.key, { state: "sending" }, null, mayGo))) return true;
    let answer;
    try {
      answer = await whole(result, token);
    } catch {
      answer = { state: "waiting" };
    }
    const { state, message = "", url = "" } = answer;
    const said = { ...result.said, message, url };
    // needs: the city has all of it, and asks one more thing there.
    const isOver = ["sent", "late", "needs"].includes(state);
    await store.update(result.key, isOver ? { state, ended: Date.now() } : { state }, { said });
    if (isOver) await store.dropPhotos(result.key);
    return state !== "waiting";
  }

  // Photos first, one by one, so that those that arrived aren't sent again if the connection is lost.
  async function whole({ key, said }, token) {
    for (const isSecondTime of [false, true]) {
      const photos = await store.photosOf(key);
      for (const photo of photos) {
        if (photo.arrived && !isSecondTime) continue;
        const picture = new Blob([photo.bytes], { type: photo.type });
        const answer = await post(said.photoUrl, token, { key, photo_key: photo.id, photo: picture });
        if (answer.state !== "kept") return answer;
        await store.markArrived(photo.id);
      }
      const named = JSON.stringify(photos.map(({ id, stage }) => ({ key: id, stage })));
      const answer = await post(said.resultUrl, token, { ...said.fields, key, photos: named });
      // The city has deleted the photos since: send them again.
      if (answer.state !== "photos") return answer;
    }
    return { state: "waiting" };
  }

  async function post(url, token, values) {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", redirect: "manual", headers, body, signal: signal(),
    });
    if ([403, 404].includes(answer.status)) return { state: "refused", message: "gone" };
    if (answer.status === 413) return { state: "refused", message: "too_big" };
    if (![200, 409, 422, 429].includes(answer.status)) return { state: "waiting" };
    return answer.json();
  }

  return { contact, sendAll };
})();
