"""Facts: the closed vocabulary, how values read in a sentence, and how a sheet is ordered."""

import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent.parent
CORPUS = HERE / "corpus"

STYLES = ("gentle", "dry", "spicy", "plain", "alt_text", "social")
ROASTS = ("gentle", "dry", "spicy")
TASK = {style: "roast" if style in ROASTS else "caption" for style in STYLES}


@cache
def grammar() -> dict:
    """The caption grammar, which also says how values read."""
    return json.loads((WEIGHTS / "captions.json").read_text())


# Values that read otherwise than their name with spaces for underscores.
READINGS: dict[str, str] = grammar()["readings"]
# Values that read as a plural, so that "a", "its" or "is" cannot go with them.
PLURAL = set(grammar()["plural"])


@cache
def vocabulary() -> dict[str, list[str]]:
    """The values of each key, in the order of the file."""
    return json.loads((CORPUS / "vocabulary.json").read_text())


@cache
def order() -> dict[str, int]:
    """Position of each fact in vocabulary order: keys first, then values."""
    facts = [f"{key}={value}" for key, values in vocabulary().items() for value in values]
    return {fact: index for index, fact in enumerate(facts)}


def normal(fact: str) -> str:
    """The fact as the vocabulary spells it (`object=cell_phone` is `object=cell phone`)."""
    key, value = fact.split("=", 1)
    for spelling in (value, value.replace("_", " "), value.replace(" ", "_")):
        if "{" in value or f"{key}={spelling}" in order():
            return f"{key}={spelling}"
    raise ValueError(f"{fact} is not in the vocabulary")


def reading(fact: str) -> str:
    """How the value reads in a sentence."""
    return READINGS.get(fact) or fact.split("=", 1)[1].replace("_", " ")


def words(fact: str) -> str:
    """How the value stands in a prompt: its name with spaces for underscores."""
    return fact.split("=", 1)[1].replace("_", " ")


def article(text: str) -> str:
    """Resolves `a(n)` and `A(n)` by the letter that follows."""
    text = re.sub(r"\b([Aa])\(n\) (?=['\"]?[aeiouAEIOU])", r"\1n ", text)
    return re.sub(r"\b([Aa])\(n\) ", r"\1 ", text)


def in_order(facts) -> list[str]:
    """The facts by key, each once; within a key as they came, as a sheet lists the surer one first."""
    keys = {key: index for index, key in enumerate(vocabulary())}
    return sorted(dict.fromkeys(facts), key=lambda fact: keys[fact.split("=", 1)[0]])
