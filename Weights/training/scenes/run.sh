#!/bin/sh
# Makes heckle-scene.onnx from the data sets that fetch.sh brings: DATA=data OUT=build scenes/run.sh [minutes]
set -eu
cd "$(dirname "$0")/.."
data="${DATA:-data}"
python -m scenes.prepare --teacher "$data/squeezenet_places365/squeezenet_weights_places365.params"
python -m scenes.train --minutes "${1:-90}"
python -m scenes.export
python -m scenes.evaluate
