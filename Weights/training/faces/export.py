"""Best weights to `heckle-faces.onnx`, the operating point, chosen on photos kept from training, moved to a score of 0.6."""

import argparse
from pathlib import Path

import numpy
import torch

from common.export import export
from common.paths import WEIGHTS, work
from faces.detection import FACE, OUTPUTS, Agreement, decoded, suppressed
from faces.model import Exported, FaceNet
from faces.prepare import held
from faces.train import Validation

PRECISION = 0.95


def operating_point(model: FaceNet, photos: list[tuple[numpy.ndarray, numpy.ndarray]]) -> float:
    """The score from which on recall and precision, summed, are best, of those with a precision of at least 0.95, the aim."""
    with torch.no_grad():
        found = [suppressed(decoded(Validation.cells(model, image), *image.shape[:2], 0.1)) for image, _ in photos]
    points = []
    for least in numpy.arange(0.2, 0.81, 0.02):
        sums = Agreement()
        for ours, (_, teacher) in zip(found, photos):
            sums.add(ours[ours[:, 14] >= least], teacher)
        points.append((sums.precision >= PRECISION, sums.recall + sums.precision, float(least), sums))
    _, _, least, sums = max(points, key=lambda point: point[:2])
    print(f"operating point {least:.2f}: recall {sums.recall:.4f}, precision {sums.precision:.4f}, "
          f"points {sums.error:.4f}, IoU {sums.overlap:.4f}, faces {sums.wanted}")
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="run")
    parser.add_argument("--to", type=Path, default=WEIGHTS / "heckle-faces.onnx")
    options = parser.parse_args()
    state = torch.load(work("faces") / options.run / "best.pt", map_location="cpu")
    model = FaceNet()
    model.load_state_dict(state["model"])
    model.eval()
    least = operating_point(model, held(work("faces") / "held-photos.npz"))
    bias = float(numpy.log(FACE / (1 - FACE)) - numpy.log(least / (1 - least)))
    export(Exported(model, bias), torch.zeros(1, 3, 96, 128), options.to, "input", OUTPUTS, dynamic=True)
    print(f"{options.to}: step {state['step']}, bias {bias:.4f}, {options.to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
