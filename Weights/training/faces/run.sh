#!/bin/sh
# Trains the face detector from nothing and writes Weights/heckle-faces.onnx.
# Usage: faces/run.sh TEACHER [PHOTOS]: YuNet as ONNX, and a folder of photos to judge by (faces/README.md).
# PYTHON names the interpreter (default venv/bin/python), DATA and OUT the folders of data and work.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-venv/bin/python}"
teacher="${1:?the path of YuNet as ONNX}"
"$python" -m faces.prepare --teacher "$teacher"
"$python" -m faces.train
"$python" -m faces.export
"$python" -m faces.evaluate --teacher "$teacher" --held ${2:+--photos "$2"}
