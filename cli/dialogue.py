"""Asking the person on a terminal, and working the answer into what was said."""

import re
import sys

from rich.console import Console
from rich.markup import escape

from ..core.errors import NeedsAnswer

ARTICLE = r"(?:\b(?:the|a|an|this|that|my|your)\s+)?"


def can_ask() -> bool:
    """Tell whether somebody sits at the other end."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: NeedsAnswer, console: Console) -> str:
    """Put a question and wait for the answer.

    Args:
        question: What has to be known.
        console: The terminal.

    Returns:
        One of the options, or whatever else was typed.

    Raises:
        NeedsAnswer: If the person leaves without an answer.
    """
    console.print(f"[bold]{escape(question.question)}[/]")
    for number, option in enumerate(question.options, start=1):
        console.print(f"  {number}  {escape(option)}")
    try:
        answer = console.input("a number, a name, or the whole sentence anew: ").strip()
    except EOFError:
        raise question from None
    if not answer:
        raise question
    if answer.isdecimal() and 1 <= int(answer) <= len(question.options):
        return question.options[int(answer) - 1]
    return answer


def answered(instruction: str, question: NeedsAnswer, answer: str) -> str:
    """Work an answer into the instruction.

    The words that the question repeats ("which block?") give way to the answer;
    where it repeats none, an answer of several words is the instruction anew.

    Args:
        instruction: What was said.
        question: What was asked.
        answer: An option, or the person's own words.

    Returns:
        The instruction to try next.

    Raises:
        NeedsAnswer: If it cannot be seen what the answer stands for.
    """
    asked = re.fullmatch(r"which (?P<words>[\w ]+?)\?.*", question.question)
    name = answer.replace("_", " ") if answer not in question.options else answer
    if asked and (answer in question.options or len(name.split()) <= 3):
        pattern = ARTICLE + r"\b" + re.escape(asked["words"]) + r"\b"
        said, count = re.subn(pattern, name, instruction, count=1, flags=re.IGNORECASE)
        if count:
            return said
    if len(answer.split()) > 1:
        return answer
    raise NeedsAnswer(f"{question.question} Please say the whole sentence anew", question.options)
