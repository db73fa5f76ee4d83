"""The public photos that the detector learns from."""

from common.sources import Collection

COLLECTIONS = [
    Collection("expressions", "facial_expressions/images", 9000, 40),
    Collection("lfw", "dfi-tensorflow_LFW/data/lfw-deepfunneled", 9000, 90),
    Collection("smiles", "expression_detect_GENKI4K/genki4k/files", 4000, 60),
    Collection("actions", "stanford40_pose/JPEGImages", 9532, 60),
    Collection("sports", "lsp/images", 7000, 40),
    Collection("objects", "imagenet-sample-images", 1000, 10),
    Collection("views", "Landscape-Image-Classification/data/train", 1000, 20),
    Collection("coco", "coco128_yolo/images/train2017", 128, 1),
    Collection("people", "mmpose/tests/data", 200, 0),
]
