"""Several models that look at the same photo: heckle, one after the other over its pool, beside four ways of arranging ONNX
Runtime's sessions. The programs have a turn each in every round, each a process of its own."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: By name: whether the sessions share one pool of threads, and whether they run all at once, each started by a thread.
ARRANGEMENTS = {
    "a pool a session, in turn": (False, False),
    "a pool a session, all at once": (False, True),
    "one pool, in turn": (True, False),
    "one pool, all at once": (True, True),
}
OURS = "heckle"


def peer(arrangement: str, threads: int, runs: int, paths: list[Path]) -> list[float]:
    """The milliseconds of each round in ONNX Runtime, the first one left out."""
    import numpy
    import onnxruntime

    shares, at_once = ARRANGEMENTS[arrangement]
    options = onnxruntime.SessionOptions()
    if shares:
        onnxruntime.set_global_thread_pool_sizes(threads, 1)
        options.use_per_session_threads = False
    else:
        options.intra_op_num_threads = threads
    random, work = numpy.random.default_rng(1), []
    for path in paths:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        info = session.get_inputs()[0]
        work.append((session, {info.name: random.random(info.shape, numpy.float32)}))
    times = []
    with ThreadPoolExecutor(len(work)) as pool:
        for _ in range(runs + 1):
            start = time.perf_counter()
            if at_once:
                list(pool.map(lambda pair: pair[0].run(None, pair[1]), work))
            else:
                for session, feed in work:
                    session.run(None, feed)
            times.append((time.perf_counter() - start) * 1000)
    return times[1:]


def measured(options: argparse.Namespace, program: str) -> list[float]:
    counts = [str(options.threads), str(options.runs)]
    if program == OURS:
        command = [options.benchmarks, "set", *counts, *options.models]
    else:
        command = [sys.executable, __file__, "--peer", program, "--threads", counts[0], "--runs", counts[1], *options.models]
    return json.loads(subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout)


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--benchmarks", type=Path, help="the program Benchmarks")
    options.add_argument("--peer", choices=ARRANGEMENTS, help=argparse.SUPPRESS)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=5, help="processes of each program")
    options.add_argument("--runs", type=int, default=3, help="measured runs in each")
    options.add_argument("models", type=Path, nargs="+", help="ONNX files of one input of a fixed shape; may be given twice")
    return options.parse_args()


def main() -> None:
    options = arguments()
    if options.peer:
        print(json.dumps(peer(options.peer, options.threads, options.runs, options.models)))
        return
    programs = [OURS, *ARRANGEMENTS]
    medians = {program: [] for program in programs}
    for _ in range(options.rounds):
        for program in programs:
            medians[program].append(statistics.median(measured(options, program)))
    ours = statistics.median(medians[OURS])
    print(f"{len(options.models)} models, {options.threads} threads: median of {options.rounds} medians of {options.runs}")
    for program in programs:
        value = statistics.median(medians[program])
        print(f"{program:32} {value:8.1f} ms, {value / ours:5.2f} times ours")


if __name__ == "__main__":
    main()
