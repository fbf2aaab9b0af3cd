declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Request {
    headers: Record<string, string>;
  }
  /** The settings that are used here, of https://github.com/swagger-api/swagger-ui/blob/master/docs/usage/configuration.md. */
  interface Settings {
    url: string;
    domNode: Element | null;
    plugins: unknown[];
    deepLinking: boolean;
    docExpansion: "list" | "full" | "none";
    defaultModelsExpandDepth: number;
    filter: boolean;
    displayRequestDuration: boolean;
    persistAuthorization: boolean;
    validatorUrl: null;
    requestInterceptor: (request: Request) => Request;
  }
  export default function SwaggerUI(settings: Settings): unknown;
}
