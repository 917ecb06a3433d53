"""Writes slices.tsv: expression, rows of the split, first row, row after the last, as Python's
`datasets` has them.

    python make_slices.py        made with datasets 5.2.0
"""
from datasets.arrow_reader import ReadInstruction

BOUNDS = ["", "0", "10", "1_000", "-1", "-99", "0%", "1%", "30%", "50%", "99%", "100%", "-10%",
          "-50%", "-100%"]
with open("slices.tsv", "w") as out:
    for rows in [0, 1, 3, 25, 150, 45615]:
        for begin in BOUNDS:
            for end in BOUNDS:
                spec = f"train[{begin}:{end}]"
                for rounding in ["", "(pct1_dropremainder)"]:
                    if rounding and ("%" not in spec or rows < 100):
                        continue
                    try:
                        instruction = ReadInstruction.from_spec(spec + rounding)
                    except ValueError:  # 1_000 %
                        continue
                    part = instruction.to_absolute({"train": rows})[0]
                    out.write(f"{spec}{rounding}\t{rows}\t{part.from_}\t{max(part.from_, part.to)}\n")
