"""How many lines a sheet can choose from: the fewer, the more often two answers share one."""

import random
import statistics

from corpus import Table, compile_lines
from sampling import sheet

if __name__ == "__main__":
    table = Table(compile_lines())
    chance = random.Random(11)
    found = [sheet(chance) for _ in range(400)]
    for style in ("gentle", "dry", "spicy", "social"):
        print(style)
        for low, high in ((1, 4), (5, 7), (8, 10), (11, 14)):
            pools = [table.candidates(facts, style) for facts in found if low <= len(facts) <= high]
            sizes = sorted(len(pool) for pool in pools)
            effective = [sum(line.worth for line in pool) ** 2 / sum(line.worth**2 for line in pool) for pool in pools if pool]
            print(f"  {low}-{high} facts ({len(sizes)} sheets): least {sizes[0]}, tenth {sizes[len(sizes) // 10]}, "
                  f"median {statistics.median(sizes):.0f}, effective median {statistics.median(effective or [0]):.0f}")  # fmt: skip
