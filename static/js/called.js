// [data-called="address"]: a press on an emergency number is counted, without anything about the person.
for (const link of document.querySelectorAll("a[data-called]")) {
  link.addEventListener("click", () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    // A beacon does not hold up the call.
    navigator.sendBeacon(link.dataset.called, body);
  });
}
