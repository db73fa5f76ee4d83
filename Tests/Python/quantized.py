"""Compares each tensor of a GGUF file in Q4_0 or Q8_0 with what the gguf package makes of the plain one.

usage: quantized.py PLAIN.gguf QUANTISED.gguf        prints: same COUNT, or the first difference
"""
import sys

import numpy
from gguf import GGUFReader
from gguf.quants import dequantize, quantize

plain = {tensor.name: tensor for tensor in GGUFReader(sys.argv[1]).tensors}
count = 0
for tensor in GGUFReader(sys.argv[2]).tensors:
    source = plain[tensor.name]
    if tensor.tensor_type == source.tensor_type or tensor.tensor_type.name not in ("Q4_0", "Q8_0"):
        continue
    columns = int(source.shape[0])
    values = dequantize(source.data, source.tensor_type).astype(numpy.float32).reshape(-1, columns)
    expected = quantize(values, tensor.tensor_type).reshape(-1)
    got = numpy.asarray(tensor.data).view(numpy.uint8).reshape(-1)
    if not numpy.array_equal(expected, got):
        sys.exit(print(tensor.name, "differs in", int((expected != got).sum()), "of", got.size, "bytes"))
    count += 1
print("same", count)
