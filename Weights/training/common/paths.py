"""Where the recipes read and write: public data in `data/` (`DATA`), what is made on the way in `build/` (`OUT`)."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
WEIGHTS = HERE.parent
DATA = Path(os.environ.get("DATA", HERE / "data"))
OUT = Path(os.environ.get("OUT", HERE / "build"))


def source(name: str) -> Path:
    """The folder of one public data set, as `fetch.sh` leaves it."""
    folder = DATA / name
    if not folder.is_dir():
        raise SystemExit(f"{folder} is missing: run fetch.sh, or name the folder of the data sets by DATA")
    return folder


def work(name: str) -> Path:
    """A model's working folder, made where it is missing."""
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
