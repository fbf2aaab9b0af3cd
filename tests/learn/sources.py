"""What is to be learnt: pages and files with the text that a reader finds in them, and the questions about each."""

import math
from dataclasses import dataclass, field

from words import Rarity, ask_about, plain, sentences, words


@dataclass(frozen=True)
class Question:
    """What is asked, and what must stand in the quotes of the answer: so many of these phrases."""

    text: str
    evidence: tuple[str, ...]
    needed: int

    def is_shown_by(self, quotes: str) -> bool:
        shown = plain(quotes)
        return sum(plain(phrase) in shown for phrase in self.evidence) >= self.needed


@dataclass
class Source:
    """A page, by its path on the site, or a file, by its name."""

    name: str
    text: str
    # Questions that people asked about it, with the answers that they marked.
    given: list[tuple[str, list[str]]] = field(default_factory=list)
    # Phrases that a reader must find in it.
    phrases: list[str] = field(default_factory=list)
    # Others that say the same.
    twins: set[str] = field(default_factory=set)

    def questions(self, rarity: Rarity) -> list[Question]:
        """From the questions given, else from the phrases given, else from the sentences with the rarest words."""
        if self.given:
            return given(self.given, self.text, rarity)
        # A phrase within another is no word of its own.
        phrases = [one for one in self.phrases if not any(one != other and one in other for other in self.phrases)]
        chosen = rarity.best(phrases or sentences(self.text), QUESTIONS)
        return list(dict.fromkeys(asked(phrase, self.text, rarity) for phrase in chosen))


# So many questions are put about each, where there are so many.
QUESTIONS = 2


def asked(phrase: str, text: str, rarity: Rarity) -> Question:
    """A question about the rarest words of a phrase; half of them must be shown."""
    about = rarity.rarest(phrase) or words(phrase)
    return Question(ask_about(about, text), tuple(about), (len(about) + 1) // 2)


def given(pairs: list[tuple[str, list[str]]], text: str, rarity: Rarity) -> list[Question]:
    """Of the questions given those that speak most of this text: a question such as "When was it built?" tells nobody
    which building is meant."""
    here = set(words(text))

    def says(pair: tuple[str, list[str]]) -> tuple[float, str]:
        return math.fsum(rarity.of(word) for word in set(words(pair[0])) & here), pair[0]

    best = sorted(pairs, key=says, reverse=True)
    return [Question(text, tuple(dict.fromkeys(answers)), 1) for text, answers in best[:QUESTIONS]]


def rarity_of(sources: list[Source]) -> Rarity:
    return Rarity(source.text for source in sources)
