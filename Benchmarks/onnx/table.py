"""What was measured, as lines of text: ours, then each of theirs with the ratio of ours to it."""

import argparse
import statistics

OURS = "heckle"
SHORT = {"onnxruntime": "ORT", "ncnn": "ncnn"}
#: A larger difference, as a part of the largest value, is another result, not another order of adding up.
LARGEST_DIFFERENCE = 0.05


def disagree(differences: list[float]) -> bool:
    """Whether two programs gave different results, by their outputs; differences that are no numbers count as large."""
    return not all(difference <= LARGEST_DIFFERENCE for difference in differences)


def value(row: dict, program: str, figure: str) -> float | None:
    return row[program][figure] if row.get(program) else None


def ratio(row: dict, program: str, figure: str) -> float | None:
    ours, theirs = value(row, OURS, figure), value(row, program, figure)
    return ours / theirs if ours is not None and theirs else None


def cell(number: float | None, digits: int, width: int) -> str:
    return f"{number:{width}.{digits}f}" if number is not None else f"{'-':>{width}}"


def rate(row: dict) -> float | None:
    """Our GFLOP/s."""
    time = value(row, OURS, "ms")
    return row["gflop"] / time * 1000 if time and row["gflop"] is not None else None


def figures(row: dict, options: argparse.Namespace, figure: str) -> str:
    """Ours, then each of theirs with the ratio."""
    digits = 2 if figure == "ms" else 1
    text = cell(value(row, OURS, figure), digits, 10)
    for program in options.peers:
        text += cell(value(row, program, figure), digits, 10) + cell(ratio(row, program, figure), 2, 7)
    return text


def head(options: argparse.Namespace, unit: str) -> str:
    return f"{'ours ' + unit:>10}" + "".join(f"{SHORT[program] + ' ' + unit:>10}{'ratio':>7}" for program in options.peers)


def speed_head(options: argparse.Namespace) -> str:
    return f"{'model, threads':<31}{'GFLOP':>8}{head(options, 'ms')}{'GFLOP/s':>9}{'share':>7}"


def speed_line(row: dict, options: argparse.Namespace) -> str:
    speed = rate(row)
    share = speed / (row["product_rate"] * row["threads"]) if speed is not None else None
    return (f"{row['model'][:28]:<28}{row['threads']:>3}" + cell(row["gflop"], 2, 8) + figures(row, options, "ms")
            + cell(speed, 1, 9) + (f"{share:>7.0%}" if share is not None else f"{'-':>7}"))


def rest_line(row: dict, options: argparse.Namespace) -> str:
    apart = "".join(f"{max(row['differences'][program]):10.1e}" if row["differences"].get(program) else f"{'-':>10}"
                    for program in options.peers)
    return (f"{row['model'][:28]:<28}{row['threads']:>3}" + figures(row, options, "creation")
            + figures(row, options, "memory") + apart)


def means(rows: list[dict], options: argparse.Namespace, threads: int) -> str:
    def mean(program: str, figure: str) -> str:
        ratios = [ratio(row, program, figure) for row in rows
                  if row["threads"] == threads and not disagree(row["differences"].get(program, []))]
        ratios = [number for number in ratios if number]
        return f"{statistics.geometric_mean(ratios):.3f}" if ratios else "-"

    parts = [f"{SHORT[program]} time {mean(program, 'ms')}, creation {mean(program, 'creation')}, memory "
             f"{mean(program, 'memory')}" for program in options.peers]
    return f"geometric means of ours to theirs, {threads} thread{'s' if threads > 1 else ''}: " + "; ".join(parts)


def report(rows: list[dict], options: argparse.Namespace) -> str:
    """All but the speeds, and the means."""
    wide = 10 + 17 * len(options.peers)
    lines = [f"{'':<31}{'creation of a session':^{wide}}{'memory, at most':^{wide}}  difference from",
             f"{'model, threads':<31}{head(options, 'ms')}{head(options, 'MB')}"
             + "".join(f"{SHORT[program]:>10}" for program in options.peers)]
    lines += [rest_line(row, options) for row in rows] + [""]
    lines += [means(rows, options, threads) for threads in options.threads]
    if rows:
        lines.append(f"one thread multiplies large matrices at {max(row['product_rate'] for row in rows):.1f} GFLOP/s")
    return "\n".join(lines)
