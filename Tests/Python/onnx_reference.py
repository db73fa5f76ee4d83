"""What ONNX Runtime computes for real models, for the tests of ONNX to compare with.

    onnx_reference.py run OUT PHOTOS MODEL...  OUT/manifest.json: a list of runs, each with the model's path and the names
                                         and .npy files of its inputs and outputs; two runs a model. PHOTOS: two
                                         portraits, separated by a comma
    onnx_reference.py time MODEL...      milliseconds a run on two threads, the median of several, one line a model

Models in half precision are computed with their weights cast to single precision.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper
from PIL import Image

# Sizes for the open dimensions of a model, a run each; the batch is 1 where nothing is said.
SIZES = {
    "yunet_n_dynamic": [{"height": 256, "width": 320}, {"height": 480, "width": 640, "batch": 2}],
    "pfld_68pt_112": [{}, {"batch_size": 3}],
    "pytorch_super_resolution": [{}, {"batch_size": 2}],
}
# Models that take pixels as they are; the detectors get portraits. The style model does not: over areas of one colour ONNX
# Runtime's instance normalization is off by up to 1e-3 of what double precision gives.
DETECTORS = ("yunet", "face_detection_yunet", "yolox", "lightweight")
PIXELS = ("candy", "SqueezeNet")


def single_precision(model):
    """The model with all half-precision tensors and types made single."""
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT16:
            values = numpy_helper.to_array(tensor).astype(numpy.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT16:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    return model


def session(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = single_precision(onnx.load(path))
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def sizes(path, info, number):
    given = SIZES.get(Path(path).stem, [{}, {}])[number]
    return [size if isinstance(size, int) else given.get(size, 1) for size in info.shape]


def waves(shape, number):
    """A smooth picture with noise, its values in -1...1."""
    random = numpy.random.default_rng(number + 1)
    grid = numpy.indices(shape[-2:]) / numpy.array(shape[-2:]).reshape(2, 1, 1)
    values = numpy.sin(6.3 * (grid[0] * (1 + number) + 2 * grid[1]))
    return 0.7 * values + 0.3 * random.uniform(-1, 1, shape)


def pixels(shape, photo):
    """Blue, green and red of a portrait, once large and often small: so that a face detector finds faces of every size,
    and none of its scores are all next to 0, where only absolute errors mean anything."""
    height, width = shape[2:]
    picture = Image.open(photo).convert("RGB")
    picture = picture.resize((width, round(picture.height * width / picture.width)))
    canvas = Image.new("RGB", (width, height), "gray")
    large = picture.resize((round(0.62 * width), round(0.62 * width * picture.height / picture.width)))
    canvas.paste(large, (0, 0))
    for index, part in enumerate((0.3, 0.15, 0.1, 0.07, 0.05)):
        small = picture.resize((round(part * width), round(part * width * picture.height / picture.width)))
        canvas.paste(small, (round(0.64 * width), round((0.0, 0.45, 0.66, 0.8, 0.9)[index] * height)))
    values = numpy.asarray(canvas, numpy.float32).transpose(2, 0, 1)[::-1]
    return numpy.broadcast_to(values, shape)


def sample(path, info, number, photos):
    shape = sizes(path, info, number)
    if Path(path).stem.startswith(DETECTORS):
        return numpy.ascontiguousarray(pixels(shape, photos[number]), numpy.float32)
    values = waves(shape, number)
    return (127.5 + 127.5 * values if Path(path).stem.startswith(PIXELS) else values).astype(numpy.float32)


def run(out, photos, *paths):
    out = Path(out)
    photos = photos.split(",")
    manifest = []
    for place, path in enumerate(paths):
        declared = {value.name: value.type.tensor_type.elem_type for value in onnx.load(path).graph.input}
        runner = session(path)
        for number in range(2):
            inputs = {info.name: sample(path, info, number, photos) for info in runner.get_inputs()}
            for name in inputs:
                if declared[name] == TensorProto.FLOAT16:
                    inputs[name] = inputs[name].astype(numpy.float16)
            names = [info.name for info in runner.get_outputs()]
            results = runner.run(names, {name: value.astype(numpy.float32) for name, value in inputs.items()})
            entry = {"model": path, "inputs": {}, "outputs": {}}
            for role, values in (("inputs", inputs), ("outputs", dict(zip(names, results)))):
                for index, (name, value) in enumerate(values.items()):
                    file = out / f"{place}-{number}-{role}-{index}.npy"
                    numpy.save(file, numpy.ascontiguousarray(value))
                    entry[role][name] = str(file)
            manifest.append(entry)
    (out / "manifest.json").write_text(json.dumps(manifest))


def measure(*paths):
    for path in paths:
        runner = session(path)
        inputs = {info.name: waves(sizes(path, info, 0), 0).astype(numpy.float32) for info in runner.get_inputs()}
        times = []
        for _ in range(20):
            start = time.perf_counter()
            runner.run(None, inputs)
            times.append(time.perf_counter() - start)
        print(f"{Path(path).name} {1000 * statistics.median(times[3:]):.2f} {1000 * min(times):.2f}")


if __name__ == "__main__":
    {"run": run, "time": measure}[sys.argv[1]](*sys.argv[2:])
