#!/bin/sh
# Fetches the public data sets of the vision recipes into data/ (or DATA). They are never committed.
set -eu
cd "$(dirname "$0")"
data="${DATA:-data}"
mkdir -p "$data"
for repository in \
  muxspace/facial_expressions \
  GayathriReji/FER \
  RecepTahirGunlu/Duygu-Tanima \
  axelcarlier/lsp \
  osbo8060/FaceAnchorDataset \
  jaaumeadrover/Landscape-Image-Classification \
  lightly-ai/coco128_yolo \
  open-mmlab/mmpose \
  EliSchwartz/imagenet-sample-images; do
  [ -d "$data/${repository#*/}" ] || git clone --depth 1 "https://github.com/$repository" "$data/${repository#*/}"
done
