"""Runs a model once through ONNX Runtime or ncnn, in a process of its own, and prints what it took as JSON, with the keys of
`heckle onnx bench --json`. What it runs on lies in a folder: 0.npy, 1.npy, ... in the order of the model's inputs."""

import argparse
import importlib
import importlib.util
import json
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import numpy


class ONNXRuntime:
    """As it comes, but for the number of threads."""

    def __init__(self, onnxruntime, model: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.names = [info.name for info in self.session.get_inputs()]

    def prepare(self, arrays: list[numpy.ndarray]) -> dict[str, numpy.ndarray]:
        return dict(zip(self.names, arrays, strict=True))

    def run(self, prepared: dict[str, numpy.ndarray]) -> list[numpy.ndarray]:
        return self.session.run(None, prepared)


class NCNN:
    """As it comes, but for the number of threads and half precision, which the others do not compute in either. `model` is the
    folder that `convert` made."""

    def __init__(self, ncnn, model: Path, threads: int):
        self.ncnn, self.net = ncnn, ncnn.Net()
        self.net.opt.num_threads = threads
        for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic"):
            setattr(self.net.opt, name, False)
        if self.net.load_param(str(model / "model.ncnn.param")) or self.net.load_model(str(model / "model.ncnn.bin")):
            raise SystemExit("ncnn lacks a layer of the converted model")
        # The converter says in a script which dimension of an input is that of the images, which ncnn does without.
        script = (model / "model_ncnn.py").read_text()
        self.inputs = re.findall(r'ex\.input\("(\w+)", ncnn\.Mat\(\w+\.numpy\(\)(?:, batch_index=(\d+))?\)', script)
        self.outputs = re.findall(r'ex\.extract\("(\w+)"\)', script)

    def prepare(self, arrays: list[numpy.ndarray]) -> list:
        def mat(array: numpy.ndarray, batch: str):
            array = numpy.ascontiguousarray(array)
            return (self.ncnn.Mat(array, batch_index=int(batch)) if batch else self.ncnn.Mat(array)).clone()

        return [(name, mat(array, batch)) for (name, batch), array in zip(self.inputs, arrays, strict=True)]

    def run(self, prepared: list) -> list[numpy.ndarray]:
        with self.net.create_extractor() as extractor:
            for name, mat in prepared:
                extractor.input(name, mat)
            outputs = []
            for name in self.outputs:
                status, mat = extractor.extract(name)
                if status:
                    raise SystemExit(f"ncnn cannot compute {name}")
                outputs.append(numpy.array(mat))
            return outputs


PEERS = {"onnxruntime": ONNXRuntime, "ncnn": NCNN}


def convert(model: Path, shapes: list[tuple[int, ...]], kinds: list[str], folder: Path) -> str | None:
    """Makes ncnn's files of a model in a folder, where they are not there yet; what went wrong, or None."""
    sizes = ",".join(f"[{','.join(map(str, shape))}]{kind}" for shape, kind in zip(shapes, kinds, strict=True))
    done = folder / "sizes"
    if done.exists() and done.read_text() == sizes and done.stat().st_mtime >= model.stat().st_mtime:
        return None
    package = importlib.util.find_spec("pnnx")
    if package is None:
        return "no converter: pnnx is not installed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "model.onnx").symlink_to(model.resolve())
    command = [Path(package.submodule_search_locations[0]) / "pnnx", "model.onnx", f"inputshape={sizes}", "fp16=0"]
    with open(folder / "log", "w") as log:
        try:
            status = subprocess.run(command, cwd=folder, stdout=log, stderr=log, timeout=600).returncode
        except subprocess.TimeoutExpired:
            return "the converter takes too long"
    # Files of other formats, as large as the model.
    for path in folder.glob("*pnnx*"):
        path.unlink()
    if status or not (folder / "model_ncnn.py").exists():
        shutil.move(folder / "log", folder.with_suffix(".log"))
        shutil.rmtree(folder)
        return f"pnnx cannot convert it: see {folder.with_suffix('.log')}"
    done.write_text(sizes)
    return None


def memory(field: str) -> int | None:
    """Bytes of this process in RAM: now (VmRSS), the most so far (VmHWM); None where the system has no such file."""
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return None
    found = re.search(rf"^{field}:\s*(\d+)", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def forget_peak() -> None:
    """Lets the most so far be what there is now: importing a library takes more for a while."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def measure(options: argparse.Namespace) -> dict:
    module = importlib.import_module(options.peer)
    forget_peak()
    base, start = memory("VmRSS"), time.perf_counter()
    model = PEERS[options.peer](module, options.model, options.threads)
    creation = time.perf_counter() - start
    count = len(list(options.inputs.glob("*.npy")))
    prepared = model.prepare([numpy.load(options.inputs / f"{index}.npy") for index in range(count)])
    times = []
    for _ in range(options.warmup + options.runs):
        start = time.perf_counter()
        outputs = model.run(prepared)
        times.append((time.perf_counter() - start) * 1000)
    times = times[options.warmup:]
    document = {
        "threads": options.threads, "runs": options.runs, "session_seconds": creation,
        "milliseconds": {"median": statistics.median(times), "least": min(times), "greatest": max(times), "all": times},
        "resident_bytes": memory("VmRSS"), "base_bytes": base, "peak_bytes": memory("VmHWM"),
    }
    if options.outputs:
        options.outputs.mkdir(parents=True, exist_ok=True)
        for index, output in enumerate(outputs):
            numpy.save(options.outputs / f"{index}.npy", output)
    return document


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("peer", choices=PEERS)
    options.add_argument("model", type=Path)
    options.add_argument("--inputs", type=Path, required=True)
    options.add_argument("--outputs", type=Path, help="a folder to write what the last run gave to")
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--warmup", type=int, default=2)
    options.add_argument("--runs", type=int, default=10)
    document = measure(options.parse_args())
    print(json.dumps(document))


if __name__ == "__main__":
    main()
