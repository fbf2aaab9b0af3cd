/** What this browser remembers between visits. Storage may be refused; then nothing is remembered. */

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that stores nothing: the page works the same, it only begins anew.
  }
}
