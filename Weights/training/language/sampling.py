"""Fact sheets as the runtime gives them: plausible combinations, facts that exclude each other left out."""

import random

from vocabulary import in_order, vocabulary

# What may be seen where. Scenes not named here take any object.
PROPS = {
    "bathroom": "sink toilet toothbrush,hair drier,cup bottle,potted plant",
    "bedroom": "bed,teddy bear,book,cell phone,laptop,clock,cat,chair,tv",
    "kitchen": "oven sink refrigerator microwave toaster bowl cup knife spoon bottle,dining table,banana apple chair",
    "living_room": "couch tv remote,potted plant,cat dog book,wine glass,vase clock laptop chair,teddy bear",
    "dining_room": "dining table,chair,wine glass,fork knife bowl vase cake bottle",
    "office": "laptop keyboard mouse cup chair,cell phone,potted plant,tie book bottle clock",
    "classroom": "chair book clock laptop backpack,dining table,bottle",
    "gym": "bottle,sports ball,bench,backpack,cell phone,clock",
    "restaurant": "dining table,wine glass,pizza fork knife cup chair bottle bowl,cell phone,cake",
    "bar": "wine glass,bottle cup chair tv,cell phone,dining table",
    "cafe": "cup laptop cake donut sandwich spoon,dining table,chair,cell phone,book",
    "shop": "handbag backpack bottle,cell phone,vase clock,teddy bear,suitcase",
    "supermarket": "banana apple orange carrot broccoli bottle handbag",
    "car_interior": "cell phone,bottle cup dog,traffic light,car",
    "train_interior": "backpack suitcase book,cell phone,laptop chair",
    "airport": "suitcase backpack airplane handbag,cell phone,chair clock",
    "hotel_room": "bed tv chair suitcase,potted plant,clock couch",
    "corridor": "chair clock suitcase,potted plant",
    "garage": "car bicycle motorcycle,skis,chair refrigerator",
    "library": "book chair laptop,dining table,clock backpack",
    "museum": "vase chair clock backpack,cell phone,bench",
    "church": "bench chair clock vase book",
    "stage": "chair tv,cell phone,laptop bottle",
    "nightclub": "wine glass,bottle,cell phone,cup",
    "beach": "umbrella surfboard dog,sports ball,frisbee chair kite bottle boat backpack bird",
    "mountain": "backpack dog skis bottle sheep horse bird",
    "forest": "dog backpack bicycle bird bear horse",
    "park": "bench dog bicycle frisbee kite bird,sports ball,skateboard backpack",
    "garden": "potted plant,chair cat dog bench bird umbrella,dining table,cup",
    "street": "car bicycle bus,traffic light,stop sign,fire hydrant,motorcycle truck,parking meter,handbag,cell phone,dog",
    "skyline": "car boat bird,traffic light",
    "desert": "car backpack horse umbrella,cow truck bottle",
    "snow": "skis snowboard backpack dog bear",
    "lake": "boat bird dog bench backpack",
    "sea": "boat surfboard bird",
    "field": "horse cow sheep,sports ball,kite dog,baseball bat,baseball glove",
    "stadium": "sports ball,baseball bat,tennis racket,chair bench bottle",
    "playground": "bench bicycle,sports ball,teddy bear,skateboard backpack",
    "construction_site": "truck car bench,stop sign,bottle",
    "bridge": "bicycle car boat train backpack",
    "parking_lot": "car truck motorcycle,parking meter,skateboard bicycle",
    "swimming_pool": "chair umbrella bottle,sports ball,surfboard",
    "balcony": "potted plant,chair,wine glass,cup bird bottle",
    "staircase": "backpack suitcase,potted plant,cell phone,handbag",
    "studio": "chair couch umbrella laptop",
}
NAMES = set(vocabulary()["object"])
INDOOR = set(list(vocabulary()["scene"])[:24]) | {"staircase", "studio", "indoor", "swimming_pool"}
COMMON = [
    "cup", "cell phone", "chair", "laptop", "couch", "bottle", "dog", "cat", "car", "potted plant", "tv", "book",
    "dining table", "bed", "backpack", "handbag", "tie", "wine glass", "bicycle", "keyboard", "bench", "umbrella",
    "bowl", "clock", "teddy bear", "sports ball", "bird", "boat", "vase", "cake", "pizza",
]  # fmt: skip


def props(scene: str) -> list[str]:
    """The objects of a scene."""
    found = []
    for part in PROPS.get(scene, "").split(","):
        found += [part] if part in NAMES else part.split()
    return found or COMMON


def pick(chance: random.Random, **weights: float) -> str:
    """One of the names, by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def sheet(chance: random.Random) -> list[str]:
    """A sheet of facts, in the order of the vocabulary."""
    facts: dict[str, list[str]] = {}

    def add(key: str, value: str, probability: float = 1.0) -> None:
        if chance.random() < probability:
            facts.setdefault(key, []).append(value)

    # Which models were at hand: all, none that knows objects or scenes, or the measures alone.
    reach = pick(chance, full=0.4, typical=0.48, measures=0.12)
    people = pick(chance, none=0.22, one=0.46, two=0.12, few=0.13, crowd=0.07)
    scene = None
    if reach == "full" or (reach == "typical" and chance.random() < 0.15):
        scene = chance.choice(vocabulary()["scene"])
        add("scene", scene)
    if reach != "measures":
        add("people", people)
        if people != "none":
            persons(chance, add, facts, people, reach)
        objects(chance, add, people, scene, reach)
    photograph(chance, add, facts, people if reach != "measures" else "unknown", scene, reach)
    found = in_order(f"{key}={value}" for key, values in facts.items() for value in values)
    while len(found) > 14:
        found.remove(chance.choice(found[1:]))
    return without_orphans(found)


def without_orphans(facts: list[str]) -> list[str]:
    """Without a colour that has no garment to be the colour of."""
    worn = any(fact.startswith("garment=") for fact in facts)
    return [fact for fact in facts if worn or not fact.startswith("colour=")]


def persons(chance, add, facts, people, reach) -> None:
    """Framing, face, pose and dress."""
    several = people in ("two", "few", "crowd")
    if several:
        framing = pick(chance, group=0.5, selfie=0.12, half_body=0.12, full_body=0.16, distant=0.1)
        if people == "crowd":
            framing = pick(chance, group=0.6, distant=0.4)
        add("group", pick(chance, huddled=3, spread_out=2, one_apart=1, someone_cut_off=2, someone_looking_away=2,
                          matching_colours=1), 0.25)  # fmt: skip
    else:
        framing = pick(chance, selfie=0.18, mirror_selfie=0.05, portrait=0.33, half_body=0.22, full_body=0.15,
                       distant=0.07)  # fmt: skip
    add("framing", framing, 0.95)
    far = framing == "distant" or people == "crowd"
    if far:
        add("face_position", "tiny", 0.4)
    elif framing == "full_body":
        add("face_position", pick(chance, centred=2, high=2, left_edge=1, right_edge=1, tiny=1), 0.5)
    else:
        add("face_position", pick(chance, centred=5, left_edge=1, right_edge=1, high=1.5, low=0.8, cut_off=0.5,
                                  huge=1.2 if framing in ("selfie", "portrait") else 0.1), 0.6)  # fmt: skip
    if not far or chance.random() < 0.2:
        face(chance, add, several)
    pose = pick(chance, arms_down=3, arms_crossed=1, hands_on_hips=1, arms_raised=1, one_arm_raised=1,
                hand_on_face=1, sitting=3, standing=3, leaning=1, slouching=0.7, lying=0.5, walking=1)  # fmt: skip
    close = framing in ("portrait", "selfie")
    if close and pose in ("walking", "standing", "sitting", "arms_down"):
        pose = "hand_on_face"
    if framing == "mirror_selfie" and pose in ("arms_raised", "lying", "arms_crossed"):
        pose = "standing"
    add("pose", pose, 0.2 if close else 0.6)
    if reach == "full":
        add("gesture", pick(chance, thumbs_up=1, peace_sign=1, pointing=1, open_palm=1, fist=0.6), 0.07)
        if chance.random() < 0.35:
            add("garment", chance.choice(vocabulary()["garment"]))
            add("colour", chance.choice(vocabulary()["colour"]), 0.8)
        add("accessory", pick(chance, glasses=2, sunglasses=1, hat=1.5), 0.2)


def face(chance, add, several) -> None:
    """Expression, mouth, eyes, head and gaze that go together."""
    expression = pick(chance, neutral=4, happy=4, sad=1, surprised=0.8, fearful=0.4, disgusted=0.4, angry=0.7,
                      contemptuous=0.5)  # fmt: skip
    add("expression", expression, 0.92)
    mouths = {"happy": "smiling", "surprised": "open"}
    if chance.random() < 0.18:
        add("mouth", mouths.get(expression) or pick(chance, closed=3, open=1, pursed=1))
    if chance.random() < 0.15:
        eyes = pick(chance, open=2, closed=2, squinting=1, winking=0.0 if several else 0.6)
        add("eyes", "open" if expression in ("surprised", "fearful") else eyes)
    elif chance.random() < 0.2:
        add("gaze", pick(chance, camera=3, left=1, right=1, up=0.6, down=1))
    add("head", pick(chance, straight=4, turned_left=1.5, turned_right=1.5, tilted=2, looking_up=1, looking_down=1.3),
        0.45 if several else 0.75)  # fmt: skip


def objects(chance, add, people, scene, reach) -> None:
    """What stands about, mostly what belongs to the scene."""
    count = int(pick(chance, **{"0": 3, "1": 4, "2": 3, "3": 2, "4": 1}))
    if people == "none":
        count = max(count, 1 if chance.random() < 0.8 else 0)
    pool = props(scene) if scene else COMMON
    chosen: list[str] = []
    for _ in range(count):
        thing = chance.choice(pool) if chance.random() < 0.85 else chance.choice(vocabulary()["object"])
        if thing not in chosen:
            chosen.append(thing)
            add("object", thing)


def photograph(chance, add, facts, people, scene, reach) -> None:
    """Light, colour, sharpness and composition."""
    lighting = pick(chance, dark=1, dim=1.6, balanced=3, bright=1.6, overexposed=0.6, backlit=0.8, harsh=0.8, flat=1.2)
    add("lighting", lighting, 0.92)
    busy = 0.7 if reach != "full" else 0.45
    if chance.random() < busy:
        add("sharpness", pick(chance, sharp=3, soft=1.5, blurry=1, motion_blur=0.3))
    if lighting in ("dark", "dim"):
        add("noise", "noisy", 0.35)
    else:
        add("noise", pick(chance, clean=2, noisy=1), 0.15)
    add("resolution", pick(chance, low=1, high=1), 0.15)
    saturation = pick(chance, muted=2, natural=3, oversaturated=1, monochrome=1)
    if chance.random() < busy * 0.75:
        add("saturation", saturation)
    if facts.get("saturation") == ["monochrome"]:
        facts.pop("colour", None)
    elif chance.random() < 0.3:
        add("cast", pick(chance, warm=3, cool=2, green=0.6))
    if chance.random() < 0.05:
        add("filter", pick(chance, vignette=1, sepia=0 if "cast" in facts else 0.6, smoothed=1))
    add("background", pick(chance, plain=2, cluttered=1.5, busy=1.5, blurred=1.5), 0.45 if reach == "full" else 0.6)
    composition(chance, add, facts, people)
    add("angle", pick(chance, high=1, low=1, eye_level=1.5), 0.15)
    add("aesthetic", pick(chance, poor=1, average=1, good=1), 0.08)
    if scene and chance.random() < 0.2 or chance.random() < 0.08:
        times = ["evening", "night"] if lighting in ("dark", "dim") else ["early_morning", "morning", "afternoon"]
        add("time", chance.choice(times + ["evening"]))


def composition(chance, add, facts, people) -> None:
    """One way in which the frame is filled, that does not contradict where the face is."""
    placed = facts.get("face_position", [""])[0]
    choices = {"centred": 3, "thirds": 2, "off_centre": 1.5, "tilted": 1, "empty_space": 1, "crowded": 0.6,
               "symmetrical": 0.6, "head_cropped": 0.6, "feet_cropped": 0.6}  # fmt: skip
    if people in ("none", "unknown", "crowd"):
        choices.pop("head_cropped"), choices.pop("feet_cropped")
    if facts.get("framing", [""])[0] not in ("full_body", "group"):
        choices.pop("feet_cropped", None)
    if placed in ("left_edge", "right_edge", "cut_off"):
        choices = {name: choices[name] for name in ("thirds", "off_centre", "tilted")}
    if placed == "centred":
        choices.pop("off_centre"), choices.pop("thirds")
    if facts.get("background") == ["plain"] or placed == "huge":
        choices.pop("crowded", None)
    if placed == "huge":
        choices.pop("empty_space", None)
    add("composition", pick(chance, **choices), 0.6)
    if facts.get("composition") not in (None, ["tilted"]):
        add("composition", "tilted", 0.08)


if __name__ == "__main__":
    chance = random.Random(5)
    for _ in range(20):
        print(" ".join(sheet(chance)))
