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
  EliSchwartz/imagenet-sample-images \
  yadavaditya13/Image_Classification_Using_Deep_Learning \
  emanhamed/Houses-dataset \
  urbste/squeezenet_places365; do
  [ -d "$data/${repository#*/}" ] || git clone --depth 1 "https://github.com/$repository" "$data/${repository#*/}"
done

# MiniPlaces lies in the history of a repository that has since put it aside.
if [ ! -d "$data/CTFs/data/images" ]; then
  git clone --no-checkout https://github.com/rathull/CTFs "$data/CTFs"
  git -C "$data/CTFs" checkout f35c219885f163ca00a045236dd44be489598837 -- data/images data/train.txt data/val.txt
fi
