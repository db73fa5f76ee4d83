#!/bin/sh
# Makes Weights/heckle-expression.onnx from nothing: arrays, training, file, acceptance figures.
# usage: expression/run.sh DETECTOR TEACHER  (YuNet finds the faces in the photos, mini-XCEPTION gives opinions; ONNX)
# PYTHON names the interpreter (default venv/bin/python), DATA the folder of data sets, OUT that of what is made.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-venv/bin/python}"
./fetch.sh
"$python" -m expression.prepare --detector "$1"
"$python" -m expression.teacher --teacher "$2"
"$python" -m expression.train
"$python" -m expression.train --name second --start "${OUT:-build}/expression/run/weights.pt" --rate 0.03 --epochs 8 --seed 2
"$python" -m expression.export --names run second
"$python" -m expression.evaluate
