"""Writes `Weights/heckle-people.onnx` from the checkpoint: `python -m people.export [--bias B] [--out FILE]`."""

import argparse
from pathlib import Path

import torch

from common.export import export
from common.paths import WEIGHTS, work

from .model import SIZE, Exported, PeopleNet

BIAS = -0.5
"""Added to the logits: 0.5 is then the score to cut at. `people.calibrate` advises one for the best F1; less buys precision."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bias", type=float, default=BIAS)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "heckle-people.onnx")
    wanted = parser.parse_args()
    model = PeopleNet()
    model.load_state_dict(torch.load(work("people") / "checkpoint.pt")["average"])
    export(Exported(model.eval(), wanted.bias), torch.zeros(1, 3, SIZE, SIZE), wanted.out, "images", ["output"])
    print(wanted.out, wanted.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
