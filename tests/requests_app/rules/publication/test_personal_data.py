"""Personal data in public text is found; ordinary parts of reports are left alone."""

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from requests_app.rules.publication import personal_data
from requests_app.rules.publication.personal_data import Kind, find
from tests.benchmarks import personal_data as benchmark

pytestmark = pytest.mark.shows("4.17")

HITS = [
    # Email addresses
    ("Write to ana@example.org please", "email", "ana@example.org"),
    ("Ana.Lopez+311@mail.example.co.uk.", "email", "Ana.Lopez+311@mail.example.co.uk"),
    ("(o'neil_7@example.com)", "email", "o'neil_7@example.com"),
    ("correo: jose@correo.example", "email", "jose@correo.example"),
    ("mailto:ana@example.org", "email", "ana@example.org"),
    ("ana at example dot com", "email", "ana at example dot com"),
    ("ana (at) example (dot) org", "email", "ana (at) example (dot) org"),
    ("ana arroba ejemplo punto com", "email", "ana arroba ejemplo punto com"),
    ("write to ana.lopez [at] example.org", "email", "ana.lopez [at] example.org"),
    ("ana(arroba)correo.ejemplo.mx, gracias", "email", "ana(arroba)correo.ejemplo.mx"),
    ("123 45 6789 is my social", "ssn", "123 45 6789"),
    ("123456789 es mi número de seguro social", "ssn", "123456789"),
    ("josé@ejemplo.mx", "email", "josé@ejemplo.mx"),
    # Phone numbers
    ("Call me at 555-010-0199 please", "phone", "555-010-0199"),
    ("Call (617) 555-0142.", "phone", "(617) 555-0142"),
    ("(617)555-0142", "phone", "(617)555-0142"),
    ("617.555.0142 after 5", "phone", "617.555.0142"),
    ("617 555 0142", "phone", "617 555 0142"),
    ("617–555–0142", "phone", "617–555–0142"),
    ("+1 617 555 0142", "phone", "+1 617 555 0142"),
    ("1-800-555-0142", "phone", "1-800-555-0142"),
    ("617-555-0142 ext. 12", "phone", "617-555-0142 ext. 12"),
    ("617-555-0142 x7", "phone", "617-555-0142 x7"),
    ("my number is 6175550142", "phone", "6175550142"),
    ("16175550142", "phone", "16175550142"),
    ("555-0142", "phone", "555-0142"),
    ("call 555 0142 any time", "phone", "555 0142"),
    ("Llámeme al 555.0142", "phone", "555.0142"),
    ("mi celular es 55-5010-0199, o 617-555-0142", "phone", "617-555-0142"),
    ("+52 55 1234 5678", "phone", "+52 55 1234 5678"),
    ("+44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958"),
    ("text me 617-555-0142", "phone", "617-555-0142"),
    ("+16175550142", "phone", "+16175550142"),
    ("(+44) 20 7946 0958", "phone", "(+44) 20 7946 0958"),
    ("617-555-0142x33", "phone", "617-555-0142x33"),
    ("https://wa.me/16175550142", "phone", "16175550142"),
    ("617/555-0142", "phone", "617/555-0142"),
    ("My sister ((617) 555-0142) saw it", "phone", "(617) 555-0142"),
    ("(617) 5550142", "phone", "(617) 5550142"),
    ("617 5550142", "phone", "617 5550142"),
    ("617_555_0142", "phone", "617_555_0142"),
    ("617 - 555 - 0142", "phone", "617 - 555 - 0142"),
    ("1.617.555.0142", "phone", "1.617.555.0142"),
    ("apt 5 617-555-0142", "phone", "617-555-0142"),
    ("Cell # 555-0142", "phone", "555-0142"),
    ("call 5550142", "phone", "5550142"),
    ("text me at 6 1 7 5 5 5 0 1 4 2", "phone", "6 1 7 5 5 5 0 1 4 2"),
    ("llame al 617 555 01 42", "phone", "617 555 01 42"),
    ("ph# 6175 550 142", "phone", "6175 550 142"),
    ("six one seven five five five oh one four two", "phone", "six one seven five five five oh one four two"),
    (
        "seis uno siete cinco cinco cinco cero uno cuatro dos",
        "phone",
        "seis uno siete cinco cinco cinco cero uno cuatro dos",
    ),
    # License plates
    ("tag 482 KLM", "plate", "482 KLM"),
    ("MA reg 4kl 928", "plate", "4kl 928"),
    ("license # KLM-482", "plate", "KLM-482"),
    ("black Honda, MA 123 ABC, on the walk", "plate", "123 ABC"),
    ("a gray Civic (NH 482 7713)", "plate", "482 7713"),
    ("plate klm 4821 is parked here", "plate", "klm 4821"),
    ("License Plate number if available: KLM82 | License Plate State if available: MA", "plate", "KLM82"),
    ("Color: Red | Plate: GOFISH | State: RI", "plate", "GOFISH"),
    ("con placa klm-482", "plate", "klm-482"),
    ("A van with plate ABC 1234 blocks the hydrant", "plate", "ABC 1234"),
    ("license plate 7ABC123", "plate", "7ABC123"),
    ("License plate number is ABC-1234.", "plate", "ABC-1234"),
    ("MA plate 1AB 234 is there every night", "plate", "1AB 234"),
    ("plate: 4kl9281", "plate", "4kl9281"),
    ("plates 123456", "plate", "123456"),
    ("Texas plate BX7 K412", "plate", "BX7 K412"),
    ("New York plates HXR-2210", "plate", "HXR-2210"),
    ("lic # 8XYZ321", "plate", "8XYZ321"),
    ("temp tag B482913", "plate", "B482913"),
    ("placas ABC-123-D", "plate", "ABC-123-D"),
    ("La placa del carro es 7XKR214", "plate", "7XKR214"),
    ("matrícula 1234 BCD", "plate", "1234 BCD"),
    ("An abandoned Honda, 7ABC123, at the curb", "plate", "7ABC123"),
    ("The white truck ABC-1234 dumps trash", "plate", "ABC-1234"),
    ("The white truck KLM 4821 dumps trash", "plate", "KLM 4821"),
    ("Red car 482-KLM", "plate", "482-KLM"),
    ("Red car 482-KL", "plate", "482-KL"),
    ("license # 17g hzf NY plates", "plate", "17g hzf"),
    ("plate 12 ABC NY", "plate", "12 ABC"),
    ("MA reg 4kl 928 A", "plate", "4kl 928"),
    ("plates 12345", "plate", "12345"),
    ("a truck, CT 061 037", "plate", "061 037"),
    # Names
    ("My name is Ana Lopez and I live next door", "name", "Ana Lopez"),
    ("my name is ana lopez, the light is out", "name", "ana lopez"),
    ("MY NAME IS ANA LOPEZ", "name", "ANA LOPEZ"),
    ("Hola, me llamo José de la Cruz.", "name", "José"),
    ("Mi nombre es María Ruiz y vivo aquí", "name", "María Ruiz"),
    ("me llamo luis", "name", "luis"),
    ("Mr. Alvarez dumps oil in the drain", "name", "Mr. Alvarez"),
    ("I told Mrs O’Neil twice", "name", "Mrs O’Neil"),
    ("Ms. Jean-Louise Finch at number 12", "name", "Ms. Jean-Louise Finch"),
    ("Dr. Chen parks on the walk", "name", "Dr. Chen"),
    ("La señora Ruiz tira basura", "name", "señora Ruiz"),
    ("el señor Juan Pérez", "name", "señor Juan Pérez"),
    ("Sra. Gómez del 12", "name", "Sra. Gómez"),
    ("don Pedro riega a mediodía", "name", "don Pedro"),
    ("my neighbor Bob Hill burns leaves", "name", "Bob Hill"),
    ("ask for Dwayne at the desk", "name", "Dwayne"),
    ("spoke with maria about it", "name", "maria"),
    ("The owner is Vernon Zabriskie.", "name", "Vernon Zabriskie"),
    ("Owner: Vernon Zabriskie", "name", "Vernon Zabriskie"),
    ("Owner's name is Zabriskie", "name", "Zabriskie"),
    ("Thanks, Shirley", "name", "Shirley"),
    ("Gracias, Rosa Benítez", "name", "Rosa Benítez"),
    ("Shirley Vance fell on the ice", "name", "Shirley Vance"),
    ("shirley jimenez fell on the ice", "name", "shirley jimenez"),
    ("SPOKE TO SHIRLEY JIMENEZ", "name", "SHIRLEY JIMENEZ"),
    ("mr jimenez parks there", "name", "mr jimenez"),
    ("the Jimenez family", "name", "Jimenez"),
    ("Shirley next door does it", "name", "Shirley"),
    ("pregunte por Rosa", "name", "Rosa"),
    ("hablé con Rosa Benítez", "name", "Rosa Benítez"),
    ("un hombre que se llama Aurelio", "name", "Aurelio"),
    ("mi vecina Carmen tiene muchos perros", "name", "Carmen"),
    ("- Shirley", "name", "Shirley"),
    ("my neighbor Bob parks here", "name", "Bob"),
    ("ask for Priya apartment 4", "name", "Priya"),
    ("my neighbor Bo Hill burns leaves", "name", "Bo Hill"),
    ("Ask for Wm. Zabriskie today", "name", "Wm. Zabriskie"),
    ("Thanks, Ros Benítez", "name", "Ros Benítez"),
    ("Jo Moakley fell on the ice", "name", "Jo Moakley"),
    # A name has four words at most, or a given name and two surnames if it is in small letters.
    ("My name is Zuzu Zabo Zebu Zobo Zulu", "name", "Zuzu Zabo Zebu Zobo"),
    ("Mr. Juan Carlos Pedro Luis Alvarez Lopez dumps oil", "name", "Mr. Juan Carlos Pedro Luis"),
    ("shirley jimenez lopez garcia fell on the ice", "name", "shirley jimenez lopez"),
]

MISSES = """
    # Houses, streets, places
    12 Elm St
    1234 5th Street
    5th Street and 12th Ave
    The hole is at 1200-1400 Main St
    200-204 Oak Avenue, Apt 3104
    between 555 and 557 Oak
    555-0100 Main Street is a long block
    Unit 4021 at 300 Harbor Blvd
    ZIP 02118-1234
    100 ELM ST IS DARK
    HOUSE 123 OAK RD NO TRASH PICKUP
    Exit 24B on I-95
    RTE 128 and HWY 101
    BUS 4021 does not stop
    SR 520 at mile 12.4
    PO BOX 1234
    Lot 12-345 behind the school
    42.3601, -71.0589
    N 45th St & W 101st Ave
    Queens, 104-21 68th Drive
    Calle 5 número 1234, entre 5 y 6
    departamento 301, edificio 4
    Pier 39, gate 12B
    I live at 7 Elm Dr. Please come
    # Numbers of ours and of others
    Call 311
    I called 911 and 311 twice
    call 211
    My report 7K3M-9QWT is still open
    case 101003456789
    Case 6175550142 again
    ticket #6175550142
    reference number 617-555-0142
    Permit 2023-004512
    folio 555-0142
    pole L00417
    Pole ABC1234 leans
    hydrant HYD1234 leaks
    bin BIN1234
    Meter 555 0142 is broken
    número de caso 6175550142
    asset 12345-67890
    model WRT1900
    # Dates, times, prices, measures
    since 11/25/2026
    2026-11-25
    11-25-2026 at 10:30
    On Nov 25, 2026 at 10.30
    since NOV 2023
    10:30-11:30 every day
    from 8 to 10 pm
    for 3 weeks
    I paid $1,200.00
    $555-1000 of damage
    3.5 x 2.25 feet
    about 200 1500-lb bags
    24/7
    15 mph over 25
    60 dB at 2 am
    555-0142.5 is on the gauge
    2,500,000 gallons
    35 mm rain
    una multa de $450.00 el 3/12/2025
    a las 10:30
    100% dark
    year 2019 2020
    KIA 2019 parked for weeks
    a RAM 1500 truck and a GMC 2500 truck
    SUV 2021 parked
    COVID19 and PM2.5
    call between 555 and 600 Main
    # Plates of other kinds
    a steel plate 12x12 in the road
    metal plate 4 ft wide is loose
    the car has no plates
    no plates on 2 cars
    license plate missing
    a car without license plates has been there for 3 weeks
    falta la placa de la calle
    home plate at field 3 is broken
    New plates since 2023
    The plate is loose and loud at night
    Stop sign needs a number plate
    Plate: none | Color: red
    License plate: unknown
    License plate: UNKNOWN
    Plate: NONE | State: RI
    Plate: 7 | State: RI
    What is the license plate? I don't know
    expired tags, May 17
    the plate reads nothing
    REG EXP 10/2015
    a 4DR sedan in MA 02134
    a truck at CT 06103
    Issue ID: 5628088
    a plate 12x12 in the road
    sedan ZIP 02118-1234
    a gray Civic (482 7713)
    Red car 482-klm
    a sedan in MA Elm 02134
    sign 1617555014
    # Nobody is named
    Franklin Park is closed
    Charles Street at Beacon
    the corner of Warren and Dudley
    John Eliot Square
    Martin Luther King Jr. School
    Shirley St and Rose Ave
    12 Mary Lane
    St. Joseph Cemetery
    Joe Moakley Park
    Maria Sanchez Playground
    a black Mercedes Benz
    a German Shepherd off leash
    spoke to the manager
    call Boston Public Works
    ask for a supervisor
    Thank you Boston
    Thanks. The light is out
    per the sign
    this is Elm Street
    the owner does nothing
    the Elm Street family store
    will mark the spot
    mark it with a rose
    PLEASE FIX THE LIGHT ON JACKSON AVE
    una grieta en la calle Rosa
    gracias por su ayuda
    llamar a la ciudad
    my name is on the list
    my name is not important
    My name is private
    Mi nombre es privado
    the lady with the dog
    el señor de la tienda
    la señora del puesto
    the man in the red coat
    Martin Luther King Blvd
    Dr. Martin Luther King Jr. Blvd is dark
    Elm Dr. Please fix it
    12 Oak Dr North side
    St. Mary church
    I don't know
    DON'T PARK HERE
    my neighbor plays loud music
    MY NEIGHBOR PLAYS LOUD MUSIC
    mi vecino tiene un perro
    The owner is away
    Mr. Hill School
    Mr. 2 way street
    mr There is a hole here
    mr xi parks there
    La señora R tira basura
    The light is out on Elm Dr. Okafor
    elm dr. pelletier side of the road
    ask for zoning maps
    pregunte por R
    Mi Nombre es Privado
    my name is 12 on the list
    Joe M saw it
    Thanks, Rose B
    my landlord will not fix the heat
    Washington and Lincoln
    miss the bus
    They missed Monday
    I miss Monday pickup
    email me
    @city fix this
    the pole (at) 3rd and main
    123456789 is my bill
    meet me at example.com
    look at rivermark.example
    user@
    a@b
    3 @ 4
    @ 5th St
    at the dot on the map
"""


def test_it_is_found() -> None:
    for text, kind, words in HITS:
        found = find(text)
        assert [(str(one.kind), one.text) for one in found] == [(kind, words)], text
        assert text[found[0].start : found[0].end] == words, text


def lines(texts: str) -> list[str]:
    return [line for one in texts.strip().splitlines() if (line := one.strip()) and not line.startswith("# ")]


@pytest.mark.parametrize(
    ("label", "text", "words"),
    [
        ("License plate", "KLM 482", ["KLM 482"]),
        ("What is the license plate?", "482klm", ["482klm"]),
        ("¿Cuál es la placa?", "KLM-482", ["KLM-482"]),
        ("License plate", "GOFY", ["GOFY"]),
        ("License plate", "GOF", []),
        ("License plate state", "MA", []),
        ("License plate", "none", []),
        ("Phone", "5550142", ["5550142"]),
        ("Name of the owner", "Zabriskie", ["Zabriskie"]),
        ("Owner's name", "Zabriskie", ["Zabriskie"]),
        ("Which pole is it?", "KLM 482", []),
        ("Which pole is it?", "", []),
    ],
)
def test_the_question_tells_what_its_answer_is(label: str, text: str, words: list[str]) -> None:
    found = find(text, label=label)
    assert [one.text for one in found] == words
    assert all(text[one.start : one.end] == one.text for one in found)


def test_what_reports_are_made_of_is_left_alone() -> None:
    texts = lines(MISSES)
    assert len(texts) > 150
    assert {text: found for text in texts if (found := find(text))} == {}


def test_several_are_found_in_their_order_and_none_within_another() -> None:
    text = "Mr. Hill (plate ABC-1234) has ana@example.org and 617-555-0142; my name is Ana."
    found = find(text)
    assert [str(one.kind) for one in found] == ["name", "plate", "email", "phone", "name"]
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call me at 617-555-0142 please", "Call me at please"),
        ("Call me at 617-555-0142.", "Call me at."),
        ("Deep hole. Mr. Hill, please come", "Deep hole. please come"),
        ("Deep hole. Mr. Hill. Please come", "Deep hole. Please come"),
        ("Deep hole (call 617-555-0142)", "Deep hole (call)"),
        ("617-555-0142", ""),
        ("Ask the owner, 617-555-0142, about it", "Ask the owner, about it"),
        ("617-555-0142 is my number", "is my number"),
        ("A hole.\nWrite to ana@example.org\nThanks", "A hole.\nWrite to\nThanks"),
        ("Two  spaces stay,  ana@example.org goes", "Two  spaces stay,  goes"),
    ],
)
def test_taking_out_leaves_all_else_and_no_gap(text: str, left: str) -> None:
    assert personal_data.without(text, find(text)[0]) == left


@pytest.mark.parametrize(("kind", "plant"), benchmark.PLANTS)
def test_it_reaches_its_bars_in_a_citys_texts(
    kind: Kind, plant: Callable[[list[str], random.Random], Iterator[benchmark.Plant]]
) -> None:
    """A part of tests/benchmarks/personal_data.py."""
    texts = benchmark.texts_for(benchmark.read_rows(), plant)
    plants = list(itertools.islice(plant(texts, random.Random(1)), 400))
    assert sum(one.is_found for one in plants) >= benchmark.BARS[kind] * len(plants)


def test_long_and_strange_texts_come_to_an_end() -> None:
    """A form takes at most 4,000 letters; a pattern with catastrophic backtracking would hang the worker, and this test."""
    odd = random.Random(311)
    texts = [
        "a" * 4000,
        "1" * 4000,
        "1 " * 2000,
        "plate " * 700,
        "A. " * 1300,
        "my name is " * 360,
        "a@" * 2000,
        "(555) " * 660,
    ]
    texts += [
        "Mr. A" + " A" * 1990,
        "+1" + " 1" * 1990,
        "plate " + "new york " * 440,
        "a.a" * 1300,
        "plate" + " -" * 1990,
        "6 1 7 " * 660,
        "Ana de la " * 400,
        "my neighbor " * 330,
        "| plate x: y " * 330,
        "-" * 4000,
    ]
    texts += ["".join(odd.choice("aA1 .-@()+#\n") for _ in range(4000)) for _ in range(20)]
    for text in texts:
        assert all(one.text in text for one in find(text))
