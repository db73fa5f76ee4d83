"""Calibrates the fitted network on held-out training pictures and writes `heckle-scene.onnx`.

    DATA=data OUT=build python -m scenes.export
"""

import argparse
from pathlib import Path

import numpy
import torch
from torch.nn import functional

from common import export, paths
from scenes import data, train
from scenes.network import SIZE, Answer, SceneNet


def temperature(answers: torch.Tensor, allowed: torch.Tensor, weights: torch.Tensor) -> float:
    """The temperature of least loss (Guo et al., 2017), found by golden section on its logarithm."""
    def loss(logarithm: float) -> float:
        scores = functional.log_softmax(answers / numpy.exp(logarithm), 1)
        return float((-torch.logsumexp(scores.masked_fill(~allowed, -1e9), 1) * weights).sum() / weights.sum())

    low, high, ratio = -1.5, 1.5, (5 ** 0.5 - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(numpy.exp((low + high) / 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=paths.WEIGHTS / "heckle-scene.onnx")
    arguments = parser.parse_args()
    folder = paths.work("scenes")
    pictures = data.Pictures(folder)
    network = SceneNet().eval().requires_grad_(False)
    network.load_state_dict(torch.load(folder / "checkpoint.pt")["network"])
    rows = train.order(pictures)
    chosen = [index for index, row in enumerate(rows) if row >= 0 and pictures.split[row] == "held"]
    numbers = rows[chosen]
    vectors = torch.from_numpy(numpy.load(folder / "vectors.npy", mmap_mode="r")[chosen]).float()
    source = pictures.source[numbers]
    # Each set counts as much as in training, however many pictures were held out.
    weights = torch.tensor([train.SHARES[name] / (source == name).sum() for name in source], dtype=torch.float32)
    found = temperature(network.head(vectors), torch.from_numpy(pictures.masks[numbers]), weights)
    export.export(Answer(network, found).eval(), torch.zeros(1, 3, SIZE, SIZE), arguments.output, "image", ["probs"])
    worst = compared(arguments.output, network, found, pictures, numbers[:20])
    print(f"{arguments.output.name}: {arguments.output.stat().st_size:,} bytes, temperature {found:.3f}; "
          f"its probabilities differ from the network's by {worst:.1e} at most")


def compared(path: Path, network: SceneNet, found: float, pictures: data.Pictures, numbers: numpy.ndarray) -> float:
    """The largest difference of a probability between the file and the network."""
    images = train.images(pictures, numbers)
    session, wanted = export.session(path), torch.softmax(network(images) / found, 1)
    answers = [torch.from_numpy(session.run(["probs"], {"image": image[None].numpy()})[0]) for image in images]
    return float((torch.cat(answers) - wanted).abs().max())


if __name__ == "__main__":
    main()
