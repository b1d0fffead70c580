"""Whether a text is in a language that the city doesn't write in: by its script, or by small words that only that language has."""

import unicodedata
from collections import Counter
from collections.abc import Collection

from requests_app.rules.alarms.screening import plain

# Words that are read, and how many of them must be another language's.
WORDS_READ, LEAST = 60, 2
# Of the letters, how many may be in another script: a name or a street sign.
SCRIPT_SHARE = 0.5
LATIN = "LATIN"
OTHER_SCRIPTS = {
    "am", "ar", "bg", "bn", "el", "fa", "he", "hi", "ja", "km", "ko", "lo", "my", "ne", "ru", "sr", "th", "uk", "ur", "zh",
}  # fmt: skip
# Frequent small words, without accents, as plain() leaves them. One that is in two lists tells nothing.
SMALL_WORDS = {
    "en": "the and is are was were there their my of this that with for on it have has from not they out been who "
    "what when where how you your please street a an in to me do so at no i by be if as or we he she his her "
    "all can get just but up every next been its too still since into over about near front by need one again "
    "our",
    "es": "el los las hay una esta estan mi por con para muy del al lo su donde cuando quien como se fue tengo "
    "necesito favor calle y la de en no que un es me te le si da a o lugar desde toda todo todos mas pero ya "
    "sin ni porque nos les ese eso son frente casa rota basura agua luz noche vecino dia dias carro sobre "
    "entre hasta cada ser soy ha han e cual otra otro",
    "pt": "um uma nao ha tem em minha meu com na no da do esta muito rua e para ao estao voce aqui que de a o os as "
    "se por dos das pela pelo foi sem mas tambem lixo buraco casa eu",
    "fr": "le les des est dans une et il y rue je mon ma pas au sur avec nous vous cette ce du qui depuis pour la "
    "de un a en que se devant il elle chez trop ils ne tout toute sont",
    "ht": "gen yon nan nou mwen pa ki sou lari a tanpri se ap te pou yo kay sa la li e ak anpil devan genyen fatra "
    "wout",
    "vi": "co mot tren duong nha toi khong va cua bi o nguoi den rac day rat nay la con tai xe truoc cay ho ga",
    "tl": "ang ng sa may mga po ko hindi na namin dito kalye ito at yung nasa ay si para lang basura butas daan",
    "de": "der die das ist und ein eine auf der nicht ich strasse seit den dem mit vor meinem wir in es an zu im "
    "von haben loch",
    "it": "il lo gli della di che non sono una per strada mio mia con nella c un ho la a e mi si al del su ci da i "
    "le buca davanti",
    "pl": "jest na nie w ulicy z i do sie przed moim od dziura prosze o a to mojej",
    "so": "waxaa ku jira iyo ka waa in aan guriga wadada oo la",
}
_OWN = Counter(word for words in SMALL_WORDS.values() for word in set(words.split()))
_ONLY = {language: {word for word in words.split() if _OWN[word] == 1} for language, words in SMALL_WORDS.items()}


def is_other(text: str, languages: Collection[str]) -> bool:
    """Whether the text seems to be in none of these languages. Short texts without such words, and names, are taken as theirs."""
    letters = [letter for letter in text if letter.isalpha()]
    if letters and not any(_is_written_otherwise(language) for language in languages):
        foreign = sum(LATIN not in unicodedata.name(letter, "") for letter in letters)
        if foreign > SCRIPT_SHARE * len(letters):
            return True
    words = plain(text).split()[:WORDS_READ]
    own = max((_count(words, language) for language in languages), default=0)
    others = max(_count(words, language) for language in SMALL_WORDS if language not in languages)
    return others >= LEAST and others > own


def _count(tokens: list[str], language: str) -> int:
    return sum(word in _ONLY.get(language, ()) for word in tokens)


def _is_written_otherwise(language: str) -> bool:
    """Whether one of the city's languages isn't written in Latin letters: then letters tell nothing."""
    return language.partition("-")[0] in OTHER_SCRIPTS
