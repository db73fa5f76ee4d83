"""Constrained decoding, as the runtime does it: entries whose facts hold form a trie, the model chooses in it."""

import random
from pathlib import Path

import numpy
import torch
from tokenizers import Tokenizer

from captions import captions
from corpus import Line, Table
from model import Shape, Writer
from prompt import entry, prompt

# The fewest lines on a shortlist, where there are so many.
SHORTEST = 18
# How much the worth of a line counts among those that may come next.
POWER = 1.5


class Node:
    """A place in the trie: what may follow, the weight of the entries below, and the entry that ends here."""

    __slots__ = ("children", "weight", "line")

    def __init__(self):
        self.children: dict[int, Node] = {}
        self.weight = 0.0
        self.line: int | None = None


def trie(entries: list[list[int]], weights: list[float]) -> Node:
    """The trie of the entries whose weight is not zero."""
    root = Node()
    for index, (ids, weight) in enumerate(zip(entries, weights)):
        if weight == 0:
            continue
        node = root
        node.weight += weight
        for token in ids:
            node = node.children.setdefault(token, Node())
            node.weight += weight
        node.line = index
    return root


def weights_of(pool: list[Line], written: list[Line], power: float = POWER) -> list[float]:
    """How fit each line is to come next: the particular fitter than the general, nothing for what cites only facts the
    answer has joked about, unless nothing else is left."""
    used = {fact for line in written for fact in line.facts}
    texts = {line.text for line in written}
    left = [0.0 if line.text in texts else line.plain_worth**power for line in pool]
    known = [sum(fact in used for fact in line.facts) for line in pool]
    fresh = [
        weight * (1 if count == 0 else 0 if count == len(line.facts) else 0.2)
        for line, weight, count in zip(pool, left, known)
    ]
    return fresh if any(fresh) else left


class Decoder:
    """Writes answers with a model. `temperature` 0 is greedy; `prior` mixes in the share of the weight below a token:
    p becomes p^(1 - prior) * share^prior."""

    def __init__(self, model: Writer, tokenizer: Tokenizer, temperature: float = 1.0, prior: float = 0.6):
        self.model, self.tokenizer = model.eval(), tokenizer
        self.temperature, self.prior = temperature, prior

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    @torch.no_grad()
    def write(self, facts: list[str], style: str, pool: list[Line], count: int, seed: int) -> list[Line]:
        """`count` of the lines of the pool, each at most once."""
        chance = numpy.random.default_rng(seed)
        encoded = self.tokenizer.encode_batch([entry(line) for line in pool], add_special_tokens=False)
        entries = [each.ids for each in encoded]
        past: list[list] = [[] for _ in self.model.layers]
        seen = 0
        pending = self.ids(prompt(facts, style))
        chosen: list[Line] = []
        while len(chosen) < min(count, len(pool)):
            node = trie(entries, weights_of(pool, chosen))
            while node.line is None:
                if len(node.children) == 1:
                    token = next(iter(node.children))
                else:
                    ids, positions = torch.tensor([pending]), torch.arange(seen, seen + len(pending))[None]
                    logits = self.model(ids, positions, self.mask(seen, len(pending)), past)[0, -1]
                    seen += len(pending)
                    pending = []
                    token = self.pick(logits, node, chance)
                node = node.children[token]
                pending.append(token)
            chosen.append(pool[node.line])
        return chosen

    def mask(self, seen: int, length: int):
        """Which positions the new ones see; needed when several come after others."""
        if seen == 0 or length == 1:
            return None
        mask = torch.ones(length, seen + length, dtype=torch.bool).tril(seen)
        return mask[None, None]

    def pick(self, logits: torch.Tensor, node: Node, chance) -> int:
        tokens = sorted(node.children)
        scores = logits[tokens].double().numpy()
        shares = numpy.array([node.children[token].weight for token in tokens])
        if self.temperature == 0:
            return tokens[int(scores.argmax())]
        scores = scores / self.temperature
        weights = numpy.exp(scores - scores.max())
        weights = (weights / weights.sum()) ** (1 - self.prior) * (shares / shares.sum()) ** self.prior
        return tokens[int(chance.choice(len(tokens), p=weights / weights.sum()))]


def pool_for(table: Table, facts: list[str], style: str, chance: random.Random, limit: int = 400) -> list[Line]:
    """What one answer may hold: of the lines whose facts hold a shortlist, for plain and alt_text also sentences of
    the grammar."""
    pool = shortlist(table.candidates(facts, style), chance)
    if style in ("plain", "alt_text"):
        known = {line.text for line in pool}
        pool += [line for line in captions(facts, style, limit, chance) if line.text not in known]
    return pool


def shortlist(pool: list[Line], chance: random.Random) -> list[Line]:
    """A quarter of the lines, at least `SHORTEST`, by chance: other seeds have other lines to choose from, however much
    the model likes some."""
    count = max(SHORTEST, -(-len(pool) // 4))
    return pool if count >= len(pool) else [pool[index] for index in sorted(chance.sample(range(len(pool)), count))]


def load(folder: Path) -> tuple[Writer, Tokenizer]:
    """The model and tokenizer of a training folder."""
    state = torch.load(folder / "checkpoint.pt", map_location="cpu")
    model = Writer(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))
