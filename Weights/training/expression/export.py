"""Writes `Weights/heckle-expression.onnx`: the trained network, its temperature and the softmax."""

import argparse
from pathlib import Path

import torch
from scipy import optimize

from common import paths
from common.export import export
from expression.augment import normalized
from expression.data import SIZE, Faces, work
from expression.model import Expression

FILE = paths.WEIGHTS / "heckle-expression.onnx"


class Deployed(torch.nn.Module):
    """[N, 1, 48, 48] faces to [N, 8] probabilities."""

    def __init__(self, model: torch.nn.Module, temperature: float):
        super().__init__()
        self.model, self.temperature = model, temperature

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        return (self.model(face) / self.temperature).softmax(1)


@torch.no_grad()
def temperature(model: torch.nn.Module, faces: Faces) -> float:
    """That which makes the labels of `faces` likeliest, of the mean over face and mirror image (Guo et al., 2017)."""
    pictures = normalized(torch.from_numpy(faces.pictures))
    views = [torch.cat([model(batch) for batch in view.split(256)]) for view in (pictures, pictures.flip(3))]
    rows = torch.arange(len(faces))

    def nats(value: float) -> float:
        mean = sum((view / value).softmax(1) for view in views) / 2
        return float(-mean[rows, faces.labels].clamp(min=1e-9).log().mean())

    return float(optimize.minimize_scalar(nats, bounds=(0.2, 5), method="bounded").x)


def trained(folders: list[Path]) -> Expression:
    """The weights of a run; of several, each begun with those of the one before, their mean (Wortsman et al., 2022)."""
    states = [torch.load(folder / "weights.pt", weights_only=True)["model"] for folder in folders]
    model = Expression()
    model.load_state_dict({
        name: sum(state[name] for state in states) / len(states) if value.is_floating_point() else value
        for name, value in states[-1].items()})
    return model.eval()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--names", nargs="+", default=["run"], help="the runs' folders in the working folder")
    options.add_argument("--file", type=Path, default=FILE)
    options.add_argument("--full", action="store_true", help="keep weights in single precision")
    options = options.parse_args()
    model = trained([work() / name for name in options.names])
    calibrated = temperature(model, Faces.load("fer-calibrate"))
    export(Deployed(model, calibrated), torch.zeros(1, 1, SIZE, SIZE), options.file, "face", ["probs"],
           half=not options.full)
    print(f"{options.file}: temperature {calibrated:.4f}, {options.file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
