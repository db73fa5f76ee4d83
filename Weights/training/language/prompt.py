"""Prompts and answers as strings: the format that the runtime shares (control tokens, then plain text)."""

from bpe import CITE, END, SAY, START
from corpus import Line
from vocabulary import TASK, words


def fact_text(fact: str) -> str:
    """A fact in a prompt or a cite: `<object> cup`."""
    return f"<{fact.split('=')[0]}> {words(fact)}"


def prompt(facts: list[str], style: str) -> str:
    """All that stands before an answer."""
    return f"{START}<{TASK[style]}><{style}>" + "".join(map(fact_text, facts))


def entry(line: Line) -> str:
    """One entry of an answer: its cites, then the line."""
    return CITE + "".join(map(fact_text, line.facts)) + f"{SAY} {line.text}"


def answer(lines: list[Line]) -> str:
    """A whole answer."""
    return "".join(map(entry, lines)) + END
