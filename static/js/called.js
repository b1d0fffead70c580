// [data-called="URL"]: counts selections of an emergency number, without anything about the person.
for (const link of document.querySelectorAll("a[data-called]")) {
  link.addEventListener("click", () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    // A beacon doesn't delay the call.
    navigator.sendBeacon(link.dataset.called, body);
  });
}
