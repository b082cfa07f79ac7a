"use strict";
const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null, // else it would ask a server elsewhere
  onComplete: () => {
    const title = ui.specSelectors.info().get("title");
    if (title) document.title = title;
  },
});
