"""Texts cut by the regular expressions that models publish, with PyPI `regex`: pretokenizer_pieces.py FILE"""

import json
import random
import sys

import regex

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
CONTRACTIONS = r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
LARGE, SMALL = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def words(digits, letters=r"\p{L}", newlines=r"[\r\n]*"):
    excluded = r"\s\p{L}\p{N}" if letters == r"\p{L}" else r"\s\p{L}\p{M}\p{N}"
    return (rf"(?:{CONTRACTIONS})|[^\r\n\p{{L}}\p{{N}}]?[{letters}]+|\p{{N}}{digits}| ?[^{excluded}]+{newlines}|{SPACES}")


def cased(digits, suffix):
    prefix = r"[^\r\n\p{L}\p{N}]?"
    return (rf"{prefix}{LARGE}*{SMALL}+{suffix}|{prefix}{LARGE}+{SMALL}*{suffix}|\p{{N}}{digits}"
            rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{SPACES}")


UNPUNCTUATED = r" ?[^(\s|.,!?…。，、।۔،)]+"
EAST_ASIAN = r"[一-龥ࠀ-一가-퟿]+"
KINDS = {
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", r"[0-9][0-9][0-9]"],
    "gpt-2": [GPT2],
    "llama-bpe": [words("{1,3}")],
    "qwen2": [words("")],
    "qwen35": [words("", r"\p{L}\p{M}")],
    "seed-coder": [words("", newlines="")],
    "starcoder": [r"\p{N}", GPT2],
    "falcon": [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, r"[0-9][0-9][0-9]"],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", EAST_ASIAN, r"\p{N}"],
    "deepseek-v3": [
        r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+",
        r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|"
        + SPACES],
    "tekken": [cased("", "")],
    "gpt-4o": [cased("{1,3}", f"(?:{CONTRACTIONS})?")],
    "bloom": [UNPUNCTUATED],
    "viking": [UNPUNCTUATED, r"\p{N}"],
    # Ranges of letters are cut to what the texts below have.
    "deepseek-llm": [
        r"[\r\n]", r"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+",
        r"\s+$", EAST_ASIAN, r"\p{N}+"],
}
PARTS = [
    "a", "B", "word", "Word", "WORD", "camelCase", "ß", "É", "ǅ", "ж", "Ж", "ա", "ა", "א", "日本", "中", "か", "カ", "한국", "ʰ", "ª",
    "e\u0301", "\u0301", "\u200d", "1", "12", "12345", "½", "٣", "Ⅷ", " ", " ", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r",
    "\u00a0", "\u3000", "'", "'s", "'S", "'ll", "'RE", "’s", ".", "!", "...", ",", "(", ")", "/", "//", "-", "_", "$", "+", "<", "=",
    "`", "^", "~", "|", "…", "。", "，", "、", "।", "€", "🙂", "👍🏽", "\u0000", "\u0007", "\ue000",
]


def cut(pieces, pattern):
    for piece in pieces:
        place = 0
        for match in pattern.finditer(piece):
            if match.end() == match.start():
                continue
            if match.start() > place:
                yield piece[place:match.start()]
            yield match.group()
            place = match.end()
        if place < len(piece):
            yield piece[place:]


def main():
    generator = random.Random(7)
    texts = ["".join(generator.choices(PARTS, k=generator.randint(1, 14))) for _ in range(160)]
    result = {}
    for name, expressions in KINDS.items():
        result[name] = []
        for text in texts:
            pieces = [text]
            for expression in expressions:
                pieces = list(cut(pieces, regex.compile(expression, regex.VERSION1)))
            result[name].append([len(piece) for piece in pieces])
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(lengths, separators=(',', ':'))}" for name, lengths in result.items())
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(f'{{"texts": {json.dumps(texts)},\n{rows}}}\n')


main()
