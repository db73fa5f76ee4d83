"""Model to ONNX file: batch norms folded, weights in half precision, checked in ONNX Runtime."""

import warnings
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 13


def export(model: torch.nn.Module, example: torch.Tensor, path: Path, input: str, outputs: list[str],
           dynamic: bool = False, half: bool = True) -> None:
    """Writes `path`.

    - dynamic: whether height and width of the input are open.
    - half: whether weights are stored in half precision, each behind a Cast that engines fold when they load.
    """
    axes = {input: {2: "height", 3: "width"}} if dynamic else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.cpu().eval(), (example,), str(path), dynamo=False, opset_version=OPSET,
                          input_names=[input], output_names=outputs, dynamic_axes=axes)
    file = onnx.load(str(path))
    if half:
        halve(file.graph)
    file.producer_name, file.producer_version = "heckle", ""
    del file.graph.value_info[:]
    onnx.checker.check_model(file, full_check=True)
    onnx.save(file, str(path))


def halve(graph: onnx.GraphProto, least: int = 64) -> None:
    """Stores float weights of at least so many elements in half precision."""
    casts = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < least:
            continue
        name = weight.name
        if not numpy.isfinite(values.astype(numpy.float16)).all():
            raise ValueError(f"{name} does not fit half precision")
        weight.CopyFrom(numpy_helper.from_array(values.astype(numpy.float16), name + "_half"))
        casts.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def session(path: Path) -> onnxruntime.InferenceSession:
    """The file in ONNX Runtime, on one thread a call."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
