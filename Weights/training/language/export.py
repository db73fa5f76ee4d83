"""Writes the model as GGUF: F16, and Q4_0 with the embedding, which also scores tokens, in Q8_0."""

import argparse
from pathlib import Path

import gguf
import numpy
import torch
from gguf import GGMLQuantizationType as Type

import bpe
from decode import load

NAMES = {
    "embedding.weight": "token_embd.weight",
    "norm.weight": "output_norm.weight",
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "feed_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def gguf_name(name: str) -> str:
    """`layers.2.gate.weight` is `blk.2.ffn_gate.weight`."""
    if name in NAMES:
        return NAMES[name]
    _, layer, part, _ = name.split(".")
    return f"blk.{layer}.{NAMES[part]}.weight"


def write(path: Path, model, tokenizer, quantised: bool) -> None:
    shape = model.shape
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("heckle-writer")
    writer.add_description("Chooses and orders lines about a photo's facts; trained from scratch on Heckle's corpus.")
    writer.add_license("apache-2.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0 if quantised else gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(2)
    tokens, merges = bpe.pieces(tokenizer)
    control = set(bpe.control_tokens())
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index(bpe.START))
    writer.add_eos_token_id(tokens.index(bpe.END))
    writer.add_add_bos_token(False)
    for name, value in model.state_dict().items():
        array = value.float().numpy()
        if array.ndim == 1:
            writer.add_tensor(gguf_name(name), array)
        elif not quantised:
            writer.add_tensor(gguf_name(name), array.astype(numpy.float16))
        else:
            # From the rounded halves, so that the file is what `heckle quantize` makes of the F16 one.
            kind = Type.Q8_0 if name == "embedding.weight" else Type.Q4_0
            halves = array.astype(numpy.float16).astype(numpy.float32)
            writer.add_tensor(gguf_name(name), gguf.quants.quantize(halves, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path: Path, model) -> None:
    """Puts the weights of a GGUF file, as its format rounds them, into `model`."""
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(str(path)).tensors}
    state = {}
    for name, value in model.state_dict().items():
        tensor = tensors[gguf_name(name)]
        array = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        state[name] = torch.from_numpy(array.astype(numpy.float32)).reshape(value.shape)
    model.load_state_dict(state)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=Path, default=Path("build"))
    options.add_argument("--f16", type=Path, required=True)
    options.add_argument("--q4", type=Path, required=True)
    option = options.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load(option.out)
    write(option.f16, model, tokenizer, quantised=False)
    write(option.q4, model, tokenizer, quantised=True)
    print(option.f16, option.f16.stat().st_size, option.q4, option.q4.stat().st_size)


if __name__ == "__main__":
    main()
