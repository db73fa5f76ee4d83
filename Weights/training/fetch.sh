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
  jaaumeadrover/Landscape-Image-Classification \
  lightly-ai/coco128_yolo \
  open-mmlab/mmpose \
  EliSchwartz/imagenet-sample-images \
  yadavaditya13/Image_Classification_Using_Deep_Learning \
  emanhamed/Houses-dataset \
  urbste/squeezenet_places365 \
  Mehranai/stanford40_pose \
  bearpaw/clothing-co-parsing \
  ShaharKSegal/CelebA_Samples \
  jesusmartinoza/Open-eyes-using-Pix2Pix; do
  [ -d "$data/${repository#*/}" ] || git clone --depth 1 "https://github.com/$repository" "$data/${repository#*/}"
done

# Those whose names say little lie under others.
fetched() { [ -d "$data/$2" ] || git clone --depth 1 "https://github.com/$1" "$data/$2"; }
fetched Oceanland-428/Human-Pose-Estimation lsp_original_Oceanland-428
fetched Trung-Jeager-2019/validation Trung-Jeager-2019_validation
fetched braun-steven/dfi-tensorflow dfi-tensorflow_LFW
fetched we333/expression_detect expression_detect_GENKI4K
fetched awol-rwal/Effects-of-Face-Alignment-on-Facial-Attribute-Classification celeba_labels
[ -f "$data/celeba_labels/list_attr_celeba.txt" ] \
  || (cd "$data/celeba_labels" && python3 -m zipfile -e list_attr_celeba.zip .)

# MiniPlaces lies in the history of a repository that has since put it aside.
if [ ! -d "$data/CTFs/data/images" ]; then
  git clone --no-checkout https://github.com/rathull/CTFs "$data/CTFs"
  git -C "$data/CTFs" checkout f35c219885f163ca00a045236dd44be489598837 -- data/images data/train.txt data/val.txt
fi
