/**
 * The viewer writes HTML; the page's policy lets through only what a named policy made. This makes the one for all
 * that comes as text: what is written has gone through DOMPurify, whoever writes it.
 */

import DOMPurify from "dompurify";

interface Rules {
  createHTML: (text: string) => string;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: Rules) => NonNullable<Parameters<typeof DOMPurify.sanitize>[1]>["TRUSTED_TYPES_POLICY"];
}

export function purifyAll(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) {
    return;
  }
  // DOMPurify's own parser reads into a document that runs nothing; this name is for that alone.
  const inert = trustedTypes.createPolicy("robofy-docs", { createHTML: (text) => text });
  trustedTypes.createPolicy("default", {
    createHTML: (text) => (text === "" ? text : DOMPurify.sanitize(text, { TRUSTED_TYPES_POLICY: inert })),
  });
}
