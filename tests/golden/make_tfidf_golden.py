"""Makes tfidf_golden.json: what scikit-learn's vectorizers and LogisticRegression answer on a few
texts of many scripts, and what Python says of every code point.

Run with Python 3.11 (Unicode 14) and scikit-learn 1.9.1:
    python tests/golden/make_tfidf_golden.py
"""

import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path

import numpy as np
import scipy.sparse
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

TEXTS = [
    "The film was good, good, GOOD! I'd see it again.",
    "the film  was\tbad\n and I'd not",
    "Straße und STRASSE, ẞ groß",
    "İstanbul'da İYİ film ıssız",
    "ΟΔΟΣ ΣΑΣ Σ σς ΑΣ, ΑΣ.Α ΑΣ'",
    "déjà vu, de\u0301ja\u0300 vu: Æther ÑANDÚ",
    "映画は良かった 映画 不错 好",
    "😀😀 good 👩\u200d💻 bad 🏳️\u200d🌈",
    "snake_case __init__ 2023 3½ x² ٣٤ Ⅷ ⓐⓑ",
    "हिन्दी भाषा तमिழ் ภาษาไทย",
    "a b c I ? !!",
    "",
    "\u3000\u00a0 good\u2003film\u2028bad\x1cfilm\u200bgood\x85",
    "Привет МИР и мир",
    "bad film. Bad, bad film; not good",
]
GOLD = [2, 0, 1, 2, 1, 1, 2, 2, 1, 0, 0, 0, 2, 1, 0]
UNSEEN = ["good bad unseen words", "xyzzy", "", "ΣΑΣ 映画 film film FILM", "?!"]
SECOND = [text[::-1] for text in TEXTS]


def union():
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)),
        ]
    )


def sparse(matrix):
    matrix = matrix.tocsr()
    matrix.sort_indices()
    return {"offsets": matrix.indptr.tolist(), "columns": matrix.indices.tolist(), "values": matrix.data.tolist()}


def regression(features, unseen, gold, c):
    model = LogisticRegression(C=c, solver="lbfgs", tol=1e-10, max_iter=10000).fit(features, gold)
    bias = model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0)
    # Coefficients of a few columns, evenly chosen.
    columns = list(range(0, features.shape[1], 29))
    return {"c": c, "labels": int(max(gold)) + 1, "gold": list(map(int, gold)), "intercept": bias.tolist(),
            "coef_columns": columns, "coef": model.coef_[:, columns].ravel().tolist(),
            "norm": float(np.linalg.norm(model.coef_)),
            "probabilities": model.predict_proba(scipy.sparse.vstack([features, unseen])).ravel().tolist()}


def assigned():
    return [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) != "Cn"]


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def main():
    first, second = union(), union()
    features = first.fit_transform(TEXTS)
    pairs = scipy.sparse.hstack([features, second.fit_transform(SECOND)])
    unseen = first.transform(UNSEEN)
    unseen_pairs = scipy.sparse.hstack([unseen, second.transform(UNSEEN[::-1])])
    words, characters = (vectorizer for _, vectorizer in first.transformer_list)
    code_points = [chr(c) for c in assigned()]
    golden = {
        "versions": {"python": sys.version.split()[0], "unicode": unicodedata.unidata_version,
                     "scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "texts": TEXTS, "unseen": UNSEEN, "second": SECOND,
        "words": list(words.get_feature_names_out()), "words_idf": words.idf_.tolist(),
        "characters": list(characters.get_feature_names_out()), "characters_idf": characters.idf_.tolist(),
        "features": sparse(features), "unseen_features": sparse(unseen),
        "three_labels": regression(features, unseen, GOLD, 1),
        "strong": regression(features, unseen, GOLD, 100),
        "two_labels": regression(features, unseen, [min(g, 1) for g in GOLD], 2),
        "pairs": regression(pairs, unseen_pairs, GOLD, 1),
        # All assigned code points, each with a capital sigma in front, behind, and between: what
        # str.lower makes of them, which of them are \w, and which are white space.
        "assigned": [[a, b] for a, b in ranges(assigned())],
        "lower": sha256("".join(f"Σ{c} A{c}Σ {c}Σ AΣ{c} AΣ{c}A ".lower() for c in code_points)),
        "word_characters": sha256("".join(c for c in code_points if re.match(r"\w", c))),
        "spaces": sha256("".join(c for c in code_points if c.isspace())),
    }
    path = Path(__file__).with_name("tfidf_golden.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
    print(path, path.stat().st_size, "bytes")


def ranges(code_points):
    out = []
    for c in code_points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


if __name__ == "__main__":
    main()
