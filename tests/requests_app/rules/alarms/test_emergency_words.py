"""The emergency phrases that ship with the product: what must match, what must not, and in which scripts."""

from pathlib import Path

import pytest
import yaml

from requests_app.imports.catalog_file import read_phrase
from requests_app.models import EmergencyPhrase
from requests_app.rules.alarms import screening

pytestmark = pytest.mark.shows("4.1")

ROOT = Path(__file__).resolve().parents[4]
SHIPPED = yaml.safe_load((ROOT / "requests_app/danger/phrases.yaml").read_text())["emergency_words"]
PHRASES = [
    EmergencyPhrase(language=language, kind=kind, phrase=read_phrase(written)[0], unless=read_phrase(written)[1])
    for kind, by_language in SHIPPED.items()
    for language, phrases in by_language.items()
    for written in phrases
]

HITS = {
    "en": """
        I smell gas near the hole in the street
        Strong odor of gas at the corner of Main and 3rd
        This area smells strongly of natural gas or propane
        The whole hallway SMELLS LIKE GAS!!!
        a contractor hit a gas line on Oak St
        It smells like rotten eggs in my kitchen
        carbon monoxide alarm is going off and we have headaches
        The house next door is on fire
        there's smoke in the hallway on floor 2
        Odor of smoke on 1st floor
        smells like something is burning in the basement
        dumpster on fire behind the school
        A wire is down on Elm St and it is sparking
        Downed power line across the sidewalk
        exposed live wires hanging from the light pole
        the transformer blew up and the pole is sparking
        My neighbor cant breathe
        he can’t breathe
        Unconscious,man
        Homeless person passed out on sidewalk next to the bakery
        There is an unresponsive man at the bus stop
        an old lady collapsed, she collapsed by the bench
        my dad has chest pain
        I think she is having a seizure
        kid bleeding really bad outside the bar
        Someone was hit by a car at Main and Front
        bad car accident just happened on the bridge, car flipped over
        She took too many pills
        There is a dead body behind the library
        somebody overdosed in the park restroom
        people trapped in the elevator
        we are stuck in the elevator at City Hall
        a baby left in a hot car, nobody around: baby left in it
        Roof collapsed at the old mill, people may be inside
        A car went into the river
        a child fell through the ice on the pond
        He has a gun
        I heard gunshots behind the school
        man waving a gun at cars
        someone is breaking into the house across the street
        someone is in my house right now
        my husband is beating me
        He is going to kill me
        I was just robbed at the ATM
        a dog is attacking people in the park
        somebody is screaming for help in the alley
        I can't find my child
        there's a suspicious package at the station
    """,
    "es": """
        Huele a gas en la calle
        hay un olor fuerte a gas en mi edificio
        Rompieron la tubería de gas en la obra
        huele a huevo podrido en mi cocina
        está sonando la alarma de monóxido
        HAY UN INCENDIO en el edificio de al lado
        se está quemando la casa del vecino
        hay humo en el pasillo del segundo piso
        huele a quemado y no sabemos de dónde viene
        le prendieron fuego al bote de basura
        un carro en llamas en la avenida
        se cayó un cable de luz y echa chispas
        hay cables pelados colgando del poste
        explotó el transformador de la esquina
        toqué el poste y me dio una descarga
        mi mamá no puede respirar
        mi papá no respira
        Hay un señor tirado que no despierta
        hay una mujer inconsciente en la parada
        una señora se desmayó en la fila
        tiene dolor en el pecho
        le está dando un ataque
        está sangrando mucho de la pierna
        choque con heridos en la calle Roble
        se volcó un camión en el puente
        atropellaron a una señora en la esquina
        se tomó muchas pastillas
        hay una persona muerta detrás de la tienda
        una sobredosis en el baño del parque
        mi vecina va a dar a luz
        estamos atrapados en el elevador
        dejaron a un bebé en el carro con este calor
        se derrumbó la barda y hay gente abajo
        un carro cayó al río
        se lo llevó la corriente
        un hombre tiene una pistola
        se oyen balazos
        hay una balacera en la cuadra
        alguien está disparando
        están asaltando la tienda
        hay alguien en mi casa
        se están metiendo a mi casa
        Mi esposo me quiere matar
        mi marido me pega
        la están golpeando en la calle
        me acaban de asaltar
        un perro está atacando a la gente
        una persona grita y pide auxilio
        no encuentro a mi hija
        necesitamos una ambulancia
    """,
}
DESPAIR = {
    "en": """
        I want to kill myself
        i dont want to live anymore
        He is about to jump off the bridge
        she is threatening to jump from the garage
        there is no reason to live
        my son is suicidal
        I keep thinking about suicide
        he tried to kill himself
    """,
    "es": """
        Ya no quiero vivir
        me quiero matar
        quiero suicidarme
        no vale la pena vivir
        mi hermano dice que se va a matar
        una muchacha se quiere tirar del puente
        pienso en el suicidio
        se cortó las venas
    """,
}
NEAR_MISSES = {
    "en": """
        My water heater is shot
        the alignment on my car was shot by that pothole
        There is a fire hydrant leaking
        gas station lights out
        The dead tree in front of my house needs to come down
        the bus hit my budget hard this year
        Stop sign was hit by a car last night
        the shelter was hit by a bus
        a car is parked on fire lane in front of Fire Station 2
        Trash on fire escape
        The DJ party is on fire escape again
        Free overdose prevention training, when?
        Where can I get a free carbon monoxide alarm?
        they were passing out flyers: man passed out flyers at my door
        water trapped inside the street light
        a squirrel trapped inside the trash barrel
        the tree fell in the river
        a branch is hitting her car when it is windy
        My child is missing the school bus every day
        someone could be seriously hurt if you don't fix this
        Someone is going to be seriously injured
        There is smoke coming from their fire pit every night
        the pond is turning blue and green
        the sewer smells like rotten eggs
        the storm took the wire down last week and left a coil
        I was hit by a car here last year, please paint a crosswalk
        The contractor said it went up in labor costs
        He is dying to meet the mayor
        that left turn is a suicidal left turn
        I almost kill myself on that sidewalk every day
        I am tired of living next to this noise
        dead body of a raccoon in the road
        The ash tree is being attacked by beetles
        tires have been stabbed on three cars on my street
        Parked at the fire hydrant with no plates
        my battery is dead and the car is stuck in the snow
        shooting hoops at night, the court lights are too bright
        bullet holes in the stop sign
        the smoke detector law for rentals
        the gas company left a hole in the street
        knife sharpening truck plays loud music
        Burning the midnight oil, the office lights stay on
        a raccoon was hit by a car and is dead
        I tripped and hurt myself on the broken sidewalk
        I almost killed myself on the ice
        I don't want to die crossing this street
        The gas station sign is out
        The gas meter cover is missing
        the leaf blower is killing me every morning
        This noise is going to kill me
        ivy is choking the street tree
        My street is drowning in trash
        branches keep hitting me in the face on the sidewalk
        leaves are trapped under the grate
        rats are breaking into my trash cart
        the city has been unresponsive to my complaints
        shooting hoops at midnight, the court lights are on
        I don't want to live with rats any longer
        The water bill nearly gave me a heart attack
    """,
    "es": """
        Mi calentador de agua ya no sirve, está muerto
        El hidrante de bomberos tiene una fuga de agua
        las luces de la gasolinera no prenden
        el árbol muerto frente a mi casa
        el árbol se está muriendo por falta de agua
        el camión de bomberos bloquea la calle
        un carro chocó contra la señal de alto
        hay fuegos artificiales todas las noches
        la compañía del gas dejó un hoyo en la calle
        ya arreglaron la fuga de gas pero dejaron el hoyo
        ¿dónde consigo una alarma de monóxido gratis?
        la alcantarilla huele a huevo podrido
        el humo saliendo de la chimenea del vecino
        un colchón tirado en la banqueta
        basura tirada en el callejón
        se cayó una rama sobre el cable del teléfono de mi carro
        el pasto se está muriendo
        me estoy muriendo de calor en la parada sin sombra
        tuve un derrame cerebral hace dos años y necesito rampa
        me atropellaron el año pasado en este cruce, pongan un semáforo
        curso de prevención de sobredosis en la biblioteca
        cadáver de un mapache en la calle
        la rama le cayó encima a mi carro
        ese cruce es un cruce suicida
        ya no quiero vivir aquí con tanto ruido
        estoy cansada de vivir junto a esta obra
        me quiero morir de vergüenza por la basura de mi cuadra
        un día me voy a matar en ese bache
        el semáforo está muerto
        la bicicleta se cayó al río
        mi perro está sangrando de una pata, ¿dónde hay veterinario?
        están robando paquetes en mi edificio
        si hay un incendio no podríamos salir por ahí
        la pelota le pegó a la ventana
        disparan el agua de los aspersores a la banqueta
        el puente de la calle Roble tiene baches
        El hidrante de incendios gotea
        el calentador ya no sirve, no hay agua caliente
        casi me mato en ese hoyo
        pude lastimarme con la banqueta rota
        atropellaron a un mapache y sigue en la calle
        huele a gasolina vieja el callejón
        no quiero vivir con ratas
        la ciudad no reacciona
        la alarma del vecino se está disparando toda la noche
        se metieron ratas a mi casa
        el árbol se está secando
        esta escalera un día me mata
        explotó la tubería del agua
        siempre hay alguien en mi casa para abrir
    """,
}


def lines(texts: str) -> list[str]:
    return [line.strip() for line in texts.strip().splitlines()]


def each(texts: dict[str, str]) -> list[str]:
    return [line for by_language in texts.values() for line in lines(by_language)]


def hits(text: str, kind: str = "") -> list[str]:
    found = [one.phrase for one in screening.heard(PHRASES, text) if not one.excused_by]
    return [phrase.phrase for phrase in found if not kind or phrase.kind == kind]


def phrase(words: str, *unless: str) -> EmergencyPhrase:
    return EmergencyPhrase(phrase=words, unless=list(unless))


def is_heard(one: EmergencyPhrase, text: str) -> bool:
    return any(not heard.excused_by for heard in screening.heard([one], text))


def test_danger_is_heard() -> None:
    assert [text for text in each(HITS) if not set(hits(text)) - set(hits(text, "self_harm"))] == []


def test_despair_is_heard() -> None:
    assert [text for text in each(DESPAIR) if not hits(text, "self_harm")] == []


def test_what_only_sounds_like_it_is_let_through() -> None:
    assert [text for text in each(NEAR_MISSES) if hits(text)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_language_has_enough_phrases_and_examples(language: str) -> None:
    assert len(lines(HITS[language])) >= 40
    assert len(lines(NEAR_MISSES[language])) >= 25
    assert len([one for one in PHRASES if one.language == language and one.kind == "red_flag"]) >= 40


def test_no_phrase_stands_twice_and_every_exception_counts() -> None:
    for language in ("en", "es"):
        said = [screening.plain(one.phrase) for one in PHRASES if one.language == language]
        assert len(said) == len(set(said))
    assert all(screening.holds(longer, one.phrase) for one in PHRASES for longer in one.unless)


# --- How phrases are matched ------------------------------------------------------------------------------------------


def test_a_longer_phrase_excuses_only_what_stands_in_it() -> None:
    fire = phrase("is on fire", "is on fire lane")
    assert not is_heard(fire, "The car is on fire lane 2.")
    assert is_heard(fire, "The car is on fire lane 2 and the house is on fire!")
    assert is_heard(fire, "The house is on fire")


def test_words_are_heard_whole() -> None:
    assert not is_heard(phrase("gas leak"), "the gas leaked out of the mower")
    assert not is_heard(phrase("wire down"), "rewire down there")


@pytest.mark.parametrize("nothing", ["", "  ", "!?¡¿…", "\u200b", "\u0301"])
def test_a_phrase_without_words_is_never_heard(nothing: str) -> None:
    assert not is_heard(phrase(nothing), "anything")
    assert not is_heard(phrase(nothing), "")
    assert not screening.has_words(nothing)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("can't breathe", "HE CANT BREATHE"),
        ("cant breathe", "he can’t breathe"),
        ("smell gas", "sm\u200bell   gas"),
        ("smell gas", "ＳＭＥＬＬ ＧＡＳ"),
        ("smell gas", "smell\ngas!"),
        ("está inconsciente", "ESTA INCONSCIENTE"),
        ("着火了", "我家厨房着火了！快来"),
        ("煤气味", "楼道里有很浓的煤气味。"),
        ("火事です", "隣の家が火事です"),
        ("ไฟไหม้", "บ้านข้างๆไฟไหม้แล้ว"),
        ("رائحة غاز", "في رائِحَةِ غازٍ قوية"),
        ("رائحة غاز", "توجد رائحه غاز في الشارع"),
        ("пахнет газом", "В подъезде Пахнет Газом!"),
        ("горит елка", "горит ёлка"),
        ("गैस की गंध", "गली में गैस की गंध आ रही है"),
        ("화재가 났어요", "옆집에 화재가 났어요!"),
        ("mùi ga", "Tôi ngửi thấy MÙI GA trong hẻm"),
        ("bị điện giật", "con tôi bi dien giat"),
        ("bị điện giật", "CON TÔI BỊ ĐIỆN GIẬT"),
    ],
)
def test_every_script_is_heard(said: str, text: str) -> None:
    assert is_heard(phrase(said), text)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("غاز", "غازي عنتاب"),
        ("газом", "газомер не работает"),
        ("着火", "穿着 大火"),
        ("गैस", "गैसोलीन"),
    ],
)
def test_every_script_has_whole_words(said: str, text: str) -> None:
    assert not is_heard(phrase(said), text)
