"""heckle, ONNX Runtime and ncnn on the same models, in turn, and tables of medians and ratios: ours to theirs, so that below 1
ours is quicker or smaller."""

import argparse
import json
import math
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import models
import numpy
import peers
import table
from table import OURS

HERE = Path(__file__).parent
#: Side of the square matrices whose product tells what the machine can do.
PRODUCT = 1024
#: What ncnn's converter calls element types.
KINDS = {"float32": "f32", "float64": "f64", "float16": "f16", "int64": "i64", "int32": "i32", "uint8": "u8"}


@dataclass
class Case:
    """A model and what it is run on."""

    path: Path
    names: list[str]
    #: The folder of the inputs.
    inputs: Path
    #: The programs that run it, ours first.
    programs: list[str]
    #: The folder of the model in ncnn's format.
    converted: Path
    notes: list[str] = field(default_factory=list)


def prepare(options: argparse.Namespace, path: Path) -> Case:
    """Writes the inputs, and the model as ncnn wants it; throws where the model does not tell its inputs."""
    arrays = models.inputs(path, options.open)
    case = Case(path, list(arrays), options.work / "inputs" / path.stem, [OURS, *options.peers],
                options.work / "ncnn" / path.stem)
    case.inputs.mkdir(parents=True, exist_ok=True)
    for index, array in enumerate(arrays.values()):
        numpy.save(case.inputs / f"{index}.npy", array)
    if "ncnn" in case.programs:
        kinds = [KINDS.get(array.dtype.name, "f32") for array in arrays.values()]
        problem = peers.convert(path, [array.shape for array in arrays.values()], kinds, case.converted)
        if problem:
            leave_out(case, "ncnn", problem)
    return case


def leave_out(case: Case, program: str, why: str) -> None:
    case.programs.remove(program)
    case.notes.append(f"{case.path.stem}: {program}: {why}")


def output(case: Case, program: str, command: list) -> dict | None:
    """The JSON that a command prints; where it fails the program has no further part in the model."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode == 0:
        return json.loads(result.stdout.splitlines()[-1])
    lines = result.stderr.strip().splitlines()
    leave_out(case, program, lines[-1].removeprefix("heckle: ") if lines else f"status {result.returncode}")
    return None


def peer_command(case: Case, program: str, threads: int, *more) -> list:
    model = case.converted if program == "ncnn" else case.path
    return [sys.executable, HERE / "peers.py", program, model, "--inputs", case.inputs, "--threads", threads, *more]


def our_inputs(case: Case) -> list[str]:
    return [word for index, name in enumerate(case.names) for word in ("--input", f"{name}={case.inputs / str(index)}.npy")]


def measured(options: argparse.Namespace, case: Case, program: str, threads: int) -> dict | None:
    """What one process of a program took."""
    counts = ["--warmup", options.warmup, "--runs", options.runs]
    if program == OURS:
        words = [options.heckle, "onnx", "bench", case.path, "--json", "--threads", threads, *our_inputs(case), *counts]
        return output(case, program, words)
    return output(case, program, peer_command(case, program, threads, *counts))


def differences(options: argparse.Namespace, case: Case) -> dict[str, list[float]]:
    """By peer, for each output, how far ours is from theirs at most, as a part of their largest value."""
    folder = options.work / "outputs" / case.path.stem
    words = [options.heckle, "onnx", "run", case.path, "--json", "--output", folder / OURS, *our_inputs(case)]
    document = output(case, OURS, words)
    found = {}
    for program in [program for program in case.programs if program != OURS]:
        more = ["--outputs", folder / program, "--warmup", 0, "--runs", 1]
        if not output(case, program, peer_command(case, program, 1, *more)) or not document:
            continue
        pairs = [(entry["file"], folder / program / f"{index}.npy") for index, entry in enumerate(document["outputs"])]
        found[program] = [difference(numpy.load(ours), numpy.load(theirs)) for ours, theirs in pairs]
        if table.disagree(found[program]):
            case.notes.append(f"{case.path.stem}: {program}: values differ from ours: left out of the means")
    return found


def difference(ours: numpy.ndarray, theirs: numpy.ndarray) -> float:
    # ncnn knows no dimension of images.
    if ours.size != theirs.size:
        return math.inf
    ours, theirs = ours.astype(float).ravel(), theirs.astype(float).ravel()
    largest = numpy.abs(theirs).max(initial=0)
    return float(numpy.abs(ours - theirs).max(initial=0) / (largest or 1))


def product_rate(options: argparse.Namespace) -> float:
    """GFLOP/s of ONNX Runtime's quickest product of large matrices on one thread."""
    path, folder = options.work / "product.onnx", options.work / "inputs" / "product"
    models.product(path, PRODUCT)
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(2):
        numpy.save(folder / f"{index}.npy", numpy.random.default_rng(index).random((PRODUCT, PRODUCT), numpy.float32))
    case = Case(path, ["a", "b"], folder, ["onnxruntime"], path)
    document = output(case, "onnxruntime", peer_command(case, "onnxruntime", 1, "--runs", 20))
    if document is None:
        raise SystemExit(case.notes[0])
    return 2 * PRODUCT**3 / document["milliseconds"]["least"] * 1e-6


def compare(options: argparse.Namespace, case: Case, threads: int) -> dict:
    """The medians of some rounds, in each of which every program has a turn."""
    documents = {program: [] for program in (OURS, *options.peers)}
    for _ in range(options.rounds):
        for program in list(case.programs):
            if document := measured(options, case, program, threads):
                documents[program].append(document)
    row = {"model": case.path.stem, "threads": threads, "gflop": None}
    for program, list_ in documents.items():
        # One that failed in a later round has no median of as many as the others.
        row[program] = medians(list_) if program in case.programs else None
    if row[OURS]:
        row["gflop"] = documents[OURS][0]["gflop"]
    return row


def medians(documents: list[dict]) -> dict:
    # Systems without /proc do not tell.
    memory = [document["peak_bytes"] - document["base_bytes"] for document in documents if document["peak_bytes"]]
    return {
        "ms": statistics.median(document["milliseconds"]["median"] for document in documents),
        "creation": statistics.median(document["session_seconds"] for document in documents) * 1000,
        "memory": statistics.median(memory) * 1e-6 if memory else None,
    }


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--heckle", required=True, help="the program")
    options.add_argument("--work", type=Path, required=True, help="the folder for what is made on the way")
    options.add_argument("--models", type=Path, help="a folder of .onnx files; where it has none, some are written there")
    options.add_argument("--only", nargs="+", help="names of models to take from it")
    options.add_argument("--open", type=int, help="what dimensions of inputs that models leave open are, but for the first")
    options.add_argument("--peers", nargs="*", choices=peers.PEERS, default=list(peers.PEERS))
    options.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    options.add_argument("--rounds", type=int, default=5, help="processes of each program")
    options.add_argument("--warmup", type=int, default=2, help="runs in each before those measured")
    options.add_argument("--runs", type=int, default=10, help="measured runs in each")
    options.add_argument("--json", type=Path, help="a file to write the figures to as well")
    return options.parse_args()


def main() -> None:
    options = arguments()
    rows, notes = [], []
    paths = models.files(options.models or options.work / "models")
    print(table.speed_head(options), flush=True)
    for path in paths:
        if options.only and path.stem not in options.only:
            continue
        try:
            case = prepare(options, path)
        except models.Unsuitable as problem:
            notes.append(f"{path.stem}: {problem}")
            continue
        common = {"differences": differences(options, case), "product_rate": product_rate(options)}
        for threads in options.threads:
            rows.append(compare(options, case, threads) | common)
            print(table.speed_line(rows[-1], options), flush=True)
        notes += case.notes
    print("\n" + table.report(rows, options))
    for note in notes:
        print(note)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
