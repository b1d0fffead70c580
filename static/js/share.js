// [data-share="id of the link"]: the device's own way to share, where it has one.
for (const button of document.querySelectorAll("button[data-share]")) {
  const link = document.getElementById(button.dataset.share);
  if (!link || !navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Rejects when somebody changes their mind.
    navigator.share({ title: link.dataset.title, url: link.textContent.trim() }).catch(() => {});
  });
}
