"""The tokenizer: byte-level BPE (GPT-2's splitting rule), control tokens for the format of prompts and answers."""

import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from vocabulary import STYLES, vocabulary

SIZE = 3072
START, END = "<s>", "</s>"
CITE, SAY = "<c>", "<say>"


def control_tokens() -> list[str]:
    """Control tokens in the order of their ids, from 0."""
    names = [START, END, "<roast>", "<caption>", CITE, SAY]
    return list(dict.fromkeys(names + [f"<{style}>" for style in STYLES] + [f"<{key}>" for key in vocabulary()]))


def train(texts: list[str], size: int = SIZE) -> Tokenizer:
    """A tokenizer of `size` tokens: control tokens, the 256 bytes, then merges learnt from `texts`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=control_tokens(),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def pieces(tokenizer: Tokenizer) -> tuple[list[str], list[str]]:
    """The tokens by id, and the merges in order, as GGUF stores them."""
    state = json.loads(tokenizer.to_str())["model"]
    tokens = [""] * len(state["vocab"])
    for token, index in state["vocab"].items():
        tokens[index] = token
    return tokens, [merge if isinstance(merge, str) else " ".join(merge) for merge in state["merges"]]
