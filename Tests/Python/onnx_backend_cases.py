"""The ONNX project's own cases for operators, as files for the tests of ONNX.

    onnx_backend_cases.py OUT   OUT/manifest.json: a list of cases, each with its name, its model's path, the operators in
                                it, and the names and .npy files of inputs and outputs

Left out are cases with values that are not arrays (sequences, optionals, strings) or of types that NumPy does not know.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy
import onnx
from onnx.backend.test.case.node import collect_testcases

KINDS = {"float16", "float32", "float64", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"}


def arrays(values):
    """The values as arrays; None if one is none that a file can hold."""
    found = []
    for value in values:
        if isinstance(value, (list, dict)) or value is None:
            return None
        value = numpy.asarray(value)
        if value.dtype.name not in KINDS:
            return None
        found.append(value)
    return found


def main(out):
    out = Path(out)
    manifest = []
    warnings.simplefilter("ignore")
    for number, case in enumerate(collect_testcases(None)):
        if case.kind != "node" or case.model is None:
            continue
        inputs, outputs = case.data_sets[0]
        inputs, outputs = arrays(inputs), arrays(outputs)
        if inputs is None or outputs is None:
            continue
        graph = case.model.graph
        model = out / f"{number}.onnx"
        onnx.save(case.model, model)
        entry = {
            "name": case.name, "model": str(model), "operators": sorted({node.op_type for node in graph.node}),
            "inputs": {}, "outputs": {}, "rtol": case.rtol or 1e-3, "atol": case.atol or 1e-7,
        }
        for role, infos, values in (("inputs", graph.input, inputs), ("outputs", graph.output, outputs)):
            for index, (info, value) in enumerate(zip(infos, values)):
                file = out / f"{number}-{role}-{index}.npy"
                numpy.save(file, numpy.ascontiguousarray(value).reshape(value.shape))
                entry[role][info.name] = str(file)
        manifest.append(entry)
    (out / "manifest.json").write_text(json.dumps(manifest))


if __name__ == "__main__":
    main(*sys.argv[1:])
