"""Answers to train on: which lines a good answer to a sheet would have, and in which order."""

import random

from captions import captions
from corpus import Line, Table
from vocabulary import ROASTS


def roast(table: Table, facts: list[str], style: str, count: int, chance: random.Random) -> list[Line]:
    """`count` lines, the particular ones likelier, seldom two about the same thing."""
    pool = table.candidates(facts, style)
    weights = [line.worth for line in pool]
    chosen: list[Line] = []
    while pool and len(chosen) < count:
        index = chance.choices(range(len(pool)), weights)[0]
        line = pool.pop(index)
        weights.pop(index)
        chosen.append(line)
        for other, candidate in enumerate(pool):
            shared = len(set(candidate.facts) & set(line.facts))
            if shared:
                weights[other] *= 0.12 if shared == len(candidate.facts) else 0.4
    return chosen


def caption(table: Table, facts: list[str], style: str, chance: random.Random) -> list[Line]:
    """One caption: of several sentences, one that says much."""
    pool = captions(facts, style, 6, chance)
    pool += [line for line in table.candidates(facts, style)]
    if not pool:
        return []
    aim = 5 if style == "plain" else 8
    return [max(pool, key=lambda line: -abs(aim - len(line.facts)) + chance.uniform(0, 3))]


def answer_for(table: Table, facts: list[str], style: str, chance: random.Random) -> list[Line]:
    """An answer in the style."""
    if style in ROASTS:
        return roast(table, facts, style, chance.choice((1, 2, 3, 3, 3, 4, 5)), chance)
    if style == "social":
        return roast(table, facts, style, 1, chance)
    return caption(table, facts, style, chance)
