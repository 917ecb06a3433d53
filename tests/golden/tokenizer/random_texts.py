"""Odd texts for comparing tokenizers: a stream of them for each seed."""

import random
import unicodedata

BLOCKS = [  # where random code points come from, with how often
    (30, 0x20, 0x7E),
    (6, 0xA0, 0x24F),
    (5, 0x300, 0x36F),
    (3, 0x370, 0x52F),
    (3, 0x590, 0x6FF),
    (3, 0x900, 0xDFF),
    (2, 0xE00, 0x0FFF),
    (2, 0x1AB0, 0x1FFF),
    (4, 0x2000, 0x206F),
    (3, 0x2070, 0x2BFF),
    (3, 0x3000, 0x30FF),
    (3, 0x3400, 0x9FFF),
    (2, 0xA000, 0xABFF),
    (2, 0xAC00, 0xD7A3),
    (1, 0xE000, 0xF8FF),
    (2, 0xF900, 0xFFFF),
    (2, 0x10000, 0x11FFF),
    (1, 0x12000, 0x1CFFF),
    (2, 0x1D000, 0x1EFFF),
    (3, 0x1F000, 0x1FAFF),
    (1, 0x20000, 0x3FFFF),
    (1, 0x40000, 0x10FFFF),
    (3, 0x00, 0x1F),
]
WEIGHTS = [weight for weight, _, _ in BLOCKS]
# Marks that canonical ordering moves, letters that fall apart into some, and what cleaning removes
# from between them.
MARKS = [chr(c) for c in range(0x110000) if unicodedata.combining(chr(c))]
MARKED = [chr(c) for c in range(0x30000) if unicodedata.decomposition(chr(c))[:1] not in ("", "<")]
REMOVED = ["\u200d", "\ufeff", "\x01", "\ue000"]


def code_points():
    return (c for c in range(0x110000) if not 0xD800 <= c < 0xE000)


def random_word(rng, pieces):
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(pieces)
    if kind < 0.45:
        word = "".join(rng.choice(pieces).removeprefix("##") for _ in range(rng.randint(1, 5)))
        return rng.choice([word, word.upper(), word.capitalize()])
    if kind < 0.47:
        return rng.choice(pieces)[:1] * rng.randint(95, 105)
    if kind < 0.55:
        sources = [MARKS, MARKS, MARKED, REMOVED, ["a", "E"]]
        return "".join(rng.choice(rng.choice(sources)) for _ in range(rng.randint(2, 12)))
    _, first, last = rng.choices(BLOCKS, WEIGHTS)[0]
    if kind < 0.8:  # one script
        return "".join(chr(rng.randint(first, last)) for _ in range(rng.randint(1, 8)))
    word = []
    for _ in range(rng.randint(1, 12)):
        _, first, last = rng.choices(BLOCKS, WEIGHTS)[0]
        word.append(chr(rng.randint(first, last)))
    return "".join(word)


def random_texts(rows, seed, tokenizer, most_words=12):
    rng = random.Random(seed)
    pieces = sorted(tokenizer.get_vocab())
    specials = [str(t) for t in tokenizer.added_tokens_decoder.values()]
    for _ in range(rows):
        words = []
        for _ in range(rng.randint(0, most_words)):
            words.append(rng.choice(specials) if rng.random() < 0.05 else random_word(rng, pieces))
            if rng.random() < 0.7:
                words.append(rng.choice([" ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u3000"]))
        text = "".join(words)
        yield "".join(c for c in text if not 0xD800 <= ord(c) < 0xE000)
