// Caches the offline page on this device, for the next time there is no network.
navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {
  // A browser without storage (a private window) works without it.
});
