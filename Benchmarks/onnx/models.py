"""The models that are measured, and what they are run on: files of a folder, or, where that is empty, networks with well-known
shapes and random weights, which are written there first."""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


class Unsuitable(Exception):
    """Why a model cannot be measured."""


class Network:
    """An ONNX graph under construction. Values are names; channels of each are kept beside them."""

    def __init__(self, size: int):
        self.random = numpy.random.default_rng(1)
        self.nodes, self.weights, self.channels = [], [], {"image": 3}
        self.input = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, size, size])

    def constant(self, array: numpy.ndarray) -> str:
        name = f"constant{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, *inputs: str, channels: int | None = None, **attributes) -> str:
        """The first output of a new node, of as many channels as its first input where nothing is said."""
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        self.channels[name] = channels or self.channels[inputs[0]]
        return name

    def normal(self, *shape: int) -> str:
        """Random weights that keep the size of what goes through them, after He."""
        scale = (2 / numpy.prod(shape[1:])) ** 0.5
        return self.constant(self.random.standard_normal(shape, dtype=numpy.float32) * numpy.float32(scale))

    def conv(self, x: str, filters: int, kernel: int = 1, stride: int = 1, depthwise: bool = False, pad: bool = True) -> str:
        groups = self.channels[x] if depthwise else 1
        weights = self.normal(filters, self.channels[x] // groups, kernel, kernel)
        bias = self.constant(self.random.uniform(-0.1, 0.1, filters).astype(numpy.float32))
        return self.node("Conv", x, weights, bias, channels=filters, kernel_shape=[kernel, kernel], group=groups,
                         strides=[stride, stride], pads=[kernel // 2 if pad else 0] * 4)

    def relu(self, x: str) -> str:
        return self.node("Relu", x)

    def concat(self, *parts: str) -> str:
        return self.node("Concat", *parts, channels=sum(self.channels[part] for part in parts), axis=1)

    def upsample(self, x: str) -> str:
        scales = self.constant(numpy.array([1, 1, 2, 2], numpy.float32))
        return self.node("Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric",
                         nearest_mode="floor")

    def classes(self, x: str, count: int) -> str:
        """Scores of classes from the mean of each channel."""
        flat = self.node("Flatten", self.node("GlobalAveragePool", x))
        bias = self.constant(numpy.zeros(count, numpy.float32))
        return self.node("Gemm", flat, self.normal(count, self.channels[x]), bias, channels=count, transB=1)

    def write(self, path: Path, *outputs: str) -> None:
        infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, path.stem, [self.input], infos, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        partial = path.with_suffix(".partial")
        onnx.save(onnx.shape_inference.infer_shapes(model), partial)
        partial.rename(path)


def resnet18(path: Path) -> None:
    """ResNet-18 (He et al. 2016) at 224, batch normalisation folded."""
    net = Network(224)
    x = net.relu(net.conv("image", 64, 7, 2))
    x = net.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    for filters in (64, 128, 256, 512):
        for block in range(2):
            stride = 2 if block == 0 and filters > 64 else 1
            y = net.conv(net.relu(net.conv(x, filters, 3, stride)), filters, 3)
            shortcut = net.conv(x, filters, 1, stride) if stride > 1 else x
            x = net.relu(net.node("Add", y, shortcut))
    net.write(path, net.classes(x, 1000))


def mobilenet(path: Path) -> None:
    """MobileNet V1 (Howard et al. 2017) at 224, batch normalisation folded."""
    net = Network(224)
    bounds = [net.constant(numpy.array(value, numpy.float32)) for value in (0, 6)]
    x = net.node("Clip", net.conv("image", 32, 3, 2), *bounds)
    layers = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for filters, stride in layers:
        x = net.node("Clip", net.conv(x, net.channels[x], 3, stride, depthwise=True), *bounds)
        x = net.node("Clip", net.conv(x, filters), *bounds)
    net.write(path, net.node("Softmax", net.classes(x, 1000), axis=-1))


def detector(path: Path) -> None:
    """A detector shaped like YOLOv8n at 640: SiLU, split and joined channels, two pyramids, three scales."""
    net = Network(640)

    def conv(x: str, filters: int, kernel: int = 1, stride: int = 1) -> str:
        y = net.conv(x, filters, kernel, stride)
        return net.node("Mul", y, net.node("Sigmoid", y))

    def split(x: str, filters: int, repeats: int, adds: bool) -> str:
        x, half = conv(x, filters), filters // 2
        parts = [f"{x}.{index}" for index in range(2)]
        sizes = net.constant(numpy.array([half, half], numpy.int64))
        net.nodes.append(helper.make_node("Split", [x, sizes], parts, f"split{len(net.nodes)}", axis=1))
        net.channels.update(dict.fromkeys(parts, half))
        for _ in range(repeats):
            y = conv(conv(parts[-1], half, 3), half, 3)
            parts.append(net.node("Add", parts[-1], y) if adds else y)
        return conv(net.concat(*parts), filters)

    x, levels = conv("image", 16, 3, 2), []
    for filters, repeats in ((32, 1), (64, 2), (128, 2), (256, 1)):
        x = split(conv(x, filters, 3, 2), filters, repeats, adds=True)
        levels.append(x)
    pools = [conv(x, 128)]
    for _ in range(3):
        pools.append(net.node("MaxPool", pools[-1], kernel_shape=[5, 5], strides=[1, 1], pads=[2] * 4))
    large = conv(net.concat(*pools), 256)
    middle = split(net.concat(net.upsample(large), levels[2]), 128, 1, adds=False)
    small = split(net.concat(net.upsample(middle), levels[1]), 64, 1, adds=False)
    middle = split(net.concat(conv(small, 64, 3, 2), middle), 128, 1, adds=False)
    large = split(net.concat(conv(middle, 128, 3, 2), large), 256, 1, adds=False)
    flat, shape = [], net.constant(numpy.array([1, 144, -1], numpy.int64))
    for x in (small, middle, large):
        boxes = net.conv(conv(conv(x, 64, 3), 64, 3), 64)
        scores = net.node("Sigmoid", net.conv(conv(conv(x, 80, 3), 80, 3), 80))
        flat.append(net.node("Reshape", net.concat(boxes, scores), shape))
    net.write(path, net.node("Concat", *flat, axis=2))


def style(path: Path) -> None:
    """A style transfer network after Johnson et al. 2016 at 256: mirrored edges, instance normalisation."""
    net = Network(256)

    def conv(x: str, filters: int, kernel: int, stride: int = 1) -> str:
        pads = net.constant(numpy.array([0, 0, *[kernel // 2] * 2] * 2, numpy.int64))
        return net.conv(net.node("Pad", x, pads, mode="reflect"), filters, kernel, stride, pad=False)

    def normalised(x: str, filters: int, kernel: int, stride: int = 1) -> str:
        scale, shift = (net.constant(numpy.full(filters, value, numpy.float32)) for value in (1, 0.1))
        return net.node("InstanceNormalization", conv(x, filters, kernel, stride), scale, shift)

    x = net.relu(normalised("image", 32, 9))
    for filters in (64, 128):
        x = net.relu(normalised(x, filters, 3, 2))
    for _ in range(5):
        x = net.node("Add", x, normalised(net.relu(normalised(x, 128, 3)), 128, 3))
    for filters in (64, 32):
        x = net.relu(normalised(net.upsample(x), filters, 3))
    net.write(path, conv(x, 3, 9))


NETWORKS = {"resnet18": resnet18, "mobilenet": mobilenet, "detector": detector, "style": style}


def files(folder: Path) -> list[Path]:
    """The ONNX files of a folder, in the order of their names; the networks from here where it has none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.glob("*.onnx")):
        for name, write in NETWORKS.items():
            print(f"writing {folder / name}.onnx", flush=True)
            write(folder / f"{name}.onnx")
    return sorted(folder.glob("*.onnx"))


def product(path: Path, size: int) -> None:
    """A product of two square matrices, both of them inputs."""
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [size, size]) for name in "abc"]
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["c"])], "product", infos[:2], infos[2:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def inputs(path: Path, open_size: int | None) -> dict[str, numpy.ndarray]:
    """Arrays for a model's inputs, in its order: random numbers from 0 to 1, the same each time; zeros for integers.

    Of the dimensions that it leaves open the first is 1 and others are `open_size`."""
    graph = onnx.load(path, load_external_data=False).graph
    constants = {weights.name for weights in graph.initializer}
    random, arrays = numpy.random.default_rng(1), {}
    for info in graph.input:
        if info.name in constants:
            continue
        shape = []
        for index, size in enumerate(info.type.tensor_type.shape.dim):
            value = size.dim_value if size.dim_value > 0 else 1 if index == 0 else open_size
            if value is None:
                raise Unsuitable(f"dimension {index} of its input {info.name} is open: --open says what to take")
            shape.append(value)
        kind = helper.tensor_dtype_to_np_dtype(info.type.tensor_type.elem_type)
        isFloat = numpy.issubdtype(kind, numpy.floating)
        arrays[info.name] = (random.random(shape) if isFloat else numpy.zeros(shape)).astype(kind)
    return arrays
