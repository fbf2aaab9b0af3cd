"""Words: how rare they are among texts, which of them make a question, and what two texts share."""

import html
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

SHINGLE = 3
# So much of a text stands in another when the two are one page to a reader.
TWIN_SHARE = 0.85
# A question asks about so many words of a sentence.
ASKED = 4
# Little words of two languages, to tell in which a question is to be put.
ENGLISH = {"the", "and", "of", "to", "is", "in", "for", "that", "with", "this"}
GERMAN = {"der", "die", "das", "und", "ist", "nicht", "für", "mit", "ein", "den"}


def plain(text: str) -> str:
    """For comparing phrases: marks of Markdown dropped, dashes and quotes plain, white space squeezed, case folded."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = re.sub("[\u2018-\u201b]", "'", text)
    text = re.sub("[\u201c-\u201f]", '"', text)
    text = re.sub(r"[*_`|#>~\\]", " ", text)
    return re.sub(r"\s+", " ", text).strip().casefold()


def words(text: str) -> list[str]:
    """Figures are one word with their points: `40.00`, `1.1.2`."""
    return re.findall(r"\d+(?:[.,]\d+)+|[^\W_]+(?:'[^\W_]+)*", plain(text))


def of_html(source: str) -> str:
    """The words of a piece of HTML, a block a line."""
    source = re.sub(r"(?is)<(script|style|template|noscript)\b.*?</\1>|<!--.*?-->", " ", source)
    source = re.sub(r"(?i)</?(p|div|li|tr|td|th|h\d|br|pre|blockquote|section|article|dt|dd|figcaption|ul|ol|table)\b[^>]*>", "\n", source)
    text = html.unescape(re.sub(r"<[^>]*>", " ", source))
    return "\n".join(line for line in (re.sub(r"\s+", " ", line).strip() for line in text.split("\n")) if line)


class Rarity:
    """In how few of all texts a word stands."""

    def __init__(self, texts: Iterable[str]):
        counts: Counter[str] = Counter()
        self.texts = 0
        for text in texts:
            self.texts += 1
            counts.update(set(words(text)))
        self.counts = counts

    def of(self, word: str) -> float:
        """A short word of a language that few texts are in is rare, and says nothing all the same."""
        rare = math.log(self.texts / self.counts[word]) if self.counts[word] else 0.0
        return rare * min(len(word), 8) if word.isalpha() else rare * 4

    def rarest(self, text: str, most: int = ASKED) -> list[str]:
        """The rarest words of a text, in the order in which they stand there."""
        found = dict.fromkeys(word for word in words(text) if len(word) > 2 or not word.isascii())
        chosen = set(sorted(found, key=lambda word: (-self.of(word), word))[:most])
        return [word for word in found if word in chosen]

    def weight(self, phrase: str) -> tuple[float, str]:
        """How well a phrase is told from others; the phrase itself decides between equals."""
        return math.fsum(self.of(word) for word in self.rarest(phrase)), phrase

    def best(self, phrases: Iterable[str], most: int) -> list[str]:
        return sorted(phrases, key=self.weight, reverse=True)[:most]


def sentences(text: str) -> list[str]:
    """The whole sentences of a text, or the text, when it has none."""
    pieces = [piece for line in text.split("\n") for piece in re.split(r"(?<=[.!?])\s+", line)]
    return [piece for piece in pieces if 8 <= len(words(piece)) <= 40] or [text]


def language(text: str) -> str:
    """`en`, `de`, or nothing that is known here."""
    counts = Counter(words(text))
    english, german = (sum(counts[word] for word in little) for little in (ENGLISH, GERMAN))
    if max(english, german) == 0:
        return "" if re.search(r"[^\W\d_a-zA-Z]", text) else "en"
    return "en" if english >= german else "de"


def ask_about(asked: list[str], of: str) -> str:
    """A question about some words, in the language of the text that they are of."""

    def listed(last: str) -> str:
        return f" {last} ".join(part for part in (", ".join(asked[:-1]), asked[-1]) if part)

    match language(of):
        case "en":
            return f"What does it say about {listed('and')}?"
        case "de":
            return f"Was steht da über {listed('und')}?"
        case _:
            return f"{' '.join(asked)}?"


def shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + SHINGLE]) for at in range(max(1, len(found) - SHINGLE + 1))}


def twins(texts: dict[str, str]) -> dict[str, set[str]]:
    """For each text, by name, the others that say nearly all of what it says."""
    runs = {name: shingles(text) for name, text in texts.items()}
    where: dict[tuple[str, ...], list[str]] = {}
    for name, here in runs.items():
        for run in here:
            where.setdefault(run, []).append(name)
    found: dict[str, set[str]] = {}
    for name, here in runs.items():
        shared = Counter(other for run in here for other in where[run])
        found[name] = {other for other, count in shared.items() if other != name and count >= TWIN_SHARE * len(here)}
    return found
