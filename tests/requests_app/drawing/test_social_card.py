"""The picture of a shared link: its size, its letters' contrast, that all has room, and that the same card is the same picture."""

import io
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from requests_app import branding
from requests_app.drawing import colors, social_card
from requests_app.drawing.social_card import SocialCard
from tests.factories import jurisdiction

SVG = "{http://www.w3.org/2000/svg}"
CARD = SocialCard("A pothole, gone by Friday", "Good work in Rivermark", "Rivermark 311")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def texts(card: SocialCard) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(social_card.svg(card)).iter(f"{SVG}text"))  # noqa: S314  (our own)


def test_a_card_is_a_png_of_1200_by_630_with_its_words_on_it() -> None:
    picture = Image.open(io.BytesIO(social_card.png(CARD))).convert("RGB")
    assert (picture.format or "PNG", picture.size) == ("PNG", (1200, 630))
    assert picture.getpixel((2, 2)) == colors.parse(social_card.HEADER, "")
    empty = Image.open(io.BytesIO(social_card.png(SocialCard("", "", "Rivermark 311")))).convert("RGB")
    below_the_bar = (0, social_card.BAR, 1200, 616)
    assert len(empty.crop(below_the_bar).getcolors() or []) == 1
    assert len(picture.crop(below_the_bar).getcolors(maxcolors=10_000) or []) > 10


def test_the_same_card_is_the_same_picture_and_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = social_card.png(CARD)
    monkeypatch.setattr(social_card, "svg", lambda _card: pytest.fail("It is drawn again."))
    assert social_card.png(SocialCard("A pothole, gone by Friday", "Good work in Rivermark", "Rivermark 311")) == first
    monkeypatch.undo()
    cache.clear()
    assert social_card.png(CARD) == first


@pytest.mark.parametrize(
    "other",
    [
        SocialCard("A pothole, gone by Monday", CARD.line, CARD.city),
        SocialCard(CARD.title, "Good work", CARD.city),
        SocialCard(CARD.title, CARD.line, "Eastbank 311"),
        SocialCard(CARD.title, CARD.line, CARD.city, "#7a1f1f"),
        SocialCard(CARD.title, CARD.line, CARD.city, seal=b"\x89PNG"),
        # The same letters, in other fields.
        SocialCard(CARD.title + CARD.line, "", CARD.city),
    ],
)
def test_another_card_has_another_version(other: SocialCard) -> None:
    assert other.version != CARD.version


@given(st.tuples(*[st.integers(0, 255)] * 3))
@example((118, 118, 118))
@example((117, 117, 117))
def test_the_city_s_name_can_be_read_on_any_color(header: tuple[int, int, int]) -> None:
    assert colors.contrast(social_card.ink_on(header), header) >= 4.5


def test_the_words_on_white_can_be_read() -> None:
    for color in (social_card.INK, social_card.SOFT_INK):
        assert colors.contrast(colors.parse(color, ""), colors.WHITE) >= 4.5


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=120))
@example("W" * 400, "w" * 400, "M" * 200)
@example("<script>&\"'", "]]>", "& Co.")
def test_no_words_leave_the_picture(title: str, line: str, city: str) -> None:
    title, line, city = ("".join(letter for letter in text if letter.isprintable()) for text in (title, line, city))
    card = SocialCard(title, line, city, seal=b"\x89PNG")
    for text in texts(card):
        font = ImageFont.truetype(social_card.BOLD_FILE, int(text.get("font-size", "0")))
        assert int(text.get("x", "0")) + font.getlength(text.text or "") <= social_card.WIDTH - social_card.MARGIN + 1
        assert int(text.get("y", "0")) <= social_card.HEIGHT - 24


def test_a_short_title_is_larger_than_a_long_one_and_a_long_one_is_whole() -> None:
    long = "The drain on the corner floods no more, since the crew found the root that had grown through the old pipe"
    sizes = {title: int(texts(SocialCard(title, "", ""))[1].get("font-size", "0")) for title in ("Fixed", long)}
    assert sizes["Fixed"] > sizes[long]
    assert " ".join(text.text or "" for text in texts(SocialCard(long, "", ""))[1:]) == long


@pytest.mark.django_db
def test_a_city_s_card_has_its_name_color_and_seal() -> None:
    city = jurisdiction()
    plain = branding.social_card(city, "Fixed", "Good work")
    assert (plain.city, plain.header) == ("Rivermark 311", social_card.HEADER)
    assert plain.seal.startswith(b"\x89PNG"), "without a seal of its own, the usual one"
    city.branding = {"colors": {"header": "#7a1f1f"}, "seal_url": branding.encoded_seal("jpg", b"\xff\xd8jpeg")}
    own = branding.social_card(city, "Fixed", "Good work")
    assert (own.header, own.seal) == ("#7a1f1f", b"\xff\xd8jpeg")
    # One that can't be drawn is left out, and a color that is none is the usual one.
    city.branding = {"colors": {"header": "red;}"}, "seal_url": branding.encoded_seal("webp", b"RIFF")}
    assert branding.social_card(city, "Fixed", "").seal == b""
    assert social_card.png(branding.social_card(city, "Fixed", "")).startswith(b"\x89PNG")
