"""How much personal data the check finds in a city's texts, and how many false alarms it raises:
bin/test tests/benchmarks/personal_data.py -s.

Phone numbers, license plates and names are planted in residents' real texts, at random places with a fixed seed, written in all
the ways people write them. None of the planted names was used to write the rules or their tests. The texts as they are show
its false alarms: what truly is personal data was judged by hand, and is left out by its hash, since the texts are
not ours to publish.
"""

import csv
import gzip
import hashlib
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from requests_app.rules.publication import personal_data
from requests_app.rules.publication.personal_data import Kind
from tests.real_data import real_data

SEED = 311
PLANTED = 1500
# The least share to find, and the largest share of texts with a false alarm.
BARS = {Kind.PHONE: 0.99, Kind.PLATE: 0.90, Kind.NAME: 0.60}
FALSE_ALARMS = 0.005
# The mean time for a text, in milliseconds.
MS_MAX = 5


@dataclass(frozen=True)
class Plant:
    """A value of a kind, in a text. way: how it is written, to tell which ways are missed."""

    kind: Kind
    way: str
    text: str
    start: int
    value: str

    @property
    def is_found(self) -> bool:
        """Whether all letters and digits of the value are marked, as whatever kind."""
        marked = {at for found in personal_data.find(self.text) for at in range(found.start, found.end)}
        return all(at in marked for at in range(self.start, self.start + len(self.value)) if self.text[at].isalnum())


# --- Phone numbers ----------------------------------------------------------------------------------------------------

# a: area code, e: exchange, n: the last four digits. "|" ends the number itself: an extension may be left over.
PHONES = {
    "hyphens": "{a}-{e}-{n}",
    "parentheses": "({a}) {e}-{n}",
    "parentheses, tight": "({a}){e}-{n}",
    "parentheses, hyphen": "({a})-{e}-{n}",
    "dots": "{a}.{e}.{n}",
    "spaces": "{a} {e} {n}",
    "no separator": "{a}{e}{n}",
    "slash": "{a}/{e}-{n}",
    "mixed": "{a}-{e} {n}",
    "space, then hyphen": "{a} {e}-{n}",
    "loose hyphens": "{a} - {e} - {n}",
    "two groups": "{a} {e}{n}",
    "two groups, hyphen": "{a}-{e}{n}",
    "parentheses, two groups": "({a}) {e}{n}",
    "country code": "+1 {a} {e} {n}",
    "country code, hyphens": "+1-{a}-{e}-{n}",
    "country code, tight": "+1{a}{e}{n}",
    "country code, parentheses": "+1 ({a}) {e}-{n}",
    "long distance": "1-{a}-{e}-{n}",
    "long distance, spaces": "1 {a} {e} {n}",
    "long distance, parentheses": "1({a}) {e}-{n}",
    "long distance, dots": "1.{a}.{e}.{n}",
    "en dashes": "{a}–{e}–{n}",
    "extension": "{a}-{e}-{n}| ext. 12",
    "extension, x": "{a}-{e}-{n}| x204",
    "underscores": "{a}_{e}_{n}",
    "commas": "{a}, {e}, {n}",
    "half a parenthesis": "{a}) {e}-{n}",
}
# Only where the words around it say that it is a phone number.
SAID_PHONES = {
    "pairs": "{a} {e} {n[0]}{n[1]} {n[2]}{n[3]}",
    "odd groups": "{a}{e[0]} {e[1]}{e[2]}{n[0]} {n[1]}{n[2]}{n[3]}",
    "pairs from the start": "{a[0]}{a[1]} {a[2]}{e[0]} {e[1]}{e[2]} {n[0]}{n[1]} {n[2]}{n[3]}",
    "digit by digit": "{a[0]} {a[1]} {a[2]} {e[0]} {e[1]} {e[2]} {n[0]} {n[1]} {n[2]} {n[3]}",
    "digit by digit, hyphens": "{a[0]}-{a[1]}-{a[2]}-{e[0]}-{e[1]}-{e[2]}-{n[0]}-{n[1]}-{n[2]}-{n[3]}",
    "local, hyphen": "{e}-{n}",
    "local, space": "{e} {n}",
    "local, dot": "{e}.{n}",
    "local, no separator": "{e}{n}",
}
SAYING_PHONE = (
    "Call me at {}.", "call me at {}", "My number is {}", "my cell is {} thanks", "Please call {} before coming.", "Phone: {}",
    "tel {}", "You can reach me at {}.", "text {} for the gate code", "contact {}", "Contact number {}", "my phone number is {}.",
    "give me a call {}", "Cell # {}", "cell: {}", "ph# {}", "ph. {}", "Owner's phone number is {}", "if any questions call {}",
    "pls call back at {}", "call or text {}", "can be reached at {}", "His number is {}.", "Mi teléfono es {}.", "mi cel es {}",
    "Llámeme al {}", "llamar al {} por favor", "mi número es {}", "Tel. {}", "marque al {}", "me pueden llamar al {}",
    "comunicarse al {}", "whatsapp {}", "número de contacto: {}",
)  # fmt: skip
WITHOUT_SAYING = ("{}", "({})", "thanks {}", "- {}", "Owner {}", "sign on the truck says {}", "Gracias, {}")
AREA_CODES = (
    "617",
    "857",
    "781",
    "508",
    "978",
    "413",
    "212",
    "646",
    "305",
    "773",
    "213",
    "787",
    "401",
    "603",
    "202",
    "339",
)


def a_phone(rng: random.Random) -> tuple[str, str, str]:
    """The way, the number as written, and the words around it."""
    way = rng.choice([*PHONES, *SAID_PHONES])
    digits = {
        "a": rng.choice(AREA_CODES),
        "e": f"{rng.randint(2, 9)}{rng.randint(0, 99):02}",
        "n": f"{rng.randint(0, 9999):04}",
    }
    said = way in SAID_PHONES or rng.random() < 0.7
    return way, (PHONES | SAID_PHONES)[way].format(**digits), rng.choice(SAYING_PHONE if said else WITHOUT_SAYING)


# --- License plates ---------------------------------------------------------------------------------------------------

# A: a letter, 0: a digit.
PLATES = (
    "0AAA00", "000 AA0", "0AA A00", "000AA0", "0AAA 00", "AA 0000", "000 AAA", "AAA 000", "AAA-0000", "AAA 0000", "AAA0000",
    "0AAA000", "AAA-000", "000-AAA", "AA 00000", "AA-00000", "A00 AAA", "A00-AAA", "00A AAA", "AA0 A0A", "AAA A00", "000 0000",
    "0000 AA", "0AA0000", "AA-000", "00AA000", "A0000A", "AA 00 000", "0000AA", "00000A",
)  # fmt: skip
STATES = ("MA", "NH", "RI", "CT", "NY", "NJ", "ME", "VT", "FL", "TX", "CA", "PA", "Mass", "New York", "Florida", "mass")
SAYING_PLATE = (
    "plate {}", "Plate: {}", "plate # {}", "Plate #{}", "license plate {}", "License plate number {}", "license plate is {}",
    "lic plate {}", "lic. {}", "Lic# {}", "tag {}", "tag # {}", "tag number {}", "{s} plate {}", "{s} plates {}", "{s} tag {}",
    "plate {s} {}", "plate number: {s} {}", "Reg. {}", "reg {s} {}", "registration {}", "license {}", "license # {}",
    "with license plate {s} {}", "MA reg {}", "plates: {}", "plate no. {}", "Placa {}", "placa: {}", "con placa {}", "placas {}",
    "la placa es {}", "número de placa {}", "matrícula {}", "tablilla {}", "Vehicle License Plate Registration: {}",
    "white van, {s} plate {}", "a gray Honda Civic ({s} {})", "black Ford truck {s} {}", "silver Toyota, {s} # {}",
)  # fmt: skip
# The form's own words, before the field of the plate, and after it.
FIELDS = (
    "License Plate number if available: {} | License Plate State if available: MA",
    "Color: Black | Vehicle License Plate Registration: {} | Vehicle License Plate State: MA",
    "Make: Honda | License plate: {} | State: RI",
    "Plate number: {}",
    "Placa del vehículo: {} | Color: rojo",
    "What is the license plate? {} | What color is it? Blue",
)


def a_plate(rng: random.Random, form: str = "") -> str:
    plate = re.sub(
        "[A0]",
        lambda match: rng.choice("ABCDEFGHJKLMNPRSTVWXYZ" if match[0] == "A" else "0123456789"),
        form or rng.choice(PLATES),
    )
    return plate.lower() if rng.random() < 0.3 else plate


# --- Names ------------------------------------------------------------------------------------------------------------

# Full names of all kinds of Americans. Written for this list alone: neither the rules nor their tests were tuned on them.
NAMES = """
    Walter Brzezinski; Keisha Thibodeaux; Desmond Okafor; Yolanda Quiñones; Raymond Tedesco; Imani Broadnax; Cheryl Lindqvist;
    Thuy Nguyen; Darnell Gaines; Patricia Fitzgerald; Ramon Villanueva; Sheila McGonagle; Hector Zamora; Ngozi Eze; Lamar Peebles;
    Eileen Donoghue; Joaquin Rosario; Beatriz Carvalho; Gerald Novak; Tyrone Whitlock; Marisol Cordero; Kathleen Sweeney;
    Rosalind Pinckney; Ahmed Siddiqui; Wei Zhang; Priya Raman; Bridget Halloran; Otis Crenshaw; Lourdes Palacios; Vincent Carbone;
    Guadalupe Trejo; Leroy Stubbs; Fatima Haddad; Doris Kowalczyk; Efrain Maldonado; Tamika Boyd; Ronald Gagnon; Xiomara Peralta;
    Clarence Dupree; Maureen Costigan; Jamal Hutchins; Stanley Wojcik; Esperanza Duarte; Roland Beaulieu; Nadia Petrova;
    Cornelius Tate; Mei Ling Chow; Alejandro Figueroa; Bernice Hathaway; Dominic Santangelo; Latoya Merriweather; Harold Eisenberg;
    Graciela Montoya; Fergus Delaney; Kwame Asante; Paulette Arsenault; Rigoberto Salinas; Edith Crowley; Malik Underwood;
    Svetlana Orlova; Norberto Pagan; Geraldine Mulvey; Tariq Mahmood; Josephine DiNapoli; Demetrius Holloway; Altagracia Mejia;
    Chester Olson; Nkechi Obi; Rocco Petrillo; Myrtle Vandenberg; Anselmo Bautista; Deborah Feinstein; Terrence Gilchrist;
    Milagros Santana; Lorraine Pelletier; Hung Tran; Osvaldo Rivas; Winifred Ashby; Curtis Yarbrough; Ileana Cabrera; Seamus Twomey
"""
SAYING_NAME = (
    # Full names.
    "My neighbor {f} does this every week.", "my name is {f}", "My name is {f}.", "I spoke with {f} about it.", "Spoke to {f}.",
    "Please contact {f}.", "contact person {f}", "the owner is {f}", "Owner: {f}", "owner's name is {f}", "{f} lives next door.",
    "It belongs to {f}", "The landlord, {f}, refuses to fix it.", "This is {f} from across the street", "Thank you, {f}", "- {f}",
    "Sincerely, {f}", "Reported by {f}.", "{f} told me to call.", "the tenant {f} complained", "ask {f}", "per {f}",
    "Constituent {f} called about this.", "my mother {f} fell here", "{f} parks here every night.", "Caller's name is {f}",
    # Given names.
    "ask for {g}", "Ask for {g}.", "I talked to {g} at city hall", "my neighbor {g} saw it", "his name is {g}", "thanks, {g}",
    "Thanks {g}", "my husband {g} tripped", "call {g}", "the super {g} won't do anything", "a guy named {g}",
    "Contact {g} at the office", "My son {g} fell.", "the lady upstairs, {g}, said so", "{g} next door does it",
    # Surnames, with a title.
    "Mrs. {s} lives here.", "Mr. {s} parks there.", "mr {s} next door", "Ms. {s} called twice.", "Mr and Mrs {s}",
    "Dr. {s} is away", "the {s} family", "Officer {s} came by.", "spoke to Ms {s}",
    # Spanish.
    "Mi vecino {f} tira basura.", "Me llamo {f}.", "mi nombre es {f}", "Soy {f}.", "la señora {s} vive ahí", "el señor {f}",
    "Sr. {s}", "doña {g}", "pregunte por {g}", "hablé con {f}", "Gracias, {f}", "El dueño es {f}", "mi esposo {g} se cayó",
    "la vecina {g} lo vio", "Atentamente, {f}", "llamar a {g}", "don {g}",
)  # fmt: skip


def a_name(rng: random.Random) -> tuple[str, str]:
    """The name as written, and the words around it. One in five is all in lower case, one in twenty all in capitals."""
    words = rng.choice(SAYING_NAME)
    full = rng.choice([name.strip() for name in NAMES.split(";")])
    part = re.search(r"\{(.)\}", words)
    value = {"f": full, "g": full.split()[0], "s": full.split()[-1]}[part[1] if part else "f"]
    words = re.sub(r"\{.\}", "{}", words)
    at = rng.random()
    if at < 0.2:
        return value.lower(), words.lower()
    return (value.upper(), words.upper()) if at < 0.25 else (value, words)


# --- Planting ---------------------------------------------------------------------------------------------------------


def read_rows() -> list[tuple[str, str]]:
    """Each real text, with the number of its report."""
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        return [(row["service_request_id"], row["description"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    return read_rows()


def planted(kind: Kind, way: str, text: str, words: str, value: str, rng: random.Random) -> Plant:
    """The words, with the value in them, at a random gap between two words of the text."""
    gaps = [0, *(match.start() for match in re.finditer(r"\s", text)), len(text)]
    gap = rng.choice(gaps)
    before = f"{text[:gap]} {words.partition('{}')[0]}".lstrip()
    number, _, rest = value.partition("|")
    after = f"{rest}{words.partition('{}')[2]} {text[gap:].lstrip()}".rstrip()
    return Plant(kind, way, before + number + after, len(before), number)


def phones(texts: list[str], rng: random.Random) -> Iterator[Plant]:
    for text in rng.choices(texts, k=PLANTED):
        way, value, words = a_phone(rng)
        yield planted(Kind.PHONE, way, text, words, value, rng)


def plates(texts: list[str], rng: random.Random) -> Iterator[Plant]:
    for text in rng.choices(texts, k=PLANTED // 2):
        words = rng.choice(SAYING_PLATE).replace("{s}", rng.choice(STATES))
        yield planted(Kind.PLATE, re.sub(r"\{.*", "", words) or words, text, words, a_plate(rng), rng)


def plates_in_fields(texts: list[str], rng: random.Random) -> Iterator[Plant]:
    """In the field where the city's form asks for it, and in the fields of other forms."""
    of_form = [text for text in texts if re.search(r": \[PLATE\]", text)]
    for number in range(PLANTED // 2):
        plate = a_plate(rng)
        if number % 2:
            text = rng.choice(of_form)
            start = text.index(": [PLATE]") + 2
            yield Plant(Kind.PLATE, "field", text[:start] + plate + text[start + len("[PLATE]") :], start, plate)
        else:
            words, text = rng.choice(FIELDS), rng.choice(texts).partition(" | ")[0]
            before = f"{text} | {words.partition('{}')[0]}"
            yield Plant(Kind.PLATE, "field", before + plate + words.partition("{}")[2], len(before), plate)


def names(texts: list[str], rng: random.Random) -> Iterator[Plant]:
    for text in rng.choices(texts, k=PLANTED):
        value, words = a_name(rng)
        yield planted(Kind.NAME, words, text, words, value, rng)


PLANTS: list[tuple[Kind, Callable[[list[str], random.Random], Iterator[Plant]]]] = [
    (Kind.PHONE, phones),
    (Kind.PLATE, plates),
    (Kind.PLATE, plates_in_fields),
    (Kind.NAME, names),
]


def texts_for(rows: list[tuple[str, str]], plant: Callable[..., Iterator[Plant]]) -> list[str]:
    """The texts to plant in: for form fields, those with a mark where the city's form had a plate; otherwise those without."""
    return [text for _, text in rows if text.strip() and (plant is plates_in_fields or "[" not in text)]


@pytest.mark.parametrize(("kind", "plant"), PLANTS)
def test_what_is_planted_is_found(
    rows: list[tuple[str, str]], kind: Kind, plant: Callable[[list[str], random.Random], Iterator[Plant]]
) -> None:
    plants = list(plant(texts_for(rows, plant), random.Random(SEED)))
    missed = [one for one in plants if not one.is_found]
    recall = 1 - len(missed) / len(plants)
    print(f"\n{plant.__name__.replace('_', ' ')}: {recall:.3f} of {len(plants)} found (at least {BARS[kind]})")
    ways: dict[str, list[str]] = {}
    for one in missed:
        ways.setdefault(one.way, []).append(one.value)
    for way, values in sorted(ways.items(), key=lambda item: -len(item[1]))[:25]:
        print(f"  missed {len(values):3}  {way}: {', '.join(values[:4])}")
    assert recall >= BARS[kind]


# --- False alarms -----------------------------------------------------------------------------------------------------

# Findings that are personal data, judged by hand: names of residents, owners and city employees, phone numbers, plates. Names of
# politicians and celebrities, and of shops and places, count as false alarms.
TRULY_PERSONAL = frozenset(
    [
        "02a0254258",
        "02d15f0b92",
        "06cdd9d097",
        "073233fac3",
        "0b3d6a555f",
        "0be4c8cfc8",
        "147929e4da",
        "15b42e5aad",
        "1ee5cd40db",
        "2687cdf72f",
        "2ebf3241c7",
        "38a863ef6a",
        "3c3106881a",
        "3d0701c49e",
        "418d81f9a7",
        "4cdc2d58c2",
        "50ab8ef20b",
        "5308436879",
        "5750d73aa5",
        "57ed72eae9",
        "59af90ec15",
        "5cf7b73e98",
        "5ebfef3a06",
        "65e917b0ef",
        "6c376bf878",
        "74ce10bdbc",
        "7dfecfb684",
        "7e0396c46d",
        "843dcd9584",
        "8c2d757c84",
        "8cb3350075",
        "8ccb446355",
        "9d2189241f",
        "a0b49c9e1a",
        "a1ffaf1013",
        "ad071e78cd",
        "b249289973",
        "bd93e89d0d",
        "d0eecb1846",
        "d240e1fa39",
        "d2a48a3746",
        "d2e2c09354",
        "dca840b4c1",
        "dfda9a16bb",
        "e18cc16052",
        "e77274d279",
        "e7c1f29821",
        "f0b423b05a",
        "f62a34d594",
        "f6f1eb0a56",
        "fa2df337f4",
        "fd1a4b2179",
        "ff38a17153",
    ]
)


def key_of(row_id: str, found: personal_data.Finding) -> str:
    return hashlib.sha256(f"{row_id} {found.kind} {found.text}".encode()).hexdigest()[:10]


def test_ordinary_texts_are_left_alone(rows: list[tuple[str, str]]) -> None:
    began = time.perf_counter()
    findings = [(row_id, text, personal_data.find(text)) for row_id, text in rows]
    ms = (time.perf_counter() - began) * 1000 / len(rows)
    false_alarms = []
    for row_id, text, found in findings:
        wrong = [one for one in found if key_of(row_id, one) not in TRULY_PERSONAL]
        if wrong:
            false_alarms.append((row_id, text, wrong))
    true = sum(bool(found) for _, _, found in findings) - len(false_alarms)
    share = len(false_alarms) / len(rows)
    print(
        f"\n{len(false_alarms)} of {len(rows)} texts with a false alarm ({share:.2%}), {true} rightly; {ms:.2f} ms a text"
    )
    for row_id, text, wrong in false_alarms:
        for one in wrong:
            around = " ".join(text[max(0, one.start - 50) : one.end + 40].split())
            print(f"  {key_of(row_id, one)} {one.kind:5} {one.text!r}  in: {around}")
    assert share <= FALSE_ALARMS
    assert ms <= MS_MAX
