"""Writes a small random model of an architecture as GGUF and what it computes: in float64 on the stored weights, with an exact
softmax over everything a position sees and no cache.

usage: language_reference.py ARCHITECTURE MODEL.gguf RESULT.json [WEIGHTS [HIDDEN]]

ARCHITECTURE    llama, mistral (llama with a window), qwen2, qwen3, phi3, phi3long, gemma, gemma2, gemma3
WEIGHTS         F32, F16 (if not given), Q8_0 or Q4_0: how matrices are stored
HIDDEN          the embedding's length, a multiple of 64 (64 if not given)

RESULT          {"prompts": [{"tokens": [...], "logits": [...], "greedy": [...]}]}
"""
import json
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from gguf.quants import dequantize, quantize

BASE = dict(layers=3, heads=4, kv=2, head=None, theta=10000.0, eps=1e-5, context=4096, window=0, tied=True)
MODELS = {
    "llama": dict(arch="llama", tied=False, factors=True, theta=500000.0),
    "mistral": dict(arch="llama", tied=False, window=24),
    "qwen2": dict(arch="qwen2", eps=1e-6, theta=1e6, biases=True),
    "qwen3": dict(arch="qwen3", eps=1e-6, theta=1e6, head=32, head_norms=True),
    "phi3": dict(arch="phi3", kv=4, tied=False, fused=True),
    "phi3long": dict(arch="phi3", kv=4, tied=False, fused=True, window=40, original=64, magnitude=1.19),
    "gemma": dict(arch="gemma", kv=1, head=32, eps=1e-6, gelu=True, scaled=True),
    "gemma2": dict(arch="gemma2", layers=4, head=32, eps=1e-6, gelu=True, scaled=True, post=True, window=20,
                   pattern=2, cap=50.0, final_cap=30.0),
    "gemma3": dict(arch="gemma3", layers=7, kv=1, head=32, eps=1e-6, gelu=True, scaled=True, post=True, window=20,
                   pattern=6, head_norms=True, theta=1e6, local_theta=10000.0, linear=8.0),
}
VOCABULARY = 260


def model(name, d):
    """The configuration of a family with embeddings of length d."""
    m = {**BASE, **MODELS[name]}
    m["head"] = m["head"] or d // m["heads"]
    return m


def byte_texts():
    """The 256 characters that byte-level vocabularies write bytes as."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = iter(range(0x100, 0x200))
    return [chr(b) if b in plain else chr(next(moved)) for b in range(256)]


def tensors(m, d, rng):
    """Names, sizes and values, rows first."""
    head = m["head"]
    wide, narrow, ff = m["heads"] * head, m["kv"] * head, 2 * d + 64

    def matrix(rows, columns, scale=1.0):
        return (scale * columns**-0.5 * rng.standard_normal((rows, columns))).astype(np.float32)

    def norm(n):
        return (1 + 0.2 * rng.standard_normal(n)).astype(np.float32)

    # Scaled embeddings begin large; unscaled ones of the same size would leave nothing for the layers to say.
    yield "token_embd.weight", matrix(VOCABULARY, d, 1.0 if m.get("scaled") else 2.0)
    yield "output_norm.weight", norm(d)
    if not m["tied"]:
        yield "output.weight", matrix(VOCABULARY, d)
    if m.get("factors"):
        yield "rope_freqs.weight", np.linspace(1, 8, head // 2).astype(np.float32)
    if m.get("original"):
        yield "rope_factors_short.weight", np.linspace(1, 1.5, head // 2).astype(np.float32)
        yield "rope_factors_long.weight", np.linspace(1, 20, head // 2).astype(np.float32)
    for i in range(m["layers"]):
        p = f"blk.{i}."
        yield p + "attn_norm.weight", norm(d)
        if m.get("fused"):
            yield p + "attn_qkv.weight", matrix(wide + 2 * narrow, d)
            yield p + "ffn_up.weight", matrix(2 * ff, d)
        else:
            for name, rows in (("q", wide), ("k", narrow), ("v", narrow)):
                yield p + f"attn_{name}.weight", matrix(rows, d, 2.0 if name in "qk" else 1.0)
                if m.get("biases"):
                    yield p + f"attn_{name}.bias", (0.3 * rng.standard_normal(rows)).astype(np.float32)
            yield p + "ffn_gate.weight", matrix(ff, d)
            yield p + "ffn_up.weight", matrix(ff, d)
        if m.get("head_norms"):
            yield p + "attn_q_norm.weight", 1.5 * norm(head)
            yield p + "attn_k_norm.weight", norm(head)
        yield p + "attn_output.weight", matrix(d, wide, 0.5)
        yield p + "ffn_norm.weight", norm(d)
        yield p + "ffn_down.weight", matrix(d, ff, 0.5)
        if m.get("post"):
            yield p + "post_attention_norm.weight", norm(d)
            yield p + "post_ffw_norm.weight", norm(d)


def write(m, d, path, weights):
    w = GGUFWriter(path, m["arch"])
    w.add_name("random")
    w.add_block_count(m["layers"])
    w.add_context_length(m["context"])
    w.add_embedding_length(d)
    w.add_feed_forward_length(2 * d + 64)
    w.add_head_count(m["heads"])
    w.add_head_count_kv(m["kv"])
    w.add_key_length(m["head"])
    w.add_value_length(m["head"])
    w.add_rope_dimension_count(m["head"])
    w.add_rope_freq_base(m["theta"])
    w.add_layer_norm_rms_eps(m["eps"])
    w.add_vocab_size(VOCABULARY)
    if m["window"]:
        w.add_sliding_window(m["window"])
    if m["arch"] == "phi3":
        w.add_rope_scaling_orig_ctx_len(m.get("original", m["context"]))
    if m.get("magnitude"):
        w.add_rope_scaling_attn_factors(m["magnitude"])
    if m.get("linear"):
        w.add_string(f"{m['arch']}.rope.scaling.type", "linear")
        w.add_rope_scaling_factor(m["linear"])
    if m.get("cap"):
        w.add_attn_logit_softcapping(m["cap"])
        w.add_final_logit_softcapping(m["final_cap"])
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("gpt-2")
    w.add_token_list(byte_texts() + ["ab", "<s>", "</s>", "<a>"])
    w.add_token_types([1] * 257 + [3] * 3)
    w.add_token_merges(["a b"])
    w.add_bos_token_id(257)
    w.add_eos_token_id(258)
    for name, values in tensors(m, d, np.random.Generator(np.random.Philox(key=sum(map(ord, m["arch"]))))):
        kind = GGMLQuantizationType[weights if values.ndim == 2 else "F32"]
        w.add_tensor(name, quantize(values, kind), raw_dtype=kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


class Reference:
    """The forward pass of all families, each step as its paper writes it."""

    def __init__(self, m, d, path):
        self.m, self.d = m, d
        self.w = {}
        for t in GGUFReader(path).tensors:
            shape = [int(n) for n in t.shape[::-1]]
            self.w[t.name] = dequantize(t.data, t.tensor_type).astype(np.float64).reshape(shape)

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float64(np.float32(self.m["eps"]))) * self.w[name]

    def turn(self, x, local):
        """Rotates the heads of x [positions, heads, size]."""
        m, size = self.m, self.m["head"]
        theta = m.get("local_theta", m["theta"]) if local else m["theta"]
        frequency = theta ** (-np.arange(0, size, 2) / size)
        if m.get("factors"):
            frequency = frequency / self.w["rope_freqs.weight"]
        if m.get("original"):
            frequency = frequency / self.w["rope_factors_long.weight"]
        if m.get("linear") and not local:
            frequency = frequency / m["linear"]
        angle = np.arange(len(x))[:, None, None] * frequency
        c, s = m.get("magnitude", 1.0) * np.cos(angle), m.get("magnitude", 1.0) * np.sin(angle)
        if m["arch"] == "llama":
            y = np.empty_like(x)
            y[..., 0::2] = x[..., 0::2] * c - x[..., 1::2] * s
            y[..., 1::2] = x[..., 0::2] * s + x[..., 1::2] * c
            return y
        a, b = x[..., : size // 2], x[..., size // 2 :]
        return np.concatenate([a * c - b * s, a * s + b * c], -1)

    def attention(self, x, i):
        m, w, p = self.m, self.w, f"blk.{i}."
        n, size, heads, kv = len(x), m["head"], m["heads"], m["kv"]
        if m.get("fused"):
            q, k, v = np.split(x @ w[p + "attn_qkv.weight"].T, [heads * size, (heads + kv) * size], -1)
        else:
            q, k, v = (x @ w[p + f"attn_{c}.weight"].T + w.get(p + f"attn_{c}.bias", 0.0) for c in "qkv")
        q, k, v = q.reshape(n, heads, size), k.reshape(n, kv, size), v.reshape(n, kv, size)
        if m.get("head_norms"):
            q, k = self.norm(q, p + "attn_q_norm.weight"), self.norm(k, p + "attn_k_norm.weight")
        pattern = m.get("pattern", 0)
        local = m["window"] > 0 and (pattern == 0 or i % pattern < pattern - 1)
        q, k = self.turn(q, local and pattern > 0), self.turn(k, local and pattern > 0)
        behind = np.arange(n)[:, None] - np.arange(n)[None]
        seen = (behind >= 0) & ((behind < m["window"]) | (not local))
        out = np.empty((n, heads, size))
        for h in range(heads):
            score = q[:, h] @ k[:, h // (heads // kv)].T / np.sqrt(size)
            if m.get("cap"):
                score = m["cap"] * np.tanh(score / m["cap"])
            score = np.where(seen, score, -np.inf)
            power = np.exp(score - score.max(-1, keepdims=True))
            out[:, h] = power / power.sum(-1, keepdims=True) @ v[:, h // (heads // kv)]
        return out.reshape(n, heads * size) @ w[p + "attn_output.weight"].T

    def feed_forward(self, x, i):
        w, p = self.w, f"blk.{i}."
        if self.m.get("fused"):
            gate, up = np.split(x @ w[p + "ffn_up.weight"].T, 2, -1)
        else:
            gate, up = x @ w[p + "ffn_gate.weight"].T, x @ w[p + "ffn_up.weight"].T
        if self.m.get("gelu"):
            gate = 0.5 * gate * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
        else:
            gate = gate / (1 + np.exp(-gate))
        return (gate * up) @ w[p + "ffn_down.weight"].T

    def logits(self, tokens):
        m, w = self.m, self.w
        x = w["token_embd.weight"][tokens]
        if m.get("scaled"):
            x = x * np.sqrt(self.d)
        for i in range(m["layers"]):
            p = f"blk.{i}."
            added = self.attention(self.norm(x, p + "attn_norm.weight"), i)
            x = x + (self.norm(added, p + "post_attention_norm.weight") if m.get("post") else added)
            added = self.feed_forward(self.norm(x, p + "ffn_norm.weight"), i)
            x = x + (self.norm(added, p + "post_ffw_norm.weight") if m.get("post") else added)
        last = self.norm(x[-1], "output_norm.weight")
        scores = w["token_embd.weight" if m["tied"] else "output.weight"] @ last
        return m["final_cap"] * np.tanh(scores / m["final_cap"]) if m.get("final_cap") else scores


def main():
    name, path, result = sys.argv[1:4]
    weights = sys.argv[4] if len(sys.argv) > 4 else "F16"
    d = int(sys.argv[5]) if len(sys.argv) > 5 else 64
    m = model(name, d)
    write(m, d, path, weights)
    reference = Reference(m, d, path)
    rng = np.random.Generator(np.random.Philox(key=3))
    text = [257] + [int(t) for t in rng.integers(0, 256, 99)]
    prompts = []
    for count in (1, 7, 33, 100):
        tokens, greedy = text[:count], []
        logits = reference.logits(tokens)
        scores = logits
        for _ in range(4):
            order = np.argsort(-scores)
            greedy.append([int(order[0]), float(scores[order[0]] - scores[order[1]])])
            scores = reference.logits(tokens + [token for token, _ in greedy])
        prompts.append({"tokens": tokens, "logits": logits.tolist(), "greedy": greedy})
    with open(result, "w") as file:
        json.dump({"prompts": prompts}, file)


if __name__ == "__main__":
    main()
