"""The transformer: LLaMA's architecture (RMS norm, rotary positions on interleaved pairs, SwiGLU, tied embedding)."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """Sizes of the model. Every dimension is a multiple of 32, as 4-bit blocks need."""

    vocabulary: int = 3072
    width: int = 256
    layers: int = 6
    heads: int = 4
    hidden: int = 704
    context: int = 1024
    base: float = 10000.0
    epsilon: float = 1e-5

    def dictionary(self) -> dict:
        return asdict(self)


def rotation(shape: Shape, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine [..., head / 2] of the angle of each pair at each position."""
    size = shape.width // shape.heads
    steps = torch.arange(0, size, 2, device=positions.device, dtype=torch.float32) / size
    angles = positions[..., None].float() * shape.base**-steps
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turns the pairs (0, 1), (2, 3), ... of each head. `x` is [batch, heads, length, head]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    cosine, sine = cosine[:, None].to(x.dtype), sine[:, None].to(x.dtype)
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


class Layer(nn.Module):
    """Attention, then the gated feed-forward, each after an RMS norm and added to the stream."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.heads = shape.heads
        self.attention_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, shape.width, bias=False)
        self.value = nn.Linear(shape.width, shape.width, bias=False)
        self.output = nn.Linear(shape.width, shape.width, bias=False)
        self.feed_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor | None, past: list | None) -> Tensor:
        batch, length, width = x.shape
        y = self.attention_norm(x)
        query, key, value = (
            each(y).view(batch, length, self.heads, -1).transpose(1, 2) for each in (self.query, self.key, self.value)
        )
        query, key = rotate(query, *turn), rotate(key, *turn)
        if past is not None:
            if past:
                key, value = torch.cat((past[0], key), 2), torch.cat((past[1], value), 2)
            past[:] = [key, value]
        causal = mask is None and length > 1
        y = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
        x = x + self.output(y.transpose(1, 2).reshape(batch, length, width))
        y = self.feed_norm(x)
        return x + self.down(functional.silu(self.gate(y)) * self.up(y))


class Writer(nn.Module):
    """Token ids [batch, length] to logits [batch, length, vocabulary]."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, shape.epsilon)
        nn.init.normal_(self.embedding.weight, std=0.02)
        for layer in self.layers:
            for matrix in (layer.query, layer.key, layer.value, layer.gate, layer.up):
                nn.init.normal_(matrix.weight, std=shape.width**-0.5)
            for matrix in (layer.output, layer.down):
                nn.init.normal_(matrix.weight, std=shape.width**-0.5 / (2 * shape.layers) ** 0.5)

    def forward(self, ids: Tensor, positions: Tensor, mask: Tensor | None = None, past: list | None = None) -> Tensor:
        """`mask` [batch, 1, length, length] says which positions see which; without it each sees those before it.
        `past`, one list a layer, keeps keys and values from call to call."""
        x = self.embedding(ids)
        turn = rotation(self.shape, positions)
        for index, layer in enumerate(self.layers):
            x = layer(x, turn, mask, None if past is None else past[index])
        return functional.linear(self.norm(x), self.embedding.weight)

    def parameters_count(self) -> int:
        return sum(each.numel() for each in self.parameters())
