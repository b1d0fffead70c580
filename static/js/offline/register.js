// Keeps the offline page on this device, for the next time that there is no network.
navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {
  // A browser that keeps nothing (a private window) goes on without.
});
