/** Builds nodes. The page runs under `trusted-types 'none'`, so nothing here or above takes markup as text. */

export type Child = Node | string | null | false | undefined;
type Value = string | number | boolean | null | undefined;

interface Events {
  on?: { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
}

export type Attributes = Events & { [name: string]: Value | Events["on"] };

/** An element with attributes (`true` is an empty one, `false` and `null` none), listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "object" && value !== null) {
      for (const [type, listener] of Object.entries(value)) {
        element.addEventListener(type, listener as EventListener);
      }
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  fill(element, ...children);
  return element;
}

/** Replaces the children of `parent`. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** Makes `wanted` the children of `parent`. What stays is not touched, so that it keeps the focus and what is open in it. */
export function arrange(parent: Element, wanted: Element[]): void {
  const staying = new Set(wanted);
  for (const child of [...parent.children].filter((one) => !staying.has(one))) {
    child.remove();
  }
  wanted.forEach((child, at) => {
    if (parent.children[at] !== child) {
      parent.insertBefore(child, parent.children[at] ?? null);
    }
  });
}

/** Writes a text that may be the same as before; then nothing is touched. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Whether an element that was on the page is no longer; one that is yet to come is not gone. */
export function goneFrom(element: Element): () => boolean {
  let wasThere = false;
  return () => {
    wasThere ||= element.isConnected;
    return wasThere && !element.isConnected;
  };
}

let lastId = 0;

/** An id for `aria-describedby` and its like, unique in this page. */
export function freshId(stem: string): string {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** 128 random bits as text; `crypto.randomUUID` is missing where a page comes over plain HTTP. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
