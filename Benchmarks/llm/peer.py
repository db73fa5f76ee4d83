"""Runs llama.cpp once, through llama-cpp-python's low-level bindings, and prints what it took as JSON."""

import argparse
import ctypes
import json
import time
from pathlib import Path

import llama_cpp

#: Of llama.cpp's settings, those that its speed on a CPU depends on: weights repacked when they load, flash attention.
SETTINGS = {
    "default": {},
    "flash": {"flash": True},
    "no flash": {"flash": False},
    "no repack": {"repack": False},
    "no repack, flash": {"repack": False, "flash": True},
    "no repack, no flash": {"repack": False, "flash": False},
}


def resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Context:
    """A model and a context for prompts of up to `tokens` tokens and what follows them."""

    def __init__(self, path: str, setting: dict, threads: int, tokens: int):
        model = llama_cpp.llama_model_default_params()
        if "repack" in setting:
            model.use_extra_bufts = setting["repack"]
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), model)
        if not self.model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        context = llama_cpp.llama_context_default_params()
        context.n_ctx = tokens
        context.n_batch = tokens
        context.n_threads = context.n_threads_batch = threads
        if "flash" in setting:
            context.flash_attn_type = int(setting["flash"])
        self.context = llama_cpp.llama_init_from_model(self.model, context)
        if not self.context:
            raise SystemExit("llama.cpp cannot make a context")

    def clear(self) -> None:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)

    def evaluate(self, tokens: list[int]) -> None:
        """Computes the scores after the last of the tokens."""
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        status = llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(array, len(tokens)))
        if status != 0:
            raise SystemExit(f"llama_decode: {status}")
        llama_cpp.llama_get_logits_ith(self.context, -1)


@llama_cpp.llama_log_callback
def quiet(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    pass


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("model")
    options.add_argument("--setting", choices=SETTINGS, default="default")
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--prompts", type=int, nargs="+", required=True)
    options.add_argument("--decode", type=int, required=True)
    options = options.parse_args()
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    start = time.perf_counter()
    context = Context(options.model, SETTINGS[options.setting], options.threads, max(options.prompts) + options.decode + 8)
    load = time.perf_counter() - start
    results = []
    for length in options.prompts:
        prompt = [index * 7919 % 30_000 for index in range(length)]
        context.clear()
        start = time.perf_counter()
        context.evaluate(prompt)
        prefill = time.perf_counter() - start
        start = time.perf_counter()
        for index in range(options.decode):
            context.evaluate([index * 31 % 30_000])
        results.append({"prompt": length, "prefill": length / prefill,
                        "decode": options.decode / (time.perf_counter() - start)})
    print(json.dumps({"load": load, "resident": resident_bytes(), "results": results}))


if __name__ == "__main__":
    main()
