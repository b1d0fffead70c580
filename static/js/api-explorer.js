// Swagger UI for the document that the page names.
const box = document.getElementById("explorer");

window.SwaggerUIBundle({
  url: box.dataset.document,
  domNode: box,
  deepLinking: true,
  // Drawing every operation and every shape at once takes a slow machine a minute.
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  // Nothing is sent to a validator elsewhere.
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
