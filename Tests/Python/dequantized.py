"""Compares float32 values with what the gguf package makes of the same blocks, bit by bit (any NaN equals any other).

usage: dequantized.py TYPE BLOCKS VALUES        prints: same COUNT, or the first difference
"""
import sys

import numpy
from gguf import GGMLQuantizationType
from gguf.quants import dequantize

numpy.seterr(all="ignore")
blocks = numpy.fromfile(sys.argv[2], dtype=numpy.uint8)
got = numpy.fromfile(sys.argv[3], dtype=numpy.float32)
expected = dequantize(blocks.reshape(1, -1), GGMLQuantizationType[sys.argv[1]]).reshape(-1)
same = (got.view(numpy.uint32) == expected.view(numpy.uint32)) | (numpy.isnan(got) & numpy.isnan(expected))
if got.size != expected.size or not same.all():
    sys.exit(print("differs at", int(numpy.argmin(same)), "of", expected.size))
print("same", expected.size)
