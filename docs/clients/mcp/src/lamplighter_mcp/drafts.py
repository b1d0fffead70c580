"""A draft: a link to the city's own form with everything filled in. Nothing is sent before a person does."""

from urllib.parse import urlencode

# What a program wrote says so on the request, for staff and for everyone who reads it. By the city's language, else English.
MARKS = {
    "ar": "(كُتب بمساعدة الذكاء الاصطناعي، ووافق عليه شخص.)",
    "en": "(Written with an AI assistant, approved by a person.)",
    "es": "(Escrito con un asistente de IA y aprobado por una persona.)",
    "fr": "(Rédigé avec un assistant d’IA et approuvé par une personne.)",
    "ht": "(Ekri avèk yon asistan entèlijans atifisyèl, yon moun apwouve li.)",
    "ko": "(AI 도우미로 작성하고 사람이 승인했습니다.)",
    "pt": "(Escrito com um assistente de IA e aprovado por uma pessoa.)",
    "ru": "(Написано с помощью ИИ-помощника, одобрено человеком.)",
    "tl": "(Isinulat sa tulong ng AI assistant, inaprubahan ng isang tao.)",
    "vi": "(Viết bằng trợ lý AI, đã được một người chấp thuận.)",
    "zh-hans": "（由人工智能助手撰写，经本人同意。）",
    "zh-hant": "（由人工智慧助理撰寫，經本人同意。）",
}
# A longer address is refused by many web servers on the way.
LINK_MAX = 3500


def marked(text: str, language: str) -> str:
    """Once, however often it is drafted."""
    words = text.strip()
    for mark in MARKS.values():
        words = words.removesuffix(mark).rstrip()
    mark = MARKS.get(language.lower(), MARKS["en"])
    return f"{words}\n\n{mark}"


def link(site: str, service: str, text: str, place: tuple[float, float] | None, asset: str) -> tuple[str, bool]:
    """The link, and whether the text is in it."""
    given = {"service": service}
    if asset:
        given["asset"] = asset
    elif place:
        given |= {"lat": f"{place[0]:.6f}", "long": f"{place[1]:.6f}"}
    whole = f"{site}/report/?{urlencode(given | {'text': text})}"
    return (whole, True) if len(whole) <= LINK_MAX else (f"{site}/report/?{urlencode(given)}", False)
