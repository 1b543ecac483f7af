"""Asks a Rego engine the questions of folders, each of which holds a bundle and
`questions.ndjson`, and compares with the answers that are expected.

The engine is regorus, from its Python package.
"""

import json
import sys
from pathlib import Path

import regorus

ALIKE = ["outcome", "floor", "decided", "unknown_reason", "exemptions", "duties"]


def comparable(answer):
    """What of an answer has to be the same."""
    said = {key: answer[key] for key in ALIKE}
    said["requires"] = sorted(sorted(sorted(way) for way in ways) for ways in answer["requires"])
    matches = ((it["list"], it["version"], it["entry"], it["applies"], it["effect"]) for it in answer["matches"])
    said["matches"] = sorted(matches)
    return said


def asked(engine, question):
    engine.set_input_json(json.dumps(question))
    return json.loads(engine.eval_rule_as_json("data.neglist.answer"))


def differences(folder):
    engine = regorus.Engine()
    engine.add_policy_from_file(str(folder / "policy.rego"))
    engine.add_data_from_json_file(str(folder / "data.json"))
    for line in (folder / "questions.ndjson").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        found = asked(engine, case["question"])
        if case["is_mistaken"]:
            expected, found = (True, "unknown"), (found["mistakes"] != [], found["outcome"])
        else:
            expected, found = comparable(case["answer"]), comparable(found) if not found["mistakes"] else found
        yield None if found == expected else (case["question"], expected, found)


def main(folders):
    results = [it for folder in folders for it in differences(Path(folder))]
    different = [it for it in results if it is not None]
    for question, expected, found in different[:5]:
        print(json.dumps(question), "expected", expected, "found", found, sep="\n  ")
    print(f"{len(different)} of {len(results)} answers differ" if different else f"{len(results)} answers are the same")
    return 1 if different or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
