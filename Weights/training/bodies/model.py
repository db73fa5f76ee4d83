"""The body network: residual encoder to stride 32, top-down decoder to stride 8, one map a keypoint at stride 4."""

import torch
from torch import nn
from torch.nn.functional import interpolate

from .keypoints import COUNT

SIZE = 160
"""Side of the network's square input in pixels."""
STRIDE = 4
"""Pixels a cell of the maps."""


class Normed(nn.Sequential):
    """A convolution without bias, a batch norm, and ReLU where nothing is to be added first."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, relu: bool = True):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs), *([nn.ReLU(inplace=True)] if relu else []))


class Residual(nn.Module):
    """A residual block (He et al., 2016) of one full 3x3 convolution.

    On a CPU it costs little more than a grouped one with a third of its weights.
    """

    def __init__(self, width: int):
        super().__init__()
        self.body = Normed(width, width, 3, relu=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.body(x))


def stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    """Halves height and width, then so many residual blocks."""
    return nn.Sequential(Normed(inputs, outputs, 3, 2), *(Residual(outputs) for _ in range(blocks)))


class Encoder(nn.Module):
    """Features at the strides 8, 16 and 32, of the last three widths."""

    def __init__(self, widths: tuple[int, int, int, int], blocks: tuple[int, int, int]):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 6, 4, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU(inplace=True))
        self.stages = nn.ModuleList(stage(widths[k], widths[k + 1], blocks[k]) for k in range(3))

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        x = self.stem(x)
        features = []
        for part in self.stages:
            x = part(x)
            features.append(x)
        return features


class Merge(nn.Module):
    """Brings coarse features to the next finer stride and adds them to what the encoder saw there."""

    def __init__(self, coarse: int, fine: int, blocks: int = 1):
        super().__init__()
        self.narrow = Normed(coarse, fine, relu=False)
        self.blocks = nn.Sequential(*(Residual(fine) for _ in range(blocks)))

    def forward(self, coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
        return self.blocks(torch.relu(fine + interpolate(self.narrow(coarse), scale_factor=2.0, mode="nearest")))


class BodyNet(nn.Module):
    """Logits of the maps [N, 19, H/4, W/4] for pictures [N, 3, H, W] in -1...1; H and W are multiples of 32."""

    def __init__(self, widths: tuple[int, int, int, int] = (24, 48, 96, 160), blocks: tuple[int, int, int] = (3, 3, 2)):
        super().__init__()
        self.encoder = Encoder(widths, blocks)
        self.merge = nn.ModuleList([Merge(widths[3], widths[2]), Merge(widths[2], widths[1])])
        self.maps = nn.ConvTranspose2d(widths[1], COUNT, 4, 2, 1)
        nn.init.normal_(self.maps.weight, std=0.01)
        nn.init.constant_(self.maps.bias, -4.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        fine, middle, coarse = self.encoder(x)
        return self.maps(self.merge[1](self.merge[0](coarse, middle), fine))


class Exported(nn.Module):
    """The network as it is shipped: maps in 0...1."""

    def __init__(self, network: BodyNet):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.network(image))
