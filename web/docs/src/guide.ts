/** What the guide's pages can do beyond being read: a copy button for each sample, and one choice of language for all. */

const copy = "Copy";
const copied = "Copied";
const remembered = "robofy-docs-language";

/** Copies a sample; where that is refused the text is selected, so that the reader's own keys copy it. */
function copyButton(block: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = copy;
  button.setAttribute("aria-live", "polite");
  const take = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(block.textContent ?? "");
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2_000);
    } catch {
      getSelection()?.selectAllChildren(block);
    }
  };
  button.addEventListener("click", () => void take());
  return button;
}

// A page over plain HTTP, loopback excepted, has no clipboard.
if ("clipboard" in navigator) {
  for (const block of document.querySelectorAll<HTMLElement>("pre > code")) {
    block.closest("figure")?.append(copyButton(block));
  }
}

const choices = [...document.querySelectorAll<HTMLInputElement>(".samples input[type=radio]")];

function choose(language: string): void {
  for (const choice of choices) {
    if (choice.value === language) {
      choice.checked = true;
    }
  }
}

for (const choice of choices) {
  choice.addEventListener("change", () => {
    // What was just clicked stays where it is, however long the samples above became.
    const before = choice.getBoundingClientRect().top;
    choose(choice.value);
    scrollBy({ top: choice.getBoundingClientRect().top - before, behavior: "instant" });
    try {
      localStorage.setItem(remembered, choice.value);
    } catch {
      // A browser that stores nothing: the choice holds for this page.
    }
  });
}
try {
  choose(localStorage.getItem(remembered) ?? "");
} catch {
  // As above.
}
