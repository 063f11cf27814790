// Starts Swagger UI. It stands in a file of its own because the page's policy allows no inline script.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: false, // with it, every operation is a link inside a button, which no reader can follow
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  onComplete: () => document.querySelector(".filter-container")?.setAttribute("role", "search"),
  persistAuthorization: false, // a token opens personal data: it goes with the tab
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the description to a public host
});
