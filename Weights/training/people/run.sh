#!/bin/sh
# Renders the training pictures, distils the people detector, writes Weights/heckle-people.onnx and measures it.
# DETECTOR names the teacher (YOLOX-nano, ONNX); DATA the data sets, OUT the working folder, THREADS the threads,
# PYTHON the interpreter (default venv/bin/python).
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-venv/bin/python}"
: "${DETECTOR:?the teacher, an ONNX file}"
./fetch.sh
"$python" -m people.prepare --teacher "$DETECTOR"
"$python" -m people.train
"$python" -m people.calibrate    # prints the bias of the best F1; BIAS in export.py is what is used
"$python" -m people.export
"$python" -m people.evaluate --teacher "$DETECTOR"
