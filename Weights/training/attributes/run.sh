#!/bin/sh
# Crops the faces, trains the attribute network, writes Weights/heckle-attributes.onnx and measures it.
# usage: attributes/run.sh DETECTOR MESH  (YuNet finds the faces, MediaPipe's face mesh says which eyes are open; ONNX)
# PYTHON names the interpreter (default venv/bin/python), DATA the folder of data sets, OUT that of what is made.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-venv/bin/python}"
./fetch.sh
"$python" -m attributes.prepare --detector "$1" --mesh "$2"
"$python" -m attributes.train
"$python" -m attributes.export
"$python" -m attributes.evaluate
