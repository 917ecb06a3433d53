"""Runs clang-tidy over sources of src/, modules/ and app/, several at once; scripts/lint.sh calls it.

    python3 scripts/tidy.py CLANG_TIDY COMPILE_COMMANDS CACHE JOBS [PATH...]

A source that was clean is not looked at again until something changes that its findings depend on:
its text, a header of ours that it includes (through others as well), how it is compiled, .clang-tidy,
or clang-tidy's version. A clean source leaves an empty file in the folder CACHE, named by the hash of all
that. Prints each finding once, although a header is read by many; exits 1 if there are any.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
# HWY_TARGET_INCLUDE names the source itself; it is no header of ours.
FINDING = re.compile(r"^(/\S+?:\d+:\d+): (?:error|warning): ")
# What g++ knows and clang does not.
EXTRA = ["--extra-arg=-Wno-unknown-warning-option"]


def text_of(path, texts):
    if path not in texts:
        with open(path, "rb") as file:
            texts[path] = file.read()
    return texts[path]


def closure(source, roots, texts):
    """The source and all headers of ours that it reads."""
    found, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in INCLUDE.findall(text_of(path, texts)):
            for folder in [os.path.dirname(path), *roots]:
                header = os.path.normpath(os.path.join(folder, name.decode()))
                if os.path.isfile(header):
                    waiting.append(header)
                    break
    return sorted(found)


def key_of(entry, source, root, common, texts):
    """Relative paths only, so that a copy of the repository elsewhere finds what this one has done."""
    digest = hashlib.sha256(common)
    command = entry.get("command") or " ".join(entry["arguments"])
    digest.update(command.replace(root, "").encode())
    for path in closure(source, [os.path.join(root, "src"), root], texts):
        digest.update(os.path.relpath(path, root).encode() + b"\0")
        digest.update(hashlib.sha256(text_of(path, texts)).digest())
    return digest.hexdigest()


def findings_of(output):
    """Whole findings (their first line and what explains it), without clang-tidy's statistics."""
    found, current = {}, None
    for line in output.splitlines():
        if FINDING.match(line):
            current = line
            found[current] = [line]
        elif current and (line.startswith(" ") or ": note: " in line):
            found[current].append(line)
        else:
            current = None
    return {first: "\n".join(lines) for first, lines in found.items()}


def main():
    arguments = sys.argv[1:]
    if any(argument in ("-h", "--help") for argument in arguments):
        print(__doc__.strip())
        return 0
    unknown = [argument for argument in arguments if argument.startswith("-")]
    if unknown or len(arguments) < 4:
        what = f"'{unknown[0]}' is no argument that it takes" if unknown else "arguments are missing"
        print(f"scripts/tidy.py: {what}: scripts/tidy.py --help says how it is called.",
              file=sys.stderr)
        return 2
    clang_tidy, commands, cache, jobs, *wanted = arguments
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(commands) as file:
        entries = json.load(file)
    version = subprocess.run([clang_tidy, "--version"], capture_output=True, check=True).stdout
    texts = {}
    common = version + text_of(os.path.join(root, ".clang-tidy"), texts)
    common += text_of(os.path.abspath(__file__), texts)
    os.makedirs(cache, exist_ok=True)

    work = []
    for entry in entries:
        source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
        relative = os.path.relpath(source, root)
        if not relative.startswith(("src/", "modules/", "app/")):
            continue
        if wanted and not any(relative.startswith(path) for path in wanted):
            continue
        mark = os.path.join(cache, key_of(entry, source, root, common, texts))
        if not os.path.exists(mark):
            work.append((relative, source, mark))
        else:
            os.utime(mark)
    print(f"    {len(work)} sources to read; the others are as they were when they were clean",
          flush=True)

    def run(item):
        relative, source, mark = item
        done = subprocess.run([clang_tidy, "-p", os.path.dirname(commands), "--quiet", *EXTRA, source],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        found = findings_of(done.stdout)
        if done.returncode == 0 and not found:
            open(mark, "w").close()
        elif not found:
            found = {relative: f"{relative}: clang-tidy failed:\n{done.stdout}"}
        return found

    everything = {}
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for found in pool.map(run, work):
            for first, text in found.items():
                if first not in everything:
                    print(text.replace(root + "/", ""), flush=True)
                everything[first] = text
    if everything:
        print(f"    {len(everything)} findings")
    return 1 if everything else 0


if __name__ == "__main__":
    sys.exit(main())
