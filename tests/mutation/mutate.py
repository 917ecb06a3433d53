"""Makes mistakes in copies of sources, one at a time, and sees whether the tests notice.

    python3 tests/mutation/mutate.py BUILD JOBS [--all | --sample | --few] [--only TEXT]

BUILD is a folder that scripts/build.sh --tests has built with Ninja. Each mutation of mutations.toml
is made in a copy of its file, which is compiled and linked, in a scratch folder, in the place of the
original; then the tests that ought to see it run, and if they pass the whole program of tests. A mutation that
all of them pass is a survivor: the script names it and exits 1. So it does where the tests fail or
select nothing before any mistake is made, where a mutation no longer applies, or does not compile.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FEW = 4  # what --few takes of the sample
TIMEOUT = 300  # seconds; a mistake may make a loop endless, and that is noticed as well


def run(command, cwd, timeout=None):
    environment = dict(os.environ, OMP_WAIT_POLICY="passive", OMP_NUM_THREADS="2")
    try:
        done = subprocess.run(command, cwd=cwd, shell=isinstance(command, str), env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=timeout)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        return -1, "timed out"


class Build:
    """How the build folder compiles a source and links a program of tests."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        with open(os.path.join(self.folder, "compile_commands.json")) as file:
            entries = json.load(file)
        self.compile_of = {
            os.path.relpath(os.path.normpath(os.path.join(e["directory"], e["file"])), ROOT): e
            for e in entries}
        self.link_of = {}
        self.skipped = {}  # (tests, filter) -> how many skip themselves where no mistake is made

    def program(self, tests):
        return os.path.join(self.folder, "tests", tests)

    def link_command(self, tests):
        if tests not in self.link_of:
            code, output = run(["ninja", "-t", "commands", "tests/" + tests], self.folder)
            wanted = [line for line in output.splitlines() if f" -o tests/{tests} " in line]
            if code != 0 or not wanted:
                sys.exit(f"thaw: {self.folder} does not say how tests/{tests} is linked: "
                         "build it with scripts/build.sh --tests and Ninja.")
            # Ninja's line goes on to find the tests by name; only its linking is wanted.
            self.link_of[tests] = next(part for part in wanted[-1].split("&&")
                                       if f" -o tests/{tests} " in part).strip()
        return self.link_of[tests]

    def compile(self, source, copies, output):
        """source is compiled from `copies`, a folder whose files go before the repository's."""
        entry = self.compile_of[source]
        words = shlex.split(entry["command"])
        if "ccache" in os.path.basename(words[0]):
            words = words[1:]  # each mutation is compiled once
        kept, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-o", "-c", "-MF", "-MT"):
                skip = True
            elif word not in ("-MD",):
                kept.append(word)
        copy = os.path.join(copies, source)
        path = copy if os.path.exists(copy) else os.path.join(ROOT, source)
        # -O1 halves the compiler's time; what a mistake does is the same.
        command = [kept[0], "-I", os.path.join(copies, "src"), "-I", copies, *kept[1:], "-O1", "-w",
                   "-c", path, "-o", output]
        return run(command, entry["directory"])

    def link(self, tests, objects, output):
        """objects: from a source to what takes the place of its object."""
        command = self.link_command(tests)
        command = command.replace(f" -o tests/{tests} ", f" -o {shlex.quote(output)} ", 1)
        added = []
        for source, compiled in objects.items():
            original = self.compile_of[source].get("output")
            original = original or shlex.split(self.compile_of[source]["command"])[
                shlex.split(self.compile_of[source]["command"]).index("-o") + 1]
            if f" {original} " in command:
                command = command.replace(f" {original} ", f" {compiled} ", 1)
            else:
                # An object comes before the library that holds the original, which is then not taken.
                added.append(compiled)
        if added:
            command = command.replace(" -o ", " " + " ".join(added) + " -o ", 1)
        return run(command, self.folder)

    def tests_fail(self, program, test_filter):
        code, output = run([program, f"--gtest_filter={test_filter}", "--gtest_brief=1",
                            "--gtest_fail_fast"], self.folder, TIMEOUT)
        found = re.search(r"\[  FAILED  \] (\S+)", output)
        noticed = found.group(1).rstrip(",") if found else ("timed out" if code == -1 else "crashed")
        return code != 0, noticed, output


def count_skipped(output):
    found = re.search(r"\[  SKIPPED \] (\d+) test", output)
    return int(found.group(1)) if found else 0


def program_in(scratch, build, tests):
    """Where a program of tests finds beside it what it finds in the build folder: modules that it opens."""
    folder = os.path.join(scratch, "build")
    os.makedirs(os.path.join(folder, "tests"))
    for entry in os.scandir(build.folder):
        if entry.is_file():
            os.symlink(entry.path, os.path.join(folder, entry.name))
    return os.path.join(folder, "tests", tests)


def source_of(mutation):
    with open(os.path.join(ROOT, mutation["file"]), encoding="utf-8") as file:
        return file.read()


def check_keys(mutations):
    """A line that a merge took away leaves two entries as one, or one without its mistake."""
    needed, known = {"file", "tests", "filter", "was", "is"}, {"sample", "through"}
    for m in mutations:
        if not needed <= set(m) or not set(m) <= needed | known or m["was"] == m["is"]:
            sys.exit(f"thaw: this entry of mutations.toml is not whole: {m}")


def check_places(mutations):
    """Also those that are not tried now: a change of the source may have taken their place away."""
    lost = [f"{m['file']}: {m['was'].strip().splitlines()[0][:60]}  (stands {count} times in the file)"
            for m in mutations if (count := source_of(m).count(m["was"])) != 1]
    if lost:
        sys.exit("thaw: mutations whose `was` does not stand once in its file:\n    " + "\n    ".join(lost))


def try_mutation(build, mutation):
    """(verdict, what noticed it or why not)"""
    text, was = source_of(mutation), mutation["was"]
    scratch = tempfile.mkdtemp(prefix="thaw-mutation-")
    try:
        copies = os.path.join(scratch, "copies")
        copy = os.path.join(copies, mutation["file"])
        os.makedirs(os.path.dirname(copy))
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text.replace(was, mutation["is"]))
        objects = {}
        for source in mutation.get("through", [mutation["file"]]):
            compiled = os.path.join(scratch, os.path.basename(source) + ".o")
            code, output = build.compile(source, copies, compiled)
            if code != 0:
                return "broken", "does not compile:\n" + output[-2000:]
            objects[source] = compiled
        program = program_in(scratch, build, mutation["tests"])
        code, output = build.link(mutation["tests"], objects, program)
        if code != 0:
            return "broken", "does not link:\n" + output[-2000:]
        for test_filter in (mutation["filter"], "*"):
            failed, noticed, output = build.tests_fail(program, test_filter)
            if failed:
                return "found", noticed
            if test_filter != "*" and count_skipped(output) > build.skipped[mutation["tests"], test_filter]:
                return "broken", "tests are skipped that run in the build folder:\n" + output[-2000:]
        return "SURVIVED", "every test of " + mutation["tests"] + " passes"
    finally:
        shutil.rmtree(scratch)


def check_start(build, mutations):
    """Without a mistake all tests pass, and each filter selects some."""
    for tests in sorted({m["tests"] for m in mutations}):
        for test_filter in sorted({m["filter"] for m in mutations if m["tests"] == tests}):
            failed, noticed, output = build.tests_fail(build.program(tests), test_filter)
            if failed:
                sys.exit(f"thaw: {tests} fails before any mistake is made ({noticed}):\n{output}")
            if not re.search(r"\[  PASSED  \] [1-9]", output):
                sys.exit(f"thaw: {test_filter} selects no test of {tests}, or skips all of them")
            build.skipped[tests, test_filter] = count_skipped(output)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("jobs", type=int)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true", help="read the list and make no mistake")
    arguments = parser.parse_args()
    with open(os.path.join(ROOT, "tests", "mutation", "mutations.toml"), "rb") as file:
        mutations = tomllib.load(file)["mutation"]
    check_keys(mutations)
    check_places(mutations)
    if arguments.check:
        print(f"    {len(mutations)} mistakes can be made")
        return 0
    mutations = [m for m in mutations if arguments.only in m["file"]]
    if not arguments.all:
        mutations = [m for m in mutations if m.get("sample")]
    if arguments.few:
        mutations = mutations[::max(1, len(mutations) // FEW)][:FEW]
    if not mutations:
        sys.exit("thaw: no mutation is selected")

    build = Build(arguments.build)
    begin = time.monotonic()
    check_start(build, mutations)
    for tests in {m["tests"] for m in mutations}:
        build.link_command(tests)
    verdicts = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for mutation, (verdict, why) in zip(mutations, pool.map(
                lambda m: try_mutation(build, m), mutations)):
            verdicts.append(verdict)
            first = mutation["was"].strip().splitlines()[0]
            print(f"    {verdict:<8}  {mutation['file']}: {first[:60]}  ({why})", flush=True)
            if verdict != "found":
                print(f"              in its place: {mutation['is'].strip() or '(nothing)'}")
    found = verdicts.count("found")
    print(f"    {found} of {len(verdicts)} mistakes found by the tests, in "
          f"{time.monotonic() - begin:.0f} s")
    return 0 if found == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
