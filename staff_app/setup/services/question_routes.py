"""Where a service's questions lead: each in words, and all of them as a picture of boxes and arrows, drawn without a script.

Questions are below each other, those that depend on an answer indented. Next to an answer is what it does: it stops the form, asks
another question, or changes something. The list of questions next to the picture says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.rules.shared import question_kinds
from staff_app.setup.services import answer_effects
from staff_app.setup.services.editing import Definition, Editing

WIDTH = 640
INDENT, DEPTH_MAX = 26, 4
BOX_WIDTH, ANSWER_WIDTH, GAP = 330, 190, 22
LINE, PADDING, ANSWER_HEIGHT, LANE = 17, 9, 34, 9
LINES_MAX = 2
# The width of a letter of the picture's text in a wide font; of a question and a stop, which are bold.
LETTER, BOLD_LETTER = 7.2, 8.0


@dataclass(frozen=True)
class Answer:
    """sentence: what it does, empty if nothing. parts: the same, part by part (answer_effects.py), in words in `texts`."""

    label: str
    sentence: str = ""
    parts: Sequence[str] = ()
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class QuestionRow:
    """number: from 1. condition: when it's asked, in words; empty if always. depends_on: the code of that question."""

    number: int
    code: str
    text: str
    kind: str
    required: bool
    visibility: str
    condition: str
    depends_on: str
    answers: Sequence[Answer]
    is_last: bool

    @property
    def is_first(self) -> bool:
        return self.number == 1


@dataclass(frozen=True)
class Box:
    """In units of the picture. look: question, answer, stop, effect or end. title: the whole text, which lines may cut."""

    look: str
    x: float
    y: float
    width: float
    height: float
    lines: Sequence[tuple[float, str]]
    title: str

    @property
    def text_x(self) -> float:
        return self.x + PADDING


@dataclass
class Picture:
    """arrows: the `d` of SVG paths; asks: those from an answer to the question it asks."""

    height: float = 0
    width: int = WIDTH
    boxes: list[Box] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)


def question_rows(editing: Editing) -> list[QuestionRow]:
    """Each question with its condition and its answers' effects in words."""
    questions: list[Definition] = list(editing.definition.get("questions") or [])
    linked = answer_effects.linked_in(editing.city, questions)
    by_code = {question["code"]: question for question in questions}
    kinds = question_kinds.KINDS
    return [
        QuestionRow(
            number=number,
            code=question["code"],
            text=localized(question.get("text")) or question["code"],
            kind=str(kinds[question["kind"]].name) if question["kind"] in kinds else question["kind"],
            required=question.get("required", False),
            visibility=question.get("visibility", "staff"),
            condition=_condition(question, by_code),
            depends_on=(question.get("show_if") or {}).get("question", ""),
            answers=_answers(question, questions, linked),
            is_last=number == len(questions),
        )
        for number, question in enumerate(questions, start=1)
    ]


def _condition(question: Definition, by_code: Mapping[str, Definition]) -> str:
    show_if = question.get("show_if") or {}
    if not show_if:
        return ""
    parent = by_code.get(show_if["question"], {})
    labels = {str(option["value"]): localized(option["label"]) for option in parent.get("options") or []}
    answers = _(" or ").join(f"“{labels.get(str(value), value)}”" for value in show_if.get("values", []))
    names = {"question": localized(parent.get("text")) or show_if["question"], "answers": answers}
    return _("Asked only if “%(question)s” is %(answers)s") % names


def _answers(question: Definition, questions: list[Definition], linked: answer_effects.Linked) -> list[Answer]:
    asks = answer_effects.asks_of(questions, question["code"])
    answers = []
    for option in question.get("options") or []:
        effects = option.get("effects") or {}
        parts, target = (
            answer_effects.parts_of(effects, asks.get(str(option["value"]), [])),
            effects.get("resolve_target"),
        )
        texts = [linked.part(part, target) for part in parts]
        answers.append(Answer(localized(option["label"]), linked.sentence(parts, target), parts, texts))
    return answers


# --- The picture ------------------------------------------------------------------------------------------------------


def picture_of(rows: Sequence[QuestionRow]) -> Picture | None:
    """None if there is nothing to draw."""
    if not rows:
        return None
    picture = Picture()
    depths = _depths(rows)
    lanes = _lanes(rows)
    right = WIDTH - 8 - LANE * (max(lanes.values(), default=-1) + 1)
    questions: dict[str, Box] = {}
    starts: list[tuple[str, float, float]] = []
    y, before = 8.0, None
    for row in rows:
        x = 8.0 + INDENT * depths[row.code]
        box = _box("question", x, y, BOX_WIDTH - INDENT * depths[row.code], f"{row.number}. {row.text}")
        picture.boxes.append(box)
        questions[row.code] = box
        if not row.depends_on:
            if before is not None:
                picture.arrows.append(_down(before, box))
            before = box
        y = box.y + box.height + 6
        for answer in row.answers:
            if not answer.parts:
                continue
            asked = [part.removeprefix("ask:") for part in answer.parts if part.startswith("ask:")]
            y = _draw_answer(picture, answer, x + INDENT, y, right, asks=bool(asked))
            starts += [(code, picture.boxes[-1].x + picture.boxes[-1].width, y - ANSWER_HEIGHT / 2) for code in asked]
        y += GAP
    end = _box("end", 8.0, y, BOX_WIDTH, _("Contact details, and send"))
    picture.boxes.append(end)
    picture.arrows += [_down(before, end)] if before is not None else []
    for code, from_x, from_y in starts:
        target, lane = questions[code], WIDTH - 8 - LANE * lanes[code]
        to_y = target.y + target.height / 2
        picture.asks.append(f"M{from_x:g} {from_y:g}H{lane:g}V{to_y:g}H{target.x + target.width + 1:g}")
    picture.height = end.y + end.height + 8
    return picture


def _draw_answer(picture: Picture, answer: Answer, x: float, y: float, right: float, *, asks: bool) -> float:
    """An answer and, behind an arrow, what it does. Returns where the next one begins."""
    height = ANSWER_HEIGHT - 6
    chip = _box("answer", x, y, ANSWER_WIDTH, answer.label, lines_max=1)
    picture.boxes.append(chip)
    texts = [
        text for part, text in zip(answer.parts, answer.texts, strict=True) if not (asks and part.startswith("ask:"))
    ]
    if texts:
        left = chip.x + chip.width + GAP
        look = "stop" if "stop" in answer.parts else "effect"
        picture.boxes.append(_box(look, left, y, right - left - 8, _(" and ").join(texts), lines_max=1))
        picture.arrows.append(f"M{chip.x + chip.width:g} {y + height / 2:g}H{left:g}")
    return y + ANSWER_HEIGHT


def _box(look: str, x: float, y: float, width: float, text: str, *, lines_max: int = LINES_MAX) -> Box:
    letter = BOLD_LETTER if look in ("question", "stop") else LETTER
    lines = _wrapped(text, int((width - 2 * PADDING) / letter), lines_max)
    height = len(lines) * LINE + 2 * PADDING - (6 if lines_max == 1 else 0)
    first = y + height / 2 - (len(lines) - 1) * LINE / 2 + 4.5
    return Box(look, x, y, width, height, [(first + LINE * number, line) for number, line in enumerate(lines)], text)


def _wrapped(text: str, letters: int, lines_max: int) -> list[str]:
    """The text in lines of at most so many letters; what doesn't fit ends with “…”."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= letters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = lines[:lines_max]
    if len(lines) > lines_max:
        kept[-1] = f"{kept[-1]} {lines[lines_max]}"
    return [line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…" for line in kept]


def _down(upper: Box, lower: Box) -> str:
    """From a question that is always asked to the next one, left of those between them."""
    return f"M{upper.x + 12:g} {upper.y + upper.height:g}V{lower.y:g}"


def _depths(rows: Sequence[QuestionRow]) -> dict[str, int]:
    """How far each question is indented: one more than the question that it depends on."""
    depths: dict[str, int] = {}
    for row in rows:
        depths[row.code] = min(depths.get(row.depends_on, 0) + 1, DEPTH_MAX) if row.depends_on else 0
    return depths


def _lanes(rows: Sequence[QuestionRow]) -> dict[str, int]:
    """The lane at the right edge for the arrows to each question that an answer asks; those of one lane don't overlap."""
    number = {row.code: row.number for row in rows}
    ends: list[int] = []
    lanes: dict[str, int] = {}
    for row in rows:
        asked = {
            part.removeprefix("ask:") for answer in row.answers for part in answer.parts if part.startswith("ask:")
        }
        for code in sorted(asked, key=lambda code: number[code]):
            lane = next((at for at, end in enumerate(ends) if end < row.number), len(ends))
            lanes[code] = lane
            ends[lane : lane + 1] = [number[code]]
    return lanes
