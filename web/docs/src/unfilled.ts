/** The document as the viewer is to have it: what it finds as an optional parameter's example or default, it sends. */

const words = { example: "Example", default: "Default" };

interface Parameter {
  in: string;
  required?: boolean;
  description?: string;
  example?: unknown;
  schema?: { default?: unknown };
}

interface Document {
  paths?: Record<string, Record<string, { parameters?: Parameter[] }>>;
}

/** Optional query parameters with example and default said in words, so that a call that is tried begins without any. */
export function unfilled(document: Document): Document {
  for (const path of Object.values(document.paths ?? {})) {
    for (const { parameters = [] } of Object.values(path)) {
      for (const parameter of parameters) {
        if (parameter.in === "query" && parameter.required !== true) {
          say(parameter);
        }
      }
    }
  }
  return document;
}

function say(parameter: Parameter): void {
  for (const [name, value] of [
    [words.example, parameter.example],
    [words.default, parameter.schema?.default],
  ] as const) {
    if (value !== undefined) {
      parameter.description = `${parameter.description ?? ""} ${name}: \`${String(value)}\`.`;
    }
  }
  delete parameter.example;
  delete parameter.schema?.default;
}
