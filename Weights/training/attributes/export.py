"""Writes `Weights/heckle-attributes.onnx`: the trained network, calibrated: `python -m attributes.export [--out FILE]`."""

import argparse
from pathlib import Path

import numpy
import torch
from scipy import optimize

from attributes.data import ATTRIBUTES, SIZE, Faces, work
from attributes.model import AttributeNet, Exported
from attributes.train import logits
from common.export import export
from common.paths import WEIGHTS

FILE = WEIGHTS / "heckle-attributes.onnx"
CALIBRATED = 4
"""One held-out face in so many calibrates; the others measure."""


def calibrated(said: numpy.ndarray, labels: numpy.ndarray) -> tuple[float, float]:
    """Scale and shift of a logit that make the labels likeliest (Platt, 1999), both values counting as much."""
    holds = labels == 1
    weight = numpy.where(holds, 0.5 / holds.mean(), 0.5 / (~holds).mean())

    def nats(values: numpy.ndarray) -> float:
        score = said * values[0] + values[1]
        return float((weight * numpy.logaddexp(0, numpy.where(holds, -score, score))).mean())

    scale, shift = optimize.minimize(nats, [1.0, 0.0], method="Nelder-Mead").x
    return float(scale), float(shift)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FILE)
    wanted = parser.parse_args()
    model = AttributeNet()
    model.load_state_dict(torch.load(work() / "checkpoint.pt", map_location="cpu")["average"])
    model.eval()
    held = Faces.load("held")
    said, labels = logits(model, held, torch.device("cpu"))[::CALIBRATED], held.labels[::CALIBRATED]
    pairs = []
    for column, name in enumerate(ATTRIBUTES):
        known = labels[:, column] >= 0
        pairs.append(calibrated(said[known, column], labels[known, column]))
        print(f"{name}: scale {pairs[-1][0]:.3f}, shift {pairs[-1][1]:.3f}")
    scale, shift = (torch.tensor(values) for values in zip(*pairs))
    export(Exported(model, scale, shift), torch.zeros(1, 3, SIZE, SIZE), wanted.out, "face", ["probs"])
    print(wanted.out, wanted.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
