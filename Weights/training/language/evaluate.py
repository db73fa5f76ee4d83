"""The acceptance figures: answers to unseen sheets by constrained decoding, judged by lookup."""

import argparse
import itertools
import random
import statistics
from pathlib import Path

import numpy
import torch

import export
from corpus import Line, Table, compile_lines
from decode import Decoder, load, pool_for
from sampling import sheet
from train import validate
from vocabulary import STYLES, TASK

SHEETS_SEED = 20240


def pairs_of(text: str) -> list[tuple[str, str]]:
    words = text.lower().replace(",", " ").replace(".", " ").split()
    return list(zip(words, words[1:]))


def distinct(texts: list[str]) -> float:
    """Distinct-2: different pairs of neighbouring words over all pairs."""
    pairs = [pair for text in texts for pair in pairs_of(text)]
    return len(set(pairs)) / max(1, len(pairs))


def shared(one: list[Line], other: list[Line]) -> float:
    """Share of the lines of one answer that the other has too."""
    texts = {line.text for line in other}
    return sum(line.text in texts for line in one) / max(1, len(one))


def unseen(count: int) -> list[list[str]]:
    """Sheets of a seed that training does not use, of four facts and more, as photos give."""
    chance = random.Random(SHEETS_SEED)
    found = []
    while len(found) < count:
        facts = sheet(chance)
        if len(facts) >= 4:
            found.append(facts)
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=Path, default=Path("build"))
    options.add_argument("--gguf", type=Path, help="weights to judge instead of the checkpoint's")
    options.add_argument("--sheets", type=int, default=200)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--lines", type=int, default=3)
    options.add_argument("--temperature", type=float, default=1.0)
    options.add_argument("--prior", type=float, default=0.6)
    options.add_argument("--show", type=int, default=0)
    options.add_argument("--styles", nargs="*", default=list(STYLES))
    option = options.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load(option.out)
    if option.gguf:
        export.read(option.gguf, model)
    for name in ("validation", "validation-written"):
        if (option.out / f"{name}.npz").exists():
            loss = validate(model, dict(numpy.load(option.out / f"{name}.npz")), "cpu", 8)
            print(f"{name} loss {loss:.3f} nats a token of the answers")
    decoder = Decoder(model, tokenizer, option.temperature, option.prior)
    table = Table(compile_lines())
    sheets = unseen(option.sheets)
    print(f"{model.parameters_count():,} parameters, {len(sheets)} sheets, {option.lines} lines, "
          f"temperature {option.temperature}, prior {option.prior}")  # fmt: skip
    for style in option.styles:
        count = option.lines if TASK[style] == "roast" else 1
        true = total = twice = empty = 0
        shares, texts, cited, pools = [], [], [], []
        for number, facts in enumerate(sheets):
            answers = []
            for seed in range(1, option.seeds + 1):
                pool = pool_for(table, facts, style, random.Random(seed * 1000 + number))
                pools.append(len(pool))
                answers.append(decoder.write(facts, style, pool, count, seed * 1000 + number))
            for lines in answers:
                total += len(lines)
                true += sum(set(line.facts) <= set(facts) and len(line.facts) > 0 for line in lines)
                twice += len(lines) - len({line.text for line in lines})
                empty += not lines
                cited += [len(line.facts) for line in lines]
                texts += [line.text for line in lines]
            if answers[0]:
                shares += [shared(one, other) for one, other in itertools.combinations(answers, 2)]
            if number < option.show:
                print("  " + " ".join(facts))
                for line in answers[0]:
                    print(f"    {line.text}   [{', '.join(line.facts)}]")
        print(f"{style}: true {100 * true / max(1, total):.1f} % of {total}, twice {twice}, no answer {empty}, shared by two "
              f"seeds {100 * statistics.mean(shares):.1f} %, distinct-2 {distinct(texts):.3f}, facts a line "
              f"{statistics.mean(cited):.2f}, candidates median {statistics.median(pools):.0f}, least {min(pools)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
