"""How far heckle's and llama.cpp's scores are from exact ones, on small random models of every architecture.

Exact is the forward pass in float64 on the weights as the file has them, `Tests/Python/language_reference.py`. Printed are means
over prompts of KL(exact || program) in units of 1e-6 nats, and ratios, 1e-6 nats forgiven: of the means, ours to llama.cpp's at
its default and to the worse of its settings, and the worst of a single prompt, to the worse of its settings.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import llama_cpp
import numpy as np

import peer

sys.path.insert(0, str(Path(__file__).parents[2] / "Tests/Python"))
import language_reference as reference

FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "gemma3"]
TYPES = ["f16", "q8_0", "q4_k_m", "q4_0"]
SETTINGS = ["default", "no repack, no flash"]
HIDDEN = 256
#: Nats that are added to llama.cpp's before a ratio is taken: so little says nothing.
FORGIVEN = 1e-6


def prompts(texts: int) -> list[list[int]]:
    rng = np.random.Generator(np.random.Philox(key=5))
    every = [[257] + [int(t) for t in rng.integers(0, 256, 99)] for _ in range(texts)]
    return [text[:count] for count in (7, 33, 100) for text in every]


def theirs(path: Path, setting: str, tokens: list[list[int]]) -> list[np.ndarray]:
    context = peer.Context(str(path), peer.SETTINGS[setting], 2, 256)
    scores = []
    for prompt in tokens:
        context.clear()
        context.evaluate(prompt)
        pointer = llama_cpp.llama_get_logits_ith(context.context, -1)
        scores.append(np.ctypeslib.as_array(pointer, (reference.VOCABULARY,)).copy())
    return scores


def ours(options: argparse.Namespace, path: Path, tokens: list[list[int]]) -> list[np.ndarray]:
    process = subprocess.run([options.benchmarks, "scores", path], input=json.dumps(tokens), text=True, check=True,
                             stdout=subprocess.PIPE)
    return [np.array(scores) for scores in json.loads(process.stdout)]


def divergence(exact: np.ndarray, scores: np.ndarray) -> float:
    def logarithms(x):
        x = x.astype(np.float64) - x.max()
        return x - np.log(np.exp(x).sum())

    a, b = logarithms(exact), logarithms(scores)
    return float((np.exp(a) * (a - b)).sum())


def compare(options: argparse.Namespace, family: str, tokens: list[list[int]]) -> list[tuple[float, float]]:
    """Prints a line for each format; returns the means, ours and llama.cpp's at its default."""
    model = reference.model(family, HIDDEN)
    if family == "mistral":
        model["window"] = 0  # which llama.cpp does not read from such a file
    full = options.work / f"parity-{family}-f16.gguf"
    reference.write(model, HIDDEN, full, "F16")
    means = []
    for type in TYPES:
        path = options.work / f"parity-{family}-{type}.gguf"
        if path != full:
            subprocess.run([options.heckle, "quantize", full, path, "--type", type], check=True,
                           stdout=subprocess.DEVNULL)
        forward = reference.Reference(model, HIDDEN, path)
        exact = [forward.logits(prompt) for prompt in tokens]
        of = {"ours": ours(options, path, tokens)} | {name: theirs(path, name, tokens) for name in SETTINGS}
        far = {name: np.array([divergence(*pair) for pair in zip(exact, scores)]) for name, scores in of.items()}
        mine, usual, worse = far["ours"].mean(), far["default"].mean(), max(far[name].mean() for name in SETTINGS)
        single = (far["ours"] / (np.maximum(*(far[name] for name in SETTINGS)) + FORGIVEN)).max()
        means.append((mine, usual))
        ratios = (mine / (usual + FORGIVEN), mine / (worse + FORGIVEN), single)
        print(f"{family:<8} {type:<7}{mine * 1e6:10.2f}{usual * 1e6:10.2f}" + "".join(f"{ratio:8.2f}" for ratio in ratios), flush=True)
    return means


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--heckle", required=True, help="the program")
    options.add_argument("--benchmarks", required=True, help="the program that prints scores")
    options.add_argument("--work", type=Path, required=True, help="a folder for models")
    options.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    options.add_argument("--texts", type=int, default=16, help="texts that prompts are cut from")
    options = options.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    llama_cpp.llama_log_set(peer.quiet, None)
    llama_cpp.llama_backend_init()
    print(f"{'KL * 1e6':<16}{'ours':>9}{'theirs':>10}{'ratio':>8}{'worse':>8}{'single':>8}")
    tokens = prompts(options.texts)
    means = [pair for family in options.families for pair in compare(options, family, tokens)]
    mine, usual = (sum(column) / len(means) for column in zip(*means))
    print(f"{'mean':<16}{mine * 1e6:10.2f}{usual * 1e6:10.2f}{mine / usual:8.2f}")


if __name__ == "__main__":
    main()
