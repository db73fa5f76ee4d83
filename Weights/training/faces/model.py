"""The network: a plain convolutional trunk to strides 8, 16 and 32, a top-down path, and a small head a stride.

Plain 3 x 3 convolutions of few channels where maps are large (faster on a CPU than depthwise ones of the same cost),
depthwise-separable 5 x 5 ones at stride 32, so that a cell there sees 430 pixels.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from faces.detection import STRIDES

MEAN, SCALE = 127.5, 1 / 64
# Channels of a cell: the score, the box, five points.
PARTS = (1, 4, 10)


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, padding: int | None = None) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if padding is None else padding, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def separable(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """A depthwise convolution, then one of 1 x 1 with batch norm and ReLU."""
    return nn.Sequential(nn.Conv2d(inputs, inputs, kernel, stride, kernel // 2, groups=inputs),
                         convolution(inputs, outputs, 1))


class Residual(nn.Module):
    """A layer whose result is added to what went in."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layer(x)


class FaceNet(nn.Module):
    """[B, 3, H, W], BGR, 0...255 -> three maps [B, 15, H / stride, W / stride]: a logit, the box, five points."""

    def __init__(self, neck: int = 64):
        super().__init__()
        self.stem = convolution(3, 24, 6, 4, padding=0)
        self.fine = nn.Sequential(convolution(24, 48, stride=2), Residual(convolution(48, 48)))
        self.middle = nn.Sequential(convolution(48, 64, stride=2), Residual(convolution(64, 64)), Residual(convolution(64, 64)))
        self.coarse = nn.Sequential(separable(64, 96, stride=2), Residual(separable(96, 96, 5)),
                                    Residual(separable(96, 96, 5)))
        self.laterals = nn.ModuleList([nn.Conv2d(width, neck, 1) for width in (48, 64, 96)])
        self.heads = nn.ModuleList([nn.Sequential(nn.Sequential(separable(neck, neck), Residual(separable(neck, neck, 5))),
                                                  nn.Conv2d(neck, sum(PARTS), 1)) for _ in STRIDES])
        for head in self.heads:
            nn.init.normal_(head[1].weight, std=0.01)
            nn.init.zeros_(head[1].bias)
            nn.init.constant_(head[1].bias[:1], -math.log(99))

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        # Padded while black is 0, so that the scaling can move into the stem's weights.
        scaled = functional.pad(image, (1, 1, 1, 1)).sub_(MEAN).mul_(SCALE)
        return [head[1](level) for head, level in zip(self.heads, self.levels(self.stem(scaled)))]

    def levels(self, stem: torch.Tensor) -> list[torch.Tensor]:
        """What the last layers of the heads see, finest first."""
        fine = self.fine(stem)
        middle = self.middle(fine)
        coarse = self.laterals[2](self.coarse(middle))
        middle = self.laterals[1](middle) + functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
        fine = self.laterals[0](fine) + functional.interpolate(middle, scale_factor=2.0, mode="nearest")
        return [head[0](level) for head, level in zip(self.heads, (fine, middle, coarse))]


def rows(maps: list[torch.Tensor]) -> torch.Tensor:
    """Cells [B, cells, 15] of the maps, finest first, row by row; the score is still a logit."""
    return torch.cat([level.flatten(2).transpose(1, 2) for level in maps], 1)


class Exported(nn.Module):
    """The network under YuNet's contract: `cls` and `obj` are both the score, so that their geometric mean is too.

    - bias: added to the logits, so that the operating point lies at a score of 0.6.
    """

    def __init__(self, network: FaceNet, bias: float):
        super().__init__()
        self.network = network
        old = network.stem[0]
        stem = nn.Conv2d(3, old.out_channels, old.kernel_size, old.stride, padding=1)
        stem.weight.data = old.weight.data * SCALE
        stem.bias.data = -MEAN * SCALE * old.weight.data.sum((1, 2, 3))
        self.stem = nn.Sequential(stem, *network.stem[1:])
        # A convolution a table: cutting one convolution's result would copy it.
        self.parts = nn.ModuleList([nn.ModuleList() for _ in STRIDES])
        for head, parts in zip(network.heads, self.parts):
            for weight, shift in zip(head[1].weight.data.split(PARTS), head[1].bias.data.split(PARTS)):
                part = nn.Conv2d(weight.shape[1], weight.shape[0], 1)
                part.weight.data, part.bias.data = weight, shift + bias * (len(weight) == 1)
                parts.append(part)

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        levels = self.network.levels(self.stem(image))
        tables = [[part(level).permute(0, 2, 3, 1).reshape(1, -1, part.out_channels) for part in parts]
                  for level, parts in zip(levels, self.parts)]
        scores, boxes, points = zip(*tables)
        scores = [torch.sigmoid(score) for score in scores]
        # A graph's outputs need names of their own.
        return [*scores, *(score * 1.0 for score in scores), *boxes, *points]
