"""Writes the files of command_line.toml and prints what Transformers' tokenizer says of their lengths."""
import csv
import pathlib

import transformers

HERE = pathlib.Path(__file__).parent
OUT = HERE / "files" / "command_line"
MODEL = HERE.parent / "golden" / "bert"
WORDS = "the film was good not very bad i like".split()


def rows(count):
    """Texts of 1, 2, 3, … words with two labels by turns."""
    for i in range(count):
        yield " ".join(WORDS[j % len(WORDS)] for j in range(i, 2 * i + 1)), i % 2


def write(name, header, lines):
    with open(OUT / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def lost(name, encode, lengths):
    for max_length in lengths:
        whole = [len(encode(row, None)) for row in ROWS[name]]
        cut = [len(encode(row, max_length)) for row in ROWS[name]]
        special = tokenizer.num_special_tokens_to_add(pair=len(ROWS[name][0]) == 2)
        texts = sum(a > b for a, b in zip(whole, cut))
        tokens, gone = sum(whole) - special * len(whole), sum(whole) - sum(cut)
        print(f"{name} at {max_length}: {texts} of {len(whole)} cut, {gone} of {tokens} tokens "
              f"({100 * gone / tokens:.1f} %), longest {max(whole)}")


OUT.mkdir(parents=True, exist_ok=True)
ROWS = {
    "reviews.csv": [[text] for text, label in rows(20)],
    "pairs.csv": [[text, other] for (text, _), (other, _) in zip(rows(12), reversed(list(rows(12))))],
}
write("reviews.csv", ["text", "label"], [[text, "yes" if label else "no"] for text, label in rows(20)])
write("numbers.csv", ["text", "label"], list(rows(20)))
write("pairs.csv", ["question", "answer", "label"],
      [[*pair, label] for pair, (_, label) in zip(ROWS["pairs.csv"], rows(12))])

tokenizer = transformers.AutoTokenizer.from_pretrained(MODEL)
print("transformers", transformers.__version__)


def encode(row, max_length):
    return tokenizer(*row, truncation=max_length is not None, max_length=max_length)["input_ids"]


lost("reviews.csv", encode, [8, 12, 16])
lost("pairs.csv", encode, [8, 12])
