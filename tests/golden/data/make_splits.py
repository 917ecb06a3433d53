"""Writes splits.tsv: train_test_split of scikit-learn on many shapes of tables.

The first line names the versions that it was made with. Then one line a case: rows, classes,
multiplier, test rows, seed, stratified (0/1), and the first 16
digits of the SHA-256 over the train and then the test row numbers (little-endian int64).
Labels are (i * i * multiplier // 8) % classes, so that classes are uneven and often tie.

    python make_splits.py > splits.tsv
"""
import hashlib
import random

import numpy as np
import sklearn
from sklearn.model_selection import train_test_split

print(f"# numpy {np.__version__}, scikit-learn {sklearn.__version__}")
draw = random.Random(3)
written = 0
while written < 250:
    rows = draw.choice([draw.randint(6, 40), draw.randint(40, 400), draw.randint(400, 3000)])
    classes = draw.choice([2, 2, 3, 4, 5, 7, 12, 20])
    multiplier = draw.randint(1, 50)
    test_rows = draw.randint(1, rows - 1)
    seed = draw.choice([0, 1, 7, 42, draw.randint(0, 2**32 - 1)])
    stratified = draw.random() < 0.85
    labels = [(i * i * multiplier // 8) % classes for i in range(rows)]
    try:
        train, test = train_test_split(
            np.arange(rows), test_size=test_rows, random_state=seed,
            stratify=labels if stratified else None)
    except ValueError:
        continue  # a class or a part too small: thaw refuses these as well
    digest = hashlib.sha256(np.concatenate([train, test]).astype("<i8").tobytes()).hexdigest()
    print(rows, classes, multiplier, test_rows, seed, int(stratified), digest[:16], sep="\t")
    written += 1
