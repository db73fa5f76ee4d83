"""Takes a network up again from its ONNX file, whose batch norms are folded into the convolutions."""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .model import BodyNet


def from_file(path: Path, images: torch.Tensor) -> BodyNet:
    """The network of the file, with batch norms that change nothing: their statistics are those of `images`, and their
    scales and shifts undo them."""
    graph = onnx.load(str(path)).graph
    values = {weight.name.removesuffix("_half"): torch.from_numpy(numpy_helper.to_array(weight).copy()).float()
              for weight in graph.initializer}
    stored = [[values[name] for name in node.input[1:]] for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    model, order = BodyNet().eval(), []
    layers = [part for part in model.modules() if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d))]
    hooks = [part.register_forward_hook(lambda part, *_: order.append(part)) for part in layers]
    with torch.no_grad():
        model(images[:1])
    for hook in hooks:
        hook.remove()
    norms = {}
    for position, part in enumerate(order):
        if isinstance(part, nn.BatchNorm2d):
            continue
        weight, bias = stored.pop(0)
        if weight.shape != part.weight.shape:
            raise SystemExit(f"{path} holds weights of {tuple(weight.shape)} where the network has {tuple(part.weight.shape)}")
        part.weight.data.copy_(weight)
        if part.bias is not None:
            part.bias.data.copy_(bias)
        else:
            norms[order[position + 1]] = bias
    for norm, bias in norms.items():
        norm.bias.data.copy_(bias)
        norm.running_var.fill_(1 - norm.eps)
    seen = {}
    hooks = [norm.register_forward_pre_hook(lambda part, given: seen.update({part: given[0]})) for norm in norms]
    with torch.no_grad():
        model(images)
    for hook in hooks:
        hook.remove()
    for norm, given in seen.items():
        variance, mean = torch.var_mean(given, (0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.data.copy_((variance + norm.eps).sqrt())
        norm.bias.data.add_(mean)
    return model
