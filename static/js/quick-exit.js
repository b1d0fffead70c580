// [data-quick-exit]: the neutral page takes this one's place in the history, so that Back doesn't lead here.
for (const link of document.querySelectorAll("a[data-quick-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    // Nobody who looks over a shoulder reads on while the other page loads.
    document.body.hidden = true;
    document.title = "";
    window.location.replace(link.href);
  });
}
