"""Writes `Weights/heckle-body.onnx` from the checkpoint: `python -m bodies.export [--out FILE]`."""

import argparse
from pathlib import Path

import torch

from common.export import export
from common.paths import WEIGHTS, work

from .model import SIZE, BodyNet, Exported


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=WEIGHTS / "heckle-body.onnx")
    wanted = parser.parse_args()
    model = BodyNet()
    model.load_state_dict(torch.load(work("bodies") / "checkpoint.pt", map_location="cpu")["average"])
    export(Exported(model.eval()), torch.zeros(1, 3, SIZE, SIZE), wanted.out, "image", ["heatmaps"])
    print(wanted.out, wanted.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
