"""heckle and llama.cpp on the same files, in turn, and a table of medians and ratios."""

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import models
import peer

HERE = Path(__file__).parent
TYPES = ["q4_0", "q4_k_m", "q8_0"]


@dataclass
class Figures:
    """What the runs of one program with one setting took: tokens a second, seconds, bytes."""

    prefill: dict[int, list[float]] = field(default_factory=dict)
    decode: dict[int, list[float]] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    bandwidth: list[float] = field(default_factory=list)
    read: dict[int, list[float]] = field(default_factory=dict)

    def of(self, name: str, prompt: int) -> float:
        return statistics.median(getattr(self, name)[prompt])


def heckle(options: argparse.Namespace, path: Path, threads: int, prompts: list[int], into: Figures, sequences: int = 1) -> None:
    command = [options.heckle, "bench", "llm", str(path), "--threads", str(threads), "--runs", "1", "--json",
               "--decode-tokens", str(options.decode), "--sequences", str(sequences)]
    for prompt in prompts:
        command += ["--prompt-tokens", str(prompt)]
    document = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    for result in document["results"]:
        prompt = result["prompt_tokens"]
        into.prefill.setdefault(prompt, []).append(result["prefill_tokens_per_second"])
        into.decode.setdefault(prompt, []).append(result["decode_tokens_per_second"])
        into.read.setdefault(prompt, []).append(result["decode_bytes_per_second"])
    into.load.append(document["load_seconds"])
    into.resident.append(document["resident_bytes"] or 0)
    into.bandwidth.append(document["bandwidth_bytes_per_second"])


def llama(options: argparse.Namespace, path: Path, threads: int, setting: str, into: Figures) -> None:
    command = [sys.executable, str(HERE / "peer.py"), str(path), "--threads", str(threads), "--setting", setting,
               "--decode", str(options.decode), "--prompts", *map(str, options.prompts)]
    process = subprocess.run(command, stdout=subprocess.PIPE)
    if process.returncode != 0:
        raise SystemExit(f"llama.cpp with the setting {setting} ended with status {process.returncode}; -4 is an instruction that "
                         "it was compiled for and this machine refuses: the README says how to compile it otherwise")
    document = json.loads(process.stdout)
    for result in document["results"]:
        into.prefill.setdefault(result["prompt"], []).append(result["prefill"])
        into.decode.setdefault(result["prompt"], []).append(result["decode"])
    into.load.append(document["load"])
    into.resident.append(document["resident"])


def file(options: argparse.Namespace, model: str, type: str) -> Path:
    """The model in a format; made where it is not there yet."""
    path = options.work / f"{model}-{type}.gguf"
    if not path.exists():
        full = options.work / f"{model}-f16.gguf"
        if not full.exists():
            print(f"writing {full}", flush=True)
            partial = full.with_suffix(".partial")
            models.write(models.SHAPES[model], partial)
            partial.rename(full)
        subprocess.run([options.heckle, "quantize", str(full), str(path), "--type", type], check=True,
                       stdout=subprocess.DEVNULL)
    return path


def compare(options: argparse.Namespace, model: str, type: str, threads: int) -> None:
    path = file(options, model, type)
    ours, theirs, together = Figures(), {setting: Figures() for setting in options.settings}, Figures()
    first = options.prompts[0]
    for _ in range(options.runs):
        for setting in options.settings:
            # Ours stands between any two of theirs: a machine's speed drifts.
            heckle(options, path, threads, options.prompts, ours)
            llama(options, path, threads, setting, theirs[setting])
        heckle(options, path, threads, [first], together, sequences=4)
    default = theirs[options.settings[0]]
    print(f"\n{model} {type}, {threads} thread{'s' if threads > 1 else ''}: median of {options.runs} runs of each setting; "
          f"memory gives {statistics.median(ours.bandwidth) / 1e9:.1f} GB/s")
    print(f"{'':<16}{'ours':>8}{'default':>9}{'ratio':>7}{'best':>9}{'ratio':>7}  their best setting; ours of the bandwidth")
    for name in ("prefill", "decode"):
        for prompt in options.prompts:
            mine, usual = ours.of(name, prompt), default.of(name, prompt)
            setting, best = max(((key, value.of(name, prompt)) for key, value in theirs.items()), key=lambda pair: pair[1])
            share = f"; {ours.of('read', prompt) / statistics.median(ours.bandwidth):.0%}" if name == "decode" else ""
            print(f"{name + ' ' + str(prompt):<16}{mine:8.1f}{usual:9.1f}{mine / usual:7.2f}{best:9.1f}{mine / best:7.2f}  "
                  f"{setting}{share}")
    four = together.of("decode", first)
    print(f"{'4 together ' + str(first):<16}{four:8.1f}  {four / ours.of('decode', first):.2f} times one sequence's decode")
    for name, unit, scale in (("load", "ms", 1e3), ("resident", "MB", 1e-6)):
        mine, usual = (statistics.median(getattr(figures, name)) * scale for figures in (ours, default))
        print(f"{name + ', ' + unit:<16}{mine:8.0f}{usual:9.0f}{mine / usual:7.2f}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--heckle", required=True, help="the program")
    options.add_argument("--work", type=Path, required=True, help="the folder of the models")
    options.add_argument("--models", nargs="+", choices=models.SHAPES, default=list(models.SHAPES))
    options.add_argument("--types", nargs="+", choices=TYPES, default=TYPES)
    options.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    options.add_argument("--prompts", nargs="+", type=int, default=[128, 512, 2048])
    options.add_argument("--decode", type=int, default=64, help="tokens written after each prompt")
    options.add_argument("--settings", nargs="+", choices=peer.SETTINGS, default=list(peer.SETTINGS))
    options.add_argument("--runs", type=int, default=5)
    options = options.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for model in options.models:
        for type in options.types:
            for threads in options.threads:
                compare(options, model, type, threads)


if __name__ == "__main__":
    main()
