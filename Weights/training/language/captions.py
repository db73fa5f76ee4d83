"""Captions of styles plain and alt_text: random derivations of the grammar in `Weights/captions.json`.

An alternative of a rule is usable when the facts it cites are on the sheet and not yet expressed, its `when` holds and
nothing of its `unless` does. `key=a|b` is any of the values, `key=*` any, `key=*!a|b` any but those; a comma joins
conditions (`unless` fails where any of them holds). `{key}` reads the value that the alternative cites, `<name>`
expands a rule.
"""

import random
import re

from corpus import Line
from vocabulary import article, grammar, reading

PIECE = re.compile(r"<([^>]+)>|\{(\w+)\}")


class Derivation:
    """One attempt at a sentence for a sheet."""

    def __init__(self, facts: list[str], chance: random.Random):
        self.facts, self.chance = facts, chance
        self.used: list[str] = []

    def matching(self, condition: str) -> list[str]:
        """The facts of the sheet that satisfy one condition."""
        key, values = condition.split("=", 1)
        held = [fact for fact in self.facts if fact.startswith(key + "=")]
        if values.startswith("*"):
            barred = set(values[2:].split("|"))
            return [fact for fact in held if fact.split("=", 1)[1] not in barred]
        return [fact for fact in held if fact.split("=", 1)[1] in values.split("|")]

    def expand(self, name: str) -> str | None:
        """A text of the rule; None where no alternative can be used. Consumed facts stay consumed on success."""
        pool = list(grammar()["rules"][name])
        while pool:
            choice = self.chance.choices(range(len(pool)), [each.get("weight", 1) for each in pool])[0]
            mark = len(self.used)
            text = self.attempt(pool.pop(choice))
            if text is not None:
                return text
            del self.used[mark:]
        return None

    def attempt(self, alternative: dict) -> str | None:
        if "when" in alternative and not all(map(self.matching, alternative["when"].split(","))):
            return None
        if "unless" in alternative and any(map(self.matching, alternative["unless"].split(","))):
            return None
        bound = {}
        for condition in filter(None, alternative.get("cite", "").split(",")):
            free = [fact for fact in self.matching(condition) if fact not in self.used]
            if not free:
                return None
            fact = self.chance.choice(free)
            bound[fact.split("=")[0]] = fact
            self.used.append(fact)
        text = ""
        position = 0
        for match in PIECE.finditer(alternative["say"]):
            text += alternative["say"][position : match.start()]
            position = match.end()
            part = self.expand(match.group(1)) if match.group(1) else reading(bound[match.group(2)])
            if part is None:
                return None
            text += part
        return text + alternative["say"][position:]


def tidy(text: str) -> str:
    """Spaces, commas, articles and capitals as a sentence has them."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"(?: ?,)+(?= ?[,.])", "", re.sub(r" (?=[,.])", "", text))
    text = article(text)
    return re.sub(r"(^|\. )([a-z])", lambda match: match.group(1) + match.group(2).upper(), text)


def derive(facts: list[str], style: str, chance: random.Random, fewest: int) -> Line | None:
    """One caption of `fewest` facts or more, or None where this attempt comes to nothing."""
    derivation = Derivation(facts, chance)
    text = derivation.expand(grammar()["start"][style])
    if text is None or len(derivation.used) < fewest:
        return None
    text = tidy(text)
    if len(text.split()) > grammar()["words"][style]:
        return None
    return Line(tuple(fact for fact in facts if fact in derivation.used), style, text)


def captions(facts: list[str], style: str, count: int, chance: random.Random) -> list[Line]:
    """Up to `count` different captions. A sheet whose facts the grammar can hardly express gets shorter ones."""
    found: dict[str, Line] = {}
    for fewest in (min(grammar()["least"][style], len(facts)), 1):
        for _ in range(4 * count):
            line = derive(facts, style, chance, fewest)
            if line is not None:
                found.setdefault(line.text, line)
            if len(found) == count:
                break
        if found:
            break
    return list(found.values())


if __name__ == "__main__":
    import sampling

    chance = random.Random(3)
    for _ in range(12):
        facts = sampling.sheet(chance)
        print("\n" + " ".join(facts))
        for style in ("plain", "alt_text"):
            found = captions(facts, style, 800, chance)
            print(f"  {style} {len(found)}")
            for line in found[:7]:
                print("   ", line.text)
