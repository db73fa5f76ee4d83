#!/bin/sh
# Makes the training data, trains the body network, writes Weights/heckle-body.onnx and measures it.
# DETECTOR and POSE name the teachers (YOLOX-nano, Ultralight-SimplePose, both ONNX); DATA the data sets, OUT the
# working folder, THREADS the threads, PYTHON the interpreter (default venv/bin/python).
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-venv/bin/python}"
: "${DETECTOR:?the person detector of the teacher, an ONNX file}" "${POSE:?the pose teacher, an ONNX file}"
./fetch.sh
"$python" -m bodies.pack
"$python" -m bodies.prepare
"$python" -m bodies.teacher --detector "$DETECTOR" --pose "$POSE"
"$python" -m bodies.train
"$python" -m bodies.export
"$python" -m bodies.evaluate
