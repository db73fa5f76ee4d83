"""Training examples: sampled sheets with answers, and the complete examples of the corpus, packed into rows."""

import random
from concurrent.futures import ProcessPoolExecutor

import numpy
from tokenizers import Tokenizer

from answers import answer_for
from corpus import Line, Table, compile_lines, sheets
from prompt import answer, prompt
from sampling import sheet
from vocabulary import STYLES, in_order

ROW = 256
SHARE = {"gentle": 5, "dry": 5, "spicy": 5, "plain": 2.5, "alt_text": 2.5, "social": 2}


def held_out(index: int) -> bool:
    """Whether a complete example of the corpus is kept for validation."""
    return index % 10 == 3


def complete(validation: bool) -> list[tuple[str, str]]:
    """The complete examples of the corpus as prompt and answer."""
    found = []
    for index, record in enumerate(sheets()):
        if held_out(index) == validation:
            lines = [Line(tuple(c), record["style"], t) for t, c in zip(record["output"], record["cites"])]
            found.append((prompt(in_order(record["facts"]), record["style"]), answer(lines)))
    return found


def sampled(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` sampled sheets with answers."""
    chance = random.Random(seed)
    table = Table(compile_lines())
    found = []
    while len(found) < count:
        facts = sheet(chance)
        style = chance.choices(STYLES, [SHARE[style] for style in STYLES])[0]
        lines = answer_for(table, facts, style, chance)
        if lines:
            found.append((prompt(facts, style), answer(lines)))
    return found


def generate(count: int, seed: int, workers: int, repeat: int) -> list[tuple[str, str]]:
    """Sampled examples, and each complete one `repeat` times, shuffled."""
    share = 2000
    seeds = [seed * 1000 + index for index in range(-(-count // share))]
    with ProcessPoolExecutor(workers) as pool:
        found = [pair for part in pool.map(sampled, [share] * len(seeds), seeds) for pair in part][:count]
    found += complete(validation=False) * repeat
    random.Random(seed).shuffle(found)
    return found


def texts() -> list[str]:
    """What the tokenizer learns from: every line and fact once or more, and captions of sampled sheets."""
    lines = [f" {line.text}" for line in compile_lines() if "{" not in line.text]
    pairs = sampled(4000, 77) + complete(validation=False)
    return lines + [text for pair in pairs for text in plain_parts(pair[0] + pair[1])]


def plain_parts(text: str) -> list[str]:
    """The text between control tokens."""
    return [part for piece in text.split("<") for part in [piece.split(">", 1)[-1]] if part.strip()]


def pack(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> dict[str, numpy.ndarray]:
    """Rows of `ROW` + 1 tokens: `ids`, `documents` (which example, 0 where padded), `positions` in the example and
    `counted` (whether the token belongs to an answer, so that predicting it counts)."""
    rows: list[list[tuple[list[int], int]]] = []
    room: list[int] = []
    open_rows: list[int] = []
    prompts = tokenizer.encode_batch([pair[0] for pair in pairs], add_special_tokens=False)
    answers = tokenizer.encode_batch([pair[1] for pair in pairs], add_special_tokens=False)
    for start, rest in zip(prompts, answers):
        ids = (start.ids + rest.ids)[: ROW + 1]
        place = next((row for row in open_rows if room[row] >= len(ids)), None)
        if place is None:
            place = len(rows)
            rows.append([])
            room.append(ROW + 1)
            open_rows = (open_rows + [place])[-12:]
        rows[place].append((ids, len(start.ids)))
        room[place] -= len(ids)
    packed = {
        "ids": numpy.zeros((len(rows), ROW + 1), numpy.int16),
        "documents": numpy.zeros((len(rows), ROW + 1), numpy.int16),
        "positions": numpy.zeros((len(rows), ROW + 1), numpy.int16),
        "counted": numpy.zeros((len(rows), ROW + 1), bool),
    }
    for row, documents in enumerate(rows):
        at = 0
        for number, (ids, prompt_length) in enumerate(documents, 1):
            span = slice(at, at + len(ids))
            packed["ids"][row, span] = ids
            packed["documents"][row, span] = number
            packed["positions"][row, span] = numpy.arange(len(ids))
            packed["counted"][row, at + prompt_length : at + len(ids)] = True
            at += len(ids)
    return packed
