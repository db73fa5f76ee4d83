"""What the engine says of labelled photos with the embedded models alone: right, wrong, missed, and how long it took.

    python -m facts.photos --heckle ../../.build/release/heckle --photos FOLDER

FOLDER holds `labels.jsonl`: an object a line with `photo`, `facts_true` and `facts_false`; a fact in neither is not judged.
"""

import argparse
import json
import statistics
from pathlib import Path

from facts.heckle import analyze, facts

# Keys that only models can tell; the others come from measures, as they did before there were any.
MODELS = {"people", "framing", "face_position", "expression", "head", "pose", "scene", "object", "group"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--heckle", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="folders to look at (default: all labelled photos)")
    options = parser.parse_args()
    labels = [json.loads(line) for line in (options.photos / "labels.jsonl").read_text().splitlines()]
    labels = [label for label in labels if Path(label["photo"]).suffix.lower() in {".jpg", ".jpeg", ".png"}]
    if options.only:
        labels = [label for label in labels if label["photo"].split("/")[0] in options.only]
    answers = analyze(options.heckle, [options.photos / label["photo"] for label in labels])
    totals = {"all": [0, 0, 0, 0], "models": [0, 0, 0, 0]}
    times = []
    pairs = [(label, answer) for label, answer in zip(labels, answers) if answer]
    for label, answer in pairs:
        found = facts(answer)
        true, false = set(label["facts_true"]), set(label["facts_false"])
        right = [fact for fact in found if fact in true]
        wrong = [fact for fact in found if fact in false]
        unjudged = [fact for fact in found if fact not in true | false]
        missed = sorted(true - set(found))
        times.append(answer["timings"]["total_ms"])
        print(f"{label['photo']} ({answer['timings']['total_ms']:.0f} ms)")
        for name, list_ in (("right", right), ("wrong", wrong), ("not judged", unjudged), ("missed", missed)):
            print(f"  {name}: {', '.join(list_) or '-'}")
        for kind, keep in (("all", None), ("models", MODELS)):
            for index, list_ in enumerate((right, wrong, unjudged, missed)):
                totals[kind][index] += sum(keep is None or fact.split("=")[0] in keep for fact in list_)
    for kind, (right, wrong, unjudged, missed) in totals.items():
        judged = max(1, right + wrong)
        print(f"{kind}: {right} right, {wrong} wrong ({right / judged:.3f} of those judged), {unjudged} not judged, "
              f"{missed} missed; {len(pairs)} photos")
    print(f"time a photo: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")


if __name__ == "__main__":
    main()
