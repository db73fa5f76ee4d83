"""GGUF files with the shapes of well-known models and random weights: speed does not depend on what weights say."""

from dataclasses import dataclass
from pathlib import Path

import numpy
from gguf import GGUFWriter


@dataclass(frozen=True)
class Shape:
    architecture: str
    layers: int
    width: int
    heads: int
    key_value_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int


SHAPES = {
    "3b": Shape("llama", 28, 3072, 24, 8, 128, 8192, 128_256),  # LLaMA 3.2 3B
    "1b": Shape("llama", 16, 2048, 32, 8, 64, 8192, 128_256),  # LLaMA 3.2 1B
    "0.5b": Shape("qwen2", 24, 896, 14, 2, 64, 4864, 151_936),  # Qwen2.5 0.5B
}
CONTEXT = 8192


def vocabulary(count: int) -> list[str]:
    """As many different tokens: the 256 bytes, in the letters that byte-level vocabularies write them with, then the one
    that the only merge makes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        letters.setdefault(byte, chr(256 + len(letters) - len(printable)))
    bytes_first = [letters[byte] for byte in range(256)]
    return bytes_first + ["ab"] + [f"token{index}" for index in range(257, count)]


def write(shape: Shape, path: Path) -> None:
    """Writes the model in half precision; embedding and output share their weights."""
    file = GGUFWriter(str(path), shape.architecture)
    file.add_name(path.stem)
    file.add_block_count(shape.layers)
    file.add_context_length(CONTEXT)
    file.add_embedding_length(shape.width)
    file.add_feed_forward_length(shape.feed_forward)
    file.add_head_count(shape.heads)
    file.add_head_count_kv(shape.key_value_heads)
    file.add_key_length(shape.head_size)
    file.add_value_length(shape.head_size)
    file.add_rope_dimension_count(shape.head_size)
    file.add_rope_freq_base(500_000.0)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_vocab_size(shape.vocabulary)
    file.add_file_type(1)
    tokens = vocabulary(shape.vocabulary)
    file.add_tokenizer_model("gpt2")
    file.add_tokenizer_pre("llama-bpe")
    file.add_token_list(tokens)
    file.add_token_types([1] * (len(tokens) - 2) + [3, 3])
    file.add_token_merges(["a b"])
    file.add_bos_token_id(len(tokens) - 2)
    file.add_eos_token_id(len(tokens) - 1)
    random = numpy.random.default_rng(1)
    # A tensor is a window into the same numbers: drawing billions would take longer than measuring.
    pool = (random.standard_normal(1 << 24, dtype=numpy.float32) * 0.02).astype(numpy.float16)

    def matrix(name: str, rows: int, columns: int) -> None:
        count, start = rows * columns, int(random.integers(1 << 23))
        values = numpy.resize(pool[start:], count) if count > len(pool) - start else pool[start:start + count]
        file.add_tensor(name, values.reshape(rows, columns))

    def vector(name: str, count: int, value: float) -> None:
        file.add_tensor(name, numpy.full(count, value, numpy.float32))

    wide, narrow = shape.heads * shape.head_size, shape.key_value_heads * shape.head_size
    matrix("token_embd.weight", shape.vocabulary, shape.width)
    vector("output_norm.weight", shape.width, 1)
    for layer in range(shape.layers):
        prefix = f"blk.{layer}."
        vector(prefix + "attn_norm.weight", shape.width, 1)
        matrix(prefix + "attn_q.weight", wide, shape.width)
        matrix(prefix + "attn_k.weight", narrow, shape.width)
        matrix(prefix + "attn_v.weight", narrow, shape.width)
        matrix(prefix + "attn_output.weight", shape.width, wide)
        if shape.architecture == "qwen2":
            vector(prefix + "attn_q.bias", wide, 0)
            vector(prefix + "attn_k.bias", narrow, 0)
            vector(prefix + "attn_v.bias", narrow, 0)
        vector(prefix + "ffn_norm.weight", shape.width, 1)
        matrix(prefix + "ffn_gate.weight", shape.feed_forward, shape.width)
        matrix(prefix + "ffn_up.weight", shape.feed_forward, shape.width)
        matrix(prefix + "ffn_down.weight", shape.width, shape.feed_forward)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
