"""Lines: reading the corpus, filling slots, finding the lines whose facts hold on a sheet."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from vocabulary import CORPUS, PLURAL, READINGS, ROASTS, WEIGHTS, article, normal, reading, vocabulary, words

POINTING = re.compile(
    r"^(it|its|they|their|he|she|his|her|both|that|this|these|those|even|nor|so|and|but|neither|either|each|still|then|"
    r"otherwise|one of|as for|by then|meanwhile|at least|when it|if it|the other|in short|all of)\b"
    r"|\b(the rest|as well|either way|as i said|so did|so does|so is)\b"
)
SLOT = re.compile(r"\{(\w+)(:one)?\}")
# How much a line is worth for citing a fact of this key: what is particular to a photo beats what any photo has.
WORTH = {
    "people": 1.0, "group": 2.5, "framing": 1.2, "face_position": 1.2, "expression": 1.8, "mouth": 1.5, "eyes": 1.8,
    "head": 1.2, "gaze": 1.2, "pose": 2.2, "gesture": 2.5, "garment": 1.8, "colour": 0.6, "accessory": 2.0,
    "object": 2.5, "scene": 2.5, "background": 1.0, "lighting": 1.0, "cast": 1.0, "sharpness": 0.9, "noise": 0.7,
    "resolution": 0.7, "saturation": 0.8, "filter": 1.5, "composition": 1.1, "angle": 0.9, "aesthetic": 0.7,
    "time": 1.0,
}  # fmt: skip
# Values that say that nothing is the matter: seldom the best thing to joke about.
QUIET = {"lighting=balanced", "sharpness=sharp", "saturation=natural", "noise=clean", "head=straight",
         "face_position=centred", "aesthetic=average", "angle=eye_level", "people=one"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line and the facts it cites; `slotted` where both came from a line with slots."""

    facts: tuple[str, ...]
    style: str
    text: str
    slotted: bool = False

    @property
    def plain_worth(self) -> float:
        """Weight of the line where several fit: the more particular, the better; what joins facts is the best."""
        total = sum(WORTH[fact.split("=")[0]] * (0.6 if fact in QUIET else 1) for fact in self.facts)
        return total * 2.5 ** min(2, len(self.facts) - 1)

    @property
    def worth(self) -> float:
        """The same, less where any value of a key would have done."""
        return self.plain_worth * (0.5 if self.slotted else 1)


def records(name: str) -> list[dict]:
    """The objects of one file of the corpus."""
    return [json.loads(row) for row in (CORPUS / name).read_text().splitlines() if row.strip()]


@cache
def sheets() -> list[dict]:
    """The complete examples, their facts as the vocabulary spells them."""
    found = []
    for record in records("sheets.jsonl"):
        record["facts"] = [normal(fact) for fact in record["facts"]]
        record["cites"] = [[normal(fact) for fact in cites] for cites in record["cites"]]
        found.append(record)
    return found


def singular(text: str) -> str:
    """Marks the slots of a line that cannot take a plural."""
    single = re.search(r"\b(it|its|itself|is|was|has|hasn't|isn't)\b|\b(a|an|one) \{", SLOT.sub("{}", text).lower())
    return re.sub(r"\{(object|garment)\}", r"{\1:one}", text) if single else text


def stands_alone(line: Line) -> bool:
    """Whether a later line of a complete example makes sense without those before it, by a cautious guess: it cites
    two facts or more, names the things and places among them, and does not begin by pointing back."""
    text = line.text.lower()
    named = [reading(fact).split()[-1].rstrip("s")[:5] for fact in line.facts if fact.split("=")[0] in ("object", "scene")]
    named += [words(fact).split()[-1][:5] for fact in line.facts if fact.split("=")[0] in ("object", "scene")]
    pairs = list(zip(named[: len(named) // 2], named[len(named) // 2 :]))
    return (
        len(line.facts) > 1
        and len(pairs) > 0
        and all(one in text or other in text for one, other in pairs)
        and not POINTING.search(text)
    )


def compile_lines() -> list[Line]:
    """Every line that can stand alone, slots kept, without repetitions, sorted."""
    found: dict[tuple[str, str], Line] = {}
    for path in sorted(CORPUS.glob("*.jsonl")):
        if path.name == "sheets.jsonl":
            continue
        for record in records(path.name):
            text = singular(record["line"].strip())
            line = Line(tuple(normal(fact) for fact in record["facts"]), record["style"], text)
            found.setdefault((line.style, line.text), line)
    leaning = set((CORPUS / "leaning.txt").read_text().splitlines())
    for record in sheets():
        for number, (text, cites) in enumerate(zip(record["output"], record["cites"])):
            line = Line(tuple(cites), record["style"], text)
            if text not in leaning and (number == 0 or stands_alone(line)):
                found.setdefault((line.style, line.text), line)
    return sorted(found.values(), key=lambda line: (line.style, line.facts, line.text))


def write_table(lines: list[Line]) -> None:
    """Writes `Weights/lines.tsv`, the table that the runtime reads."""
    rows = ["heckle-lines\t1"]
    rows += [f"@reading\t{fact}\t{text}" for fact, text in sorted(READINGS.items())]
    rows += [f"@plural\t{fact}" for fact in sorted(PLURAL)]
    rows += [f"@worth\t{key}\t{worth}" for key, worth in WORTH.items()]
    rows += [f"@quiet\t{fact}" for fact in sorted(QUIET)]
    rows += [f"{line.style}\t{','.join(line.facts)}\t{line.text}" for line in lines]
    (WEIGHTS / "lines.tsv").write_text("\n".join(rows) + "\n")


class Table:
    """Finds the lines whose facts hold."""

    def __init__(self, lines: list[Line]):
        self.by_fact: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in lines:
            first = line.facts[0]
            self.by_fact[line.style][first if "{" not in first else first.split("=")[0]].append(line)

    def candidates(self, facts: list[str], style: str) -> list[Line]:
        """All lines of the style whose facts are on the sheet, slots filled in, each text once."""
        held, values = set(facts), defaultdict(list)
        for fact in facts:
            values[fact.split("=")[0]].append(fact)
        found: dict[str, Line] = {}
        for start in list(dict.fromkeys(facts)) + list(values):
            for line in self.by_fact[style].get(start, ()):
                for filled in fill(line, values):
                    if held.issuperset(filled.facts):
                        found.setdefault(filled.text, filled)
        return sorted(found.values(), key=lambda line: (line.facts, line.text))


def fill(line: Line, values: dict[str, list[str]]) -> list[Line]:
    """The line with its slots filled by every combination of the sheet's values."""
    slots = {key: bool(one) for key, one in SLOT.findall(line.text)}
    for fact in line.facts:
        if "{" in fact:
            slots.setdefault(fact.split("=")[0], False)
    if not slots:
        return [line]
    found = [({}, line.text)]
    for key, one in slots.items():
        choices = [fact for fact in values.get(key, ()) if not (one and fact in PLURAL)]
        pattern = re.compile(r"(\b[Aa]n? )?\{" + key + r"(?::one)?\}")
        found = [(bound | {key: fact}, pattern.sub(lambda match: insert(match, fact), text))
                 for bound, text in found for fact in choices]  # fmt: skip
    return [Line(tuple(bound[fact.split("=")[0]] if "{" in fact else fact for fact in line.facts), line.style,
                 text[0].upper() + text[1:], True) for bound, text in found]  # fmt: skip


def insert(match: re.Match, fact: str) -> str:
    """A slot's value, with `a` or `an` before it as it needs."""
    if not match.group(1):
        return reading(fact)
    return article(f"{match.group(1)[0]}(n) {reading(fact)}")


if __name__ == "__main__":
    lines = compile_lines()
    write_table(lines)
    print(f"{len(lines)} lines,", {style: sum(line.style == style for line in lines) for style in (*ROASTS, "social")})
    assert set(vocabulary()) == set(WORTH)
