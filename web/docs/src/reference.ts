import "@robofy/ui/tokens.css";
import "swagger-ui-dist/swagger-ui.css";
import "./reference.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { mended } from "./mended.ts";
import { purifyAll } from "./trusted-html.ts";

purifyAll();

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = (): void => void document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUI({
  url: "/openapi.json",
  domNode: document.querySelector("#reference"),
  plugins: [mended],
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  displayRequestDuration: true,
  // A key that is entered here is forgotten with the page, and nobody else is asked whether the document is right.
  persistAuthorization: false,
  validatorUrl: null,
  // Somebody who is logged in tries with the cookie, and a change then needs this header.
  requestInterceptor: (request) => {
    request.headers["x-robofy-csrf"] ??= "1";
    return request;
  },
});
