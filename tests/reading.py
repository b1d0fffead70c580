"""Readability formulas: Flesch-Kincaid grade for English, Fernández Huerta's reading ease for Spanish."""

import re
from itertools import pairwise

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def sentences(markdown: str) -> list[list[str]]:
    """The words of each sentence. List items, colons and question marks end a sentence too."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`#]", r"\1", markdown)
    # An email address or a time of day reads as one short word.
    text = re.sub(r"\S+@\S+|\d+(?::\d+)? ?[ap]m\b", "it", text)
    parts = re.split(r"[.!?:;]+(?=\s|$)|\n", text)
    return [words for part in parts if (words := WORD.findall(part))]


def english_syllables(word: str) -> int:
    """Counts groups of vowels, with a final e, es or ed usually silent. Rather one too many than one too few."""
    word = re.sub(r"['’]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word)) + len(re.findall(r"ia|(?<![st])io|rea(?=t|$)", word))
    if re.search(r"[^aeiouy](?<!l)e$|[^aeiouytd]ed$|[^aeiouycsxzgl](?<!sh)(?<!ch)es$", word):
        count -= 1
    return max(1, count)


def spanish_syllables(word: str) -> int:
    """Counts groups of vowels. Two strong vowels in a row, or a weak one with an accent, are two syllables."""
    word = re.sub(r"[qg]u(?=[eiéí])", "g", word.lower())
    count = 0
    for group in re.findall(r"[aeiouáéíóúü]+|y$", word):
        pairs = pairwise(group)
        count += 1 + sum(1 for first, second in pairs if {first, second} & {*"íú"} or not {first, second} & {*"iuü"})
    return max(1, count)


def grade(text: str) -> float:
    """Flesch-Kincaid grade level of an English text: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    parsed = sentences(text)
    words = [word for sentence in parsed for word in sentence]
    return 0.39 * len(words) / len(parsed) + 11.8 * sum(map(english_syllables, words)) / len(words) - 15.59


def ease(text: str) -> float:
    """Fernández Huerta's reading ease of a Spanish text: 206.84 - 0.60 syllables in 100 words - 1.02 words a sentence."""
    parsed = sentences(text)
    words = [word for sentence in parsed for word in sentence]
    return 206.84 - 60 * sum(map(spanish_syllables, words)) / len(words) - 1.02 * len(words) / len(parsed)
