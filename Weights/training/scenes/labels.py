"""The classes of the scene model in their fixed order, what each means to the product, and how the data sets' labels map to them."""

from typing import NamedTuple


class Scene(NamedTuple):
    """One output of the model.

    - value: the vocabulary's `scene` value that a photo of this class may be told as, if there is one.
    - place: `indoor`, `outdoor`, or nothing where the class has both.
    """
    name: str
    value: str | None
    place: str | None


def read(table: str) -> list[Scene]:
    rows = [line.split() for line in table.strip().splitlines()]
    return [Scene(name, None if value == "-" else value, None if place == "-" else place) for name, value, place in rows]


# The first 100 are the categories of MiniPlaces in alphabetical order; the rest come from the other sets.
SCENES = read("""
abbey church outdoor
airport_terminal airport indoor
amphitheater - outdoor
amusement_park - outdoor
aquarium - indoor
aqueduct - outdoor
art_gallery museum indoor
assembly_line - indoor
auditorium - indoor
badlands - outdoor
bakery_shop shop indoor
ballroom - indoor
bamboo_forest forest outdoor
banquet_hall - indoor
bar bar indoor
baseball_field - outdoor
bathroom bathroom indoor
beauty_salon - indoor
bedroom bedroom indoor
boat_deck - outdoor
bookstore shop indoor
botanical_garden garden outdoor
bowling_alley - indoor
boxing_ring - indoor
bridge bridge outdoor
bus_interior - indoor
butchers_shop shop indoor
campsite - outdoor
candy_store shop indoor
canyon - outdoor
cemetery - outdoor
chalet - outdoor
church_outdoor church outdoor
classroom classroom indoor
clothing_store shop indoor
coast sea outdoor
cockpit - indoor
coffee_shop cafe indoor
conference_room office indoor
construction_site construction_site outdoor
corn_field field outdoor
corridor corridor indoor
courtyard - outdoor
dam - outdoor
desert_sand desert outdoor
dining_room dining_room indoor
driveway - outdoor
fire_station - outdoor
food_court restaurant indoor
fountain - outdoor
gas_station - outdoor
golf_course - outdoor
harbor - outdoor
highway street outdoor
hospital_room - indoor
hot_spring - outdoor
ice_skating_rink_outdoor - outdoor
iceberg - outdoor
kindergarden_classroom classroom indoor
kitchen kitchen indoor
laundromat - indoor
lighthouse - outdoor
living_room living_room indoor
lobby - indoor
locker_room - indoor
market_outdoor - outdoor
martial_arts_gym gym indoor
monastery_outdoor - outdoor
mountain mountain outdoor
museum_indoor museum indoor
office office indoor
palace - outdoor
parking_lot parking_lot outdoor
phone_booth - outdoor
playground playground outdoor
racecourse - outdoor
railroad_track - outdoor
rainforest forest outdoor
restaurant restaurant indoor
river - outdoor
rock_arch - outdoor
runway - outdoor
shed - outdoor
shower bathroom indoor
ski_slope snow outdoor
skyscraper skyline outdoor
slum - outdoor
stadium_football stadium outdoor
stage_indoor stage indoor
staircase staircase -
subway_station_platform - indoor
supermarket supermarket indoor
swamp - outdoor
swimming_pool_outdoor swimming_pool outdoor
temple_east_asia - outdoor
track_outdoor - outdoor
trench - outdoor
valley mountain outdoor
volcano mountain outdoor
yard garden outdoor
buildings - outdoor
forest forest outdoor
glacier snow outdoor
industrial - -
inside_city street outdoor
open_country field outdoor
sea sea outdoor
store shop indoor
street street outdoor
suburb - outdoor
""")

NAMES = [scene.name for scene in SCENES]
INDEX = {name: index for index, name in enumerate(NAMES)}
MINIPLACES = NAMES[:100]

# The fifteen scene categories (Lazebnik et al., 2006): the label of each, by its folder's name in lower case, as a class here.
FIFTEEN = {
    "bedroom": "bedroom", "coast": "coast", "forest": "forest", "highway": "highway", "industrial": "industrial",
    "insidecity": "inside_city", "kitchen": "kitchen", "livingroom": "living_room", "mountain": "mountain",
    "office": "office", "opencountry": "open_country", "store": "store", "street": "street", "suburb": "suburb",
    "tallbuilding": "skyscraper",
}

# A picture of these sets may show any of several classes: its loss is that of their summed probability.
INTEL = {
    "buildings": ["buildings", "inside_city", "skyscraper"], "forest": ["forest", "bamboo_forest", "rainforest"],
    "glacier": ["glacier", "iceberg"], "mountain": ["mountain", "valley", "volcano"], "sea": ["sea", "coast"],
    "street": ["street", "inside_city"],
}
HOUSES = {"bathroom": ["bathroom", "shower"], "bedroom": ["bedroom"], "frontal": ["suburb", "driveway"], "kitchen": ["kitchen"]}

VALUES = sorted({scene.value for scene in SCENES if scene.value})


def sets(source: str) -> dict[str, list[str]]:
    """The labels of a data set, each with the classes that it may stand for."""
    return {
        "miniplaces": {name: [name] for name in MINIPLACES},
        "fifteen": {label: [name] for label, name in FIFTEEN.items()},
        "intel": INTEL,
        "houses": HOUSES,
    }[source]
