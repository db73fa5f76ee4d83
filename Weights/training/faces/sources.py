"""The public photos that the detector learns from."""

from common.sources import Collection

COLLECTIONS = [
    Collection("expressions", "facial_expressions/images", 14000, 40),
    Collection("lfw", "FaceAnchorDataset/Dataset", 4000, 0, marked=True),
    Collection("sports", "lsp/images", 7000, 40),
    Collection("objects", "imagenet-sample-images", 1000, 10),
    Collection("views", "Landscape-Image-Classification/data/train", 1000, 20),
    Collection("coco", "coco128_yolo/images/train2017", 128, 1),
    Collection("people", "mmpose/tests/data", 200, 0),
]
