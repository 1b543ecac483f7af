"""Runs the tests against every mutant of the code, all of them in one build.

    python3 tests/mutants/run.py FOLDER [--files GLOB…] [--jobs 2] [--seconds 300]

`cargo mutants` (27.1.0) says what the mutants are; `neglist-mutants` beside this
file writes each into one copy of the code, behind a switch; the compiler says
which are none, since they do not compile. Then every test runs once without a
mutant, to see how long it takes and which mutants it reaches; and for each
mutant, in an order by lot, the tests that reach it run until one fails: first
those that notice much in little time. What no test notices is written to
FOLDER/survivors.txt, and so is what has no place behind a switch, which
`cargo mutants --re` can try.

FOLDER keeps everything: begun again, it goes on where it was. A mutant gets so
many seconds of tests, and then counts as survived; begun again with more
seconds, it is tried again.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = ["src/model/**", "src/evaluate/**", "src/canon/**", "src/log/**"]
# A mutant that makes a test go on for ever is noticed.
LEAST_TIMEOUT, TIMES = 20, 10
NOTED = re.compile(r"^(.*): test$")


def run(command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def listed(folder, files, root):
    """The mutants, as `cargo mutants` lists them."""
    kept = folder / "mutants.json"
    if not kept.exists():
        command = ["cargo", "mutants", "--list", "--json"]
        kept.write_text(run(command + [it for glob in files for it in ("-f", glob)], cwd=root))
    return json.loads(kept.read_text())


def errors_of(copy, places):
    """Builds; returns the mutants that the compiler objects to, and the tests' programs."""
    command = ["cargo", "test", "--no-run", "--message-format", "json"]
    built = subprocess.run(command, cwd=copy, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    messages = [json.loads(it) for it in built.stdout.splitlines() if it.startswith("{")]
    found, unknown = set(), []
    for message in (it["message"] for it in messages if it.get("reason") == "compiler-message"):
        if message["level"] != "error" or not message["spans"]:
            continue
        spans = sorted(message["spans"], key=lambda it: not it["is_primary"])
        for child in message["children"]:
            spans += child["spans"]
        for span in spans:
            start, end = span["byte_start"], span["byte_end"]
            around = [it for it in places.get(span["file_name"], []) if it[0] <= start and end <= it[1]]
            if around:
                least = min(it[1] - it[0] for it in around)
                found |= {it[2] for it in around if it[1] - it[0] == least}
                break
        else:
            unknown.append(message["rendered"])
    if built.returncode == 0:
        programs = [it["executable"] for it in messages if it.get("executable") and it["profile"]["test"]]
        return set(), programs
    if not found:
        sys.exit("\n".join(unknown) or "it does not build, and nothing says why")
    return found, []


def build(folder, root):
    """One build with every mutant that compiles."""
    copy, left_out, kept = folder / "copy", folder / "left_out.json", folder / "built.json"
    if kept.exists():
        programs, *numbers = json.loads(kept.read_text())
        return programs, *map(set, numbers)
    if not copy.exists():
        run(["git", "clone", "--quiet", str(root), str(copy)])
        # As where people build, since a test writes there.
        (copy / "target").mkdir()
        left_out.write_text("[]")
    tool = ["cargo", "run", "--quiet", "--manifest-path", str(HERE / "tool" / "Cargo.toml"), "--"]
    while True:
        run(["git", "checkout", "--quiet", "--", "src"], cwd=copy)
        report = json.loads(run(tool + [str(folder / "mutants.json"), str(copy), str(left_out)]))
        found, programs = errors_of(copy, report["places"])
        if not found:
            left = json.loads(left_out.read_text())
            kept.write_text(json.dumps([programs, left, report["unwritten"]]))
            return programs, set(left), set(report["unwritten"])
        print(f"{len(found)} mutants do not compile", flush=True)
        left_out.write_text(json.dumps(sorted(set(json.loads(left_out.read_text())) | found)))


def tests_of(folder, programs, jobs):
    """What each test reaches, and how long it takes."""
    kept = folder / "tests.json"
    if kept.exists():
        return json.loads(kept.read_text())
    names = []
    for program in programs:
        # Only tests: a program that is none has no list.
        lines = run([program, "--list", "--format", "terse"], cwd=folder / "copy").splitlines()
        names += [(program, it[1]) for it in map(NOTED.match, lines) if it]

    def once(numbered):
        number, (program, name) = numbered
        file = folder / f"reached-{number}"
        file.unlink(missing_ok=True)
        began = time.monotonic()
        code = outcome(folder, program, name, {"NEGLIST_MUTANTS_REACHED": str(file)}, 900)
        reached = sorted(set(map(int, file.read_text().split()))) if file.exists() else []
        file.unlink(missing_ok=True)
        return {"program": program, "name": name, "code": code, "seconds": time.monotonic() - began, "reached": reached}

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tests = list(pool.map(once, enumerate(names)))
    for test in tests:
        if test["code"] != 0:
            print(f"left out, since it fails without a mutant: {test['name']}")
    kept.write_text(json.dumps(tests))
    return tests


def outcome(folder, program, name, environment, timeout):
    """The code that a test ends with; 124 if it does not."""
    environment = {**os.environ, "PROPTEST_MAX_SHRINK_ITERS": "0", "RUST_BACKTRACE": "0", **environment}
    command = [program, name, "--exact", "--include-ignored"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=folder / "copy", env=environment, start_new_session=True, **quiet)
    try:
        return child.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        child.wait()
        return 124


class Worth:
    """What a test is worth: how often it notices a mutant, for the time that it takes; in this file above all.
    A test that stands in the file is believed to notice much, until it was tried."""

    def __init__(self, name, seconds):
        # Of all files, and of each: tried, noticed, seconds.
        self.module, self.usual, self.seen = name.split("::tests::")[0], min(seconds, 5), {}

    def told(self, file, noticed, seconds):
        for where in (file, ""):
            before = self.seen.get(where, (0, 0, 0))
            self.seen[where] = (before[0] + 1, before[1] + noticed, before[2] + seconds)

    def of(self, file):
        tried, noticed, seconds = (8 * here + all for here, all in zip(self.seen.get(file, (0, 0, 0)), self.seen.get("", (0, 0, 0))))
        if file == f"src/{self.module.replace('::', '/')}.rs":
            tried, noticed = tried + 18, noticed + 18
        return (1 + noticed) / (2 + tried) / (0.1 + (seconds + 2 * self.usual) / (tried + 2))


def judge(folder, number, file, tests, seconds):
    """Whether a test notices a mutant, in about so many seconds of tests."""
    spent, ran, left = 0, 0, 0
    reaching = [it for it in tests if it["code"] == 0 and number in it["reached"]]
    while reaching:
        test = max(reaching, key=lambda it: it["worth"].of(file))
        reaching.remove(test)
        if seconds < spent and ran:
            left += 1
            continue
        began = time.monotonic()
        timeout = max(LEAST_TIMEOUT, TIMES * test["seconds"])
        code = outcome(folder, test["program"], test["name"], {"NEGLIST_MUTANT": str(number)}, timeout)
        took = time.monotonic() - began
        test["worth"].told(file, code != 0, took)
        spent, ran = spent + took, ran + 1
        if code != 0:
            return {"number": number, "outcome": "timeout" if code == 124 else "killed", "by": test["name"], "ran": ran, "seconds": round(spent, 1)}
    return {"number": number, "outcome": "survived" if ran else "unreached", "ran": ran, "left": left, "seconds": round(spent, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", nargs="+", default=FILES)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300)
    arguments = parser.parse_args()
    root = Path(run(["git", "rev-parse", "--show-toplevel"], cwd=HERE).strip())
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    mutants = listed(folder, arguments.files, root)
    programs, left_out, unwritten = build(folder, root)
    print(f"{len(mutants)} mutants, {len(left_out)} do not compile, {len(unwritten)} cannot be switched", flush=True)
    tests = tests_of(folder, programs, arguments.jobs)
    for test in tests:
        test["reached"] = set(test["reached"])
        test["worth"] = Worth(test["name"], test["seconds"])
    print(f"{len(tests)} tests", flush=True)
    # An operator is written for a constant, too, where nothing can be asked.
    unwritten |= {it for it in left_out if mutants[it]["genre"] != "FnValue"}
    left_out -= unwritten
    results = folder / "results.jsonl"
    known = [json.loads(it) for it in results.read_text().splitlines()] if results.exists() else []
    known = [it for it in known if not (it.get("left") and it["seconds"] < arguments.seconds)]
    results.write_text("".join(json.dumps(it) + "\n" for it in known))
    by_name = {it["name"]: it["worth"] for it in tests}
    for it in (it for it in known if it.get("by") in by_name):
        by_name[it["by"]].told(mutants[it["number"]]["file"], True, it["seconds"] / it["ran"])
    done = {it["number"] for it in known}
    left = [it for it in range(len(mutants)) if it not in left_out | unwritten | done]
    # Stopped halfway, what is known is a fair part of the whole.
    random.Random(1).shuffle(left)
    lock = threading.Lock()

    def one(number):
        found = judge(folder, number, mutants[number]["file"], tests, arguments.seconds)
        with lock, results.open("a") as file:
            file.write(json.dumps({**found, "name": mutants[number]["name"]}) + "\n")
            known.append(found)
            if len(known) % 100 == 0:
                print(f"{len(known)} judged", flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(one, left))
    report(folder, mutants, known, left_out, unwritten)


def report(folder, mutants, known, left_out, unwritten):
    counts = {}
    for it in known:
        counts[it["outcome"]] = counts.get(it["outcome"], 0) + 1
    counts |= {"does not compile": len(left_out), "cannot be switched": len(unwritten)}
    print(", ".join(f"{name}: {many}" for name, many in sorted(counts.items())))
    survivors = sorted(it["number"] for it in known if it["outcome"] in ("survived", "unreached"))
    lines = [mutants[it]["name"] for it in survivors] + [f"not run: {mutants[it]['name']}" for it in sorted(unwritten)]
    (folder / "survivors.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
