"""Facts as the engine itself finds them: `heckle analyze --json` over photos."""

import json
import subprocess
from pathlib import Path


# What the program exits with where a photo cannot be read.
BAD_INPUT = 4


def analyze(heckle: Path, photos: list[Path], models: Path | None = None) -> list[dict | None]:
    """The answer to each photo, in order; nothing for one that is refused as a photo. Any other failure ends the run.

    Without a folder of models the embedded ones alone look.
    """
    answers = []
    for photo in photos:
        more = ["--models", models] if models else []
        output = subprocess.run([heckle, "analyze", "--json", photo, *more], capture_output=True, text=True)
        if output.returncode == BAD_INPUT:
            print(f"refused: {output.stderr.strip().split(': ', 2)[-1]}")
            answers.append(None)
            continue
        if output.returncode != 0:
            raise SystemExit(f"{photo.name}: {output.stderr.strip()}")
        answers.append(json.loads(output.stdout))
    return answers


def facts(answer: dict) -> list[str]:
    """`key=value`, in the order of the sheet."""
    return [f"{fact['key']}={fact['value']}" for fact in answer["facts"]]
