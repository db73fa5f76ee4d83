"""A public network's opinion on the fifteen scenes: SqueezeNet 1.1 trained on Places365 (github.com/urbste/squeezenet_places365).

It only gives soft labels for training pictures: nothing of its weights enters the student.
"""

import pickle
from pathlib import Path

import numpy
import torch
from torch.nn import functional

from scenes import data, labels

# BGR levels, the mean colour of Places365.
MEAN = torch.tensor([104.05, 112.51, 116.68]).view(1, 3, 1, 1)
# Lasagne's randomized rectifier has slopes of 0.3 to 0.8 below zero, and their middle when it is not training.
SLOPE = 0.55
SIDE = 160


class Arrays(pickle.Unpickler):
    """Reads pickled NumPy arrays and refuses everything else."""

    ALLOWED = {"_reconstruct", "ndarray", "dtype"}

    def find_class(self, module: str, name: str):
        if module.split(".")[0] == "numpy" and name in self.ALLOWED:
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no array")


class Teacher:
    """Pooled features [N, 512] of the last fire module."""

    def __init__(self, path: Path):
        with path.open("rb") as file:
            arrays = iter(Arrays(file).load())
        self.layers = [self.folded(arrays) for _ in range(25)]

    @staticmethod
    def folded(arrays) -> tuple[torch.Tensor, torch.Tensor]:
        """A convolution with its batch norm. Theano convolves in the strict sense, so kernels are turned around."""
        weight, bias, beta, gamma, mean, inverse = (torch.from_numpy(numpy.ascontiguousarray(next(arrays))) for _ in range(6))
        scale = gamma * inverse
        return (weight.flip(2, 3) * scale[:, None, None, None]).contiguous(), (bias - mean) * scale + beta

    @torch.no_grad()
    def __call__(self, images: numpy.ndarray) -> torch.Tensor:
        """Levels [N, S, S, 3] RGB."""
        batch = torch.from_numpy(images[..., ::-1].copy()).permute(0, 3, 1, 2).float()
        batch = ((batch - MEAN) / 255).contiguous(memory_format=torch.channels_last)

        def layer(input, number, **options):
            return functional.leaky_relu(functional.conv2d(input, *self.layers[number], **options), SLOPE)

        batch = functional.max_pool2d(layer(batch, 0, stride=2, padding=1), 3, 2)
        for fire in range(8):
            squeezed = layer(batch, 3 * fire + 1)
            batch = torch.cat([layer(squeezed, 3 * fire + 2), layer(squeezed, 3 * fire + 3, padding=1)], 1)
            if fire in (1, 3):
                batch = functional.max_pool2d(batch, 3, 2)
        return batch.mean((2, 3))


def linear(features: torch.Tensor, classes: torch.Tensor, decay: float = 3e-3) -> torch.nn.Linear:
    """Multinomial logistic regression by L-BFGS."""
    head = torch.nn.Linear(features.shape[1], len(labels.FIFTEEN))
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=120, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(head(features), classes) + decay * (head.weight ** 2).sum() / 2
        loss.backward()
        return loss

    optimizer.step(closure)
    return head.requires_grad_(False)


def answer(path: Path, folder: Path) -> None:
    """Writes `teacher.npz`: for each training picture of the fifteen scenes the probabilities [N, 15] of a classifier on the
    teacher's features that was fitted without that picture (five folds)."""
    pictures, teacher = data.Pictures(folder), Teacher(path)
    numbers = pictures.where("fifteen", "train")
    names = list(labels.FIFTEEN)
    classes = torch.tensor([names.index(label) for label in pictures.label[numbers]])
    features = []
    for start in range(0, len(numbers), 30):
        images = numpy.stack([data.square(pictures.image(number), SIDE) for number in numbers[start:start + 30]])
        features.append((teacher(images) + teacher(images[:, :, ::-1])) / 2)
    features = torch.cat(features)
    features = functional.normalize(features - features.mean(0)) * 20
    fold = torch.arange(len(numbers)) % 5
    probabilities = torch.zeros(len(numbers), len(names))
    for number in range(5):
        head = linear(features[fold != number], classes[fold != number])
        probabilities[fold == number] = torch.softmax(head(features[fold == number]), 1)
    right = (probabilities.argmax(1) == classes).float().mean()
    print(f"a linear classifier on the teacher's features is right in {right:.1%} of the training half, over five folds")
    numpy.savez(folder / "teacher.npz", numbers=numbers, probabilities=probabilities.numpy())
