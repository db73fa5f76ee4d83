#!/bin/sh
# Trains the writer from nothing and writes Weights/lines.tsv and Weights/heckle-writer.gguf.
# PYTHON names the interpreter (default venv/bin/python), OUT the working folder (default build).
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-venv/bin/python}"
out="${OUT:-build}"
"$python" corpus.py
"$python" candidates.py
"$python" train.py --out "$out" --compile
"$python" export.py --out "$out" --f16 "$out/heckle-writer-f16.gguf" --q4 ../../heckle-writer.gguf
"$python" evaluate.py --out "$out"
