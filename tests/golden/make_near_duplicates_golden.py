"""Makes near_duplicates_golden.json: Jaccard indices of texts' shingles, computed by Python's sets.

datasketch's MinHash of 4,096 permutations must agree with each within 0.05, which checks that the
sets are what MinHash estimates. Run with Python 3.11 and datasketch 2.0.0:
    python tests/golden/make_near_duplicates_golden.py
"""

import json
import random
from pathlib import Path

from datasketch import MinHash

PAIRS = [
    ("Good morning everyone, have fun!", "good   morning\teveryone, have fun!!"),
    ("ok thanks", "ok thanks!"),
    ("ok thanks", "OK  Thanks "),
    ("ok", "OK"),
    ("ok", "no"),
    ("abcd", "abcde"),
    ("aaaaaaa", "aaaaaaaaaaa"),
    ("ÄRGERLICH! Straße, ÉTÉ", "ärgerlich! straße, été"),
    ("ΑΒΓΔΕΖΗΘ и ЖИЗНЬ", "αβγδεζηθ И жизнь"),
    ("今日はとても良い天気ですね、散歩に行きましょう", "今日はとても良い天気ですね、散歩に行きます"),
    ("今日は\u3000良い天気です", "今日は 良い天気です"),
    ("so happy today 😀😀😀 yes!", "so happy today 😀😀 yes!"),
    ("😀😃😄😁😆😅🤣😂", "😀😃😄😁😆😅🤣🙂"),
    ("👩‍👩‍👧‍👦 family day", "👩‍👩‍👧 family day"),
    ("I love this movie so much", "I hate this movie so much"),
    ("Breaking: storm hits the coast, thousands without power http://t.co/abc123",
     "Breaking: storm hits the coast, thousands without power http://t.co/xyz789"),
    ("a\u00a0b\u2003c\u2028d e f", "a b c d e f"),
    ("", "something"),
]


def shingles(text):
    text = " ".join("".join(c.lower() for c in text).split())
    length = min(5, len(text))
    return {text[i:i + length] for i in range(len(text) - length + 1)} if text else set()


def jaccard(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b)


def estimate(a, b):
    hashes = [MinHash(num_perm=4096), MinHash(num_perm=4096)]
    for minhash, text in zip(hashes, (a, b)):
        for shingle in shingles(text):
            minhash.update(shingle.encode())
    return hashes[0].jaccard(hashes[1])


def edited(text, rng):
    words = text.split()
    for _ in range(rng.randint(1, 6)):
        words[rng.randrange(len(words))] = rng.choice(["storm", "yes", "Tomorrow", "x"])
    return " ".join(words)


def main():
    rng = random.Random(7)
    words = "the a storm river NEW day of light Über we they run slowly 42 , . again never".split()
    pairs = list(PAIRS)
    for count in (8, 20, 60):
        for _ in range(4):
            text = " ".join(rng.choice(words) for _ in range(count))
            pairs.append((text, edited(text, rng)))
    golden = [{"a": a, "b": b, "similarity": jaccard(a, b)} for a, b in pairs]
    for case in golden:
        if case["a"]:
            assert abs(estimate(case["a"], case["b"]) - case["similarity"]) < 0.05, case
    path = Path(__file__).with_name("near_duplicates_golden.json")
    path.write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(path, len(golden), [round(case["similarity"], 3) for case in golden])


if __name__ == "__main__":
    main()
