"""Writes "precompiled_charsmap"s by hand: the trie of sentencepiece's normalizer with few rules."""

import base64
import struct

from tokenizers import normalizers

LEAF = 1 << 8


def charsmap(rules):
    """The bytes of a charsmap. `rules`: {text or bytes: what they become}, without NUL."""
    values, pool = {}, b""
    for text, value in rules.items():
        values[text if isinstance(text, bytes) else text.encode()] = len(pool)
        pool += value.encode() + b"\0"
    prefixes = {key[:n] for key in values for n in range(len(key) + 1)}
    bases = {prefix: 256 * (i + 1) for i, prefix in enumerate(sorted(prefixes))}
    units = [0] * (256 * (len(bases) + 1))

    def unit(position, label, prefix):
        offset = position ^ bases[prefix]
        packed = offset << 10 if offset < 1 << 21 else (offset >> 8) << 10 | 1 << 9
        assert offset < 1 << 21 or offset % 256 == 0, "too many rules"
        units[position] = packed | (LEAF if prefix in values else 0) | label
        if prefix in values:
            units[bases[prefix]] = 1 << 31 | values[prefix]

    unit(0, 0, b"")
    for prefix in prefixes - {b""}:
        unit(bases[prefix[:-1]] ^ prefix[-1], prefix[-1], prefix)
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + pool


def precompiled(rules):
    return normalizers.Precompiled(charsmap(rules))


def base64_charsmap(rules):
    return base64.b64encode(charsmap(rules)).decode()
