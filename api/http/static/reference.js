// Starts Swagger UI. It stands in a file of its own because the page's policy allows no inline script.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false, // a token opens personal data: it goes with the tab
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the description to a public host
});
