"""The network: a small residual CNN on a grey face (He et al., 2016), with squeeze and excitation (Hu et al., 2018)."""

import torch
from torch import nn

from expression.data import CLASSES

STEM = 32
#: Width and number of blocks of each stage; each halves rows and columns.
STAGES = [(64, 2), (128, 2), (160, 1)]


def unit(inputs: int, outputs: int, stride: int = 1, size: int = 3) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)]


class Attention(nn.Module):
    """Weighs channels by what the whole picture shows."""

    def __init__(self, width: int, reduction: int = 8):
        super().__init__()
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, width // reduction, 1), nn.ReLU(inplace=True),
            nn.Conv2d(width // reduction, width, 1), nn.Sigmoid())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weigh(x)


class Block(nn.Module):
    """Two convolutions and attention beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.body = nn.Sequential(*unit(inputs, outputs, stride), nn.ReLU(inplace=True), *unit(outputs, outputs),
                                  Attention(outputs))
        nn.init.zeros_(self.body[-2].weight)
        shortcut = [nn.AvgPool2d(2)] if stride == 2 else []
        if inputs != outputs:
            shortcut += unit(inputs, outputs, size=1)
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


class Expression(nn.Module):
    """[N, 1, 48, 48] grey faces, (level - 127.5) / 127.5, to [N, 8] scores before the softmax.

    Other multiples of 16 go as well.
    """

    def __init__(self, dropout: float = 0.3):
        super().__init__()
        layers = [*unit(1, STEM, stride=2), nn.ReLU(inplace=True), *unit(STEM, STEM), nn.ReLU(inplace=True)]
        width = STEM
        for outputs, count in STAGES:
            for index in range(count):
                layers.append(Block(width, outputs, stride=2 if index == 0 else 1))
                width = outputs
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(width, len(CLASSES)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))
