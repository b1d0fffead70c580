"""Turns of phrase that a native editor would change, each with a reason: see tests/test_plain_words.py."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Turn:
    pattern: re.Pattern[str]
    reason: str

    def found_in(self, text: str) -> list[re.Match[str]]:
        return list(self.pattern.finditer(text))


def _turns(table: dict[str, str]) -> list[Turn]:
    return [Turn(re.compile(pattern, re.IGNORECASE), reason) for pattern, reason in table.items()]


# Keys are pressed; buttons and links are selected.
_KEYS = r"Enter|Entrar|Intro|Escape|Esc|Tab|Space|Ctrl|Alt|Shift|Control|⌘|(?:the|an) (?:\w+ )?arrow|la flecha"
_EMAIL_OR_UPDATES = r"(?:e-?mails?|mails?|news|updates?|messages?|answers?|links?)"

# In all English: pages, email, messages of commands, docs, docstrings and comments.
EVERYWHERE = _turns(
    {
        r"\bwhoever\b": "“anyone who”, “the person who”, or name the role",
        r"\banew\b": "“again”",
        r"\b(?:is|are|was|were|be|been|being|had) told\b(?! apart)": "“is notified”, “is shown”, “is logged”",
        r"\btold (?:kindly|at the end|as|in one|so)\b": "“reported”, “shown”",
        r"\be-mail": "“email”",
        r"\bmails\b": "“email”, “emails” or “sends”",
        r"(?<!\+)\bnews\b": "“updates”",
        r"\b(?:the|a|one|second|each|first|his|her|their) press(?:es)?\b": "“select”, “click”, “POST”",
        r"\b(?:is|are|was|were|been|be) pressed\b|\bpressed (?:by|once|twice|again)\b": "“is selected”",
        r"(?<!Enter )\bpresses\b": "“selects”, “clicks”",
        r"(?<!where it )(?<!where your report )\b(?:stands|stood)\b(?! (?:for|out|up)\b)": "“is”, “says”, “contains”",
        r"\bstand (?:in(?! for)|there|here|on|at|before|after|since|beside|between)\b": "“are”",
        r"\bas (?:it|they) stands?\b": "“unchanged”, “current”",
        r"\bt(?:ake|akes|aken|aking|ook) (?:it|this|that|them|one|the report|your report|something)? ?back\b": (
            "“withdraw”, “undo”, “remove”, “restore”"
        ),
        r"\bt(?:ake|akes|aken|aking|ook) (?:\w+ ){0,2}out (?:of|by|here|again|for)\b": "“hide”, “remove”",
        r"\b(?:gone|goes|go|went) with (?:it|them|that)\b": "“is deleted with it”, “is included”",
        rf"\b(?:no|the|your|their|its) {_EMAIL_OR_UPDATES} (?:come|comes|came|will come)\b": "“is sent”",
        r"\b(?:mails?|news|answers?|links?) (?:goes|went|go) (?:out|to|there|nowhere)\b": "“is sent to”",
        r"\bshall\b": "“should”, “must”, “do you want”",
        r"\bthe way (?:out|on|in)\b": "“unsubscribe”, “continue”",
        r"\ball the same\b": "“anyway”, “still”",
        r"\bit counts (?!(?:as|for|toward|against)\b)": "“it applies”, “it is included”",
        r"\b(?:of late|lately)\b": "“recently”",
        r"\bhears? (?:of|about|too|it|nothing)\b": "“is notified of”, “gets updates on”",
        r"(?<!other )(?<!this )(?<!that )\bone[’']s\b": "“your” on pages, “their” or the noun in code",
        r"\bof (?:ours|theirs)\b": "“our”, “their”",
        r"\bof the staff\b": "“staff”, “a member of staff”",
        r"\bnobody[’']s (?:business|own)\b|\bno business of\b": "“private”",
        r"\bfor ever\b": "“forever”",
        r"\bheld back\b|\bholds? (?:it |them )?back\b|\bwithh[eo]ld": "“on hold”, “pending review” or “paused”",
        r"\b(?:wait|waits|waiting|waited) for a look\b|\b(?:is|are|was|were|be|been) looked at\b": "“waits for review”, “reviewed”",
        r"\bwish(?:ed|es)\b": "“request”, “want”",
        r"\bwork(?:s|ed|ing)? (?:it |them |what is due )?off\b": "“process”",
        r"\bthings? (?:of the city|with a number)\b|\bcity[’']s (?:own )?things?\b": "“asset”",
        r"\bwhose ground\b|\bground (?:that|which) is\b|\bothers[’'] ground\b": "“who owns the land”, “owner”",
        r"\b(?:is|are|was|were) no more\b|\bwrite no more\b": "“no longer exists”, “won’t email you again”",
        r"\btwice (?:\w+ ){0,3}is once\b|\bhad its time\b": "say it plainly",
        r"\bin vain\b": "“without effect”",
        r"\btaken apart\b|\btake (?:it |them )?apart\b": "“unmerge”",
        r"(?:^|[.;:] )Who (?:has|holds|presses|opens|signs|signed|joined|follows|reported|asks)\b(?! it:)(?![^.]*\?)": (
            "“Anyone who …”, “People who …”"
        ),
        r"\b[A-Z]\w+ (?:Works|Department): [A-Z]\w+ (?:is|are|was|will)\b": "“Public Works (Streets)”",
        r"\b(?:neighbour|colour|behaviour|favour|labour|honour)|\bcatalogues?\b(?![._/`])|\bafterwards\b|\bwhilst\b": (
            "American spelling"
        ),
        r"\b(?:organis|recognis|summaris|normalis|localis|serialis|authoris|minimis|optimis)(?:e|es|ed|ing|ation)\b": (
            "American spelling"
        ),
    }
)

# What residents and staff read.
ON_PAGES = _turns(
    {
        r"\btold\b(?! us\b)": "“notified”, “said”",
        rf"\bpress(?:ed|es|ing)?\b(?! (?:{_KEYS}|and hold|office))": "“select”",
        r"(?<!e-)\bmail(?:ed|ing)?\b(?! (?:address|server|carrier|slot))": "“email”",
        r"\bmailbox": "“inbox”",
        r"\btake (?:it|them|this) out\b|\btake out\b": "“hide”, “remove”",
        r"\bwhat (?:stays|goes)\b": "“what we keep”, “what is deleted”",
        r"\bin any case\b": "“always”",
        r"\bneed (?:not|do nothing)\b|\bneed do\b": "“don’t need to”",
        r"^Go on\b|\bgo on (?:later|with it|without)\b": "“Continue”, “Resume”",
        r"\bin which language\b|\bby your words\b|\bthis may answer you\b": "ask as a person would",
        r"\bstill (?:there|broken)\b|\bdone well\b": "“fixed”, “not fixed”",
        r"\bagain and again\b": "“Keeps coming back”",
        r"\bto the first page\b|\bthe first page\b": "“Home”",
        r"\boff hold\b|\bend it\b|\bsay it\b|\bto look at\b": "“Resumed”, “Resolve”, “Post comment”, “Moderation”",
        r"\bspeaks for you\b": "“represents you”",
        r"\bthe spot\b": "“pinned location”",
        r"\bput (?:it |them )?back\b": "“restore”",
        r"\bcan not\b": "“can’t”",
        r"\bthis is no\b|\bwe take nothing\b|\bdid (?:this|that|it) not\b": "“Enter an email address like …”, “Still need help?”",
        r"\b(?:is|are) void\b": "“is canceled”, “no longer works”",
    }
)

# Docs, docstrings and comments.
IN_CODE = _turns(
    {
        r"\btold\b(?= (?:by|of|to|once|when|where|with)\b)": "“notified”, “logged”, “shown”",
        r"(?<!front )(?<!garage )(?<!by the )(?<!next )(?<!of a )\bdoors?\b(?! (?:hanger|handle))": (
            "“request”, “entry point”, “page”, “API”"
        ),
        r"\bbeside\b": "“next to”, “besides”, “while”",
        r"\bsome(?:body|one) of\b": "“a member of”",
        r"\b(?:drafting|proving|arriving|subscribing|surveying|correcting|hiding|merging|indexing|counting|following)\.\w": (
            "the module has a new name"
        ),
        r"\brules[./](?:holding|banning|doubts)\b|\bown_acts\b|\bacts\.py\b|\bgiven_(?:link|place|back)\b": (
            "the module has a new name"
        ),
    }
)

IN_SPANISH = _turns(
    {
        rf"\b(?:oprim\w+|presion(?:e|ar|ando|ó|ado)|puls(?:e|ar|ando)|toque)\b(?! (?:{_KEYS}))": "«seleccione»",
        r"\baparatos?\b": "«dispositivo»",
        r"\bnoticias?\b": "«novedades»",
        r"\bavisos\b": "«novedades»",
        # The API's field is named "email".
        r"(?<!campo )\be-?mails?\b": "«correo electrónico»",
        r"\binformes?\b": "«reporte»",
        r"\b(?:tú|tus?|tuy[oa]s?|contigo|tienes|puedes|quieres|vosotros|vuestr[oa]s?)\b": "«usted»",
        r"(?:^|[.;:] )(?:haz|elige|escribe|abre|envía|selecciona)\b": "«usted»: haga, elija, escriba …",
        r"\b(?:ordenador|móvil)\b": "«computadora», «celular»",
        r"\b(?:Obras Públicas|Parques|Departamento): ": "«la oficina de Obras Públicas (Calles)»",
        r"\bsolo la ciudad ve\b|\batiende toda la noche\b|^usted es:|\busted salió\b|¿y en mi dirección\?": (
            "«Solo lo ve la ciudad», «Llame a este número, de día o de noche», «Sesión iniciada como»"
        ),
        r"\bcómo le encontramos\b|\bcanal \(Atom\)": "«cómo comunicarnos con usted», «Fuente RSS»",
    }
)
