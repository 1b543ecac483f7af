"""Asks Cedar the questions of folders, each of which holds what was exported for
a day and `questions.ndjson`, and compares with the outcomes that are expected:
the same where everything is stated, and never a milder one.
"""

import json
import re
import sys
from pathlib import Path

import cedarpy

SEVERITY = ["permitted", "conditional", "unknown", "prohibited"]
LEAVE, WITH_MECHANISM = "leave", "leave-with-mechanism"


class Engine:
    def __init__(self, folder):
        text = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
        checked = cedarpy.validate_policies(text["policies.cedar"], text["schema.cedarschema"])
        if not checked.validation_passed:
            raise SystemExit(f"{folder}: {[str(it) for it in checked.errors]}")
        self.policies = cedarpy.PolicySet.from_str(text["policies.cedar"])
        self.entities = cedarpy.Entities.from_json_str(text["entities.json"])
        self.schema = cedarpy.Schema.from_str(text["schema.cedarschema"])
        # Policies are numbered as they stand there.
        said = re.findall(r"((?:^@.*\n)+)^(?:forbid|permit) ", text["policies.cedar"], re.MULTILINE)
        outcomes = (re.search(r'@outcome\("([a-z]+)"\)', it) for it in said)
        self.outcomes = {f"policy{place}": it and it[1] for place, it in enumerate(outcomes)}
        self.flags = set(re.findall(r'"([a-z0-9.-]+)"\?: Bool', text["schema.cedarschema"])) - {"alone"}
        self.windows = re.findall(r'"subjects@([a-z0-9-]+)"', text["schema.cedarschema"])

    def outcome(self, question):
        return max((self.of_item(question, item) for item in question["items"]), key=SEVERITY.index)

    def of_item(self, question, item):
        context = self.context(question, item)
        ask = lambda action: self.ask(question["from"], action, item["category"], context)
        if ask(LEAVE).allowed:
            return "permitted"
        answer = ask(WITH_MECHANISM)
        if answer.allowed:
            return "conditional"
        reasons = [self.outcomes[it] for it in answer.diagnostics.reasons]
        return "prohibited" if "prohibited" in reasons else "unknown"

    def ask(self, place, action, category, context):
        request = {
            "principal": {"type": "Place", "id": place},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Category", "id": category},
            "context": context,
        }
        answer = cedarpy.is_authorized(request, self.policies, self.entities, schema=self.schema)
        if answer.diagnostics.errors:
            raise SystemExit(f"{request}: {answer.diagnostics.errors}")
        return answer

    def context(self, question, item):
        context = {flag: False for flag in self.flags} if question.get("ordinary") else {}
        context.update(question.get("facts", {}))
        context["alone"] = len(question["items"]) == 1
        if question.get("to") is not None:
            context["to"] = {"__entity": {"type": "Place", "id": question["to"]}}
        subjects = item.get("subjects")
        if isinstance(subjects, int):
            context["subjects"] = subjects
            context.update({f"subjects@{window}": subjects for window in self.windows})
        elif subjects is not None:
            context.update({f"subjects@{window}": number for window, number in subjects.items()})
        return context


FILES = ["entities.json", "policies.cedar", "schema.cedarschema"]


def main(folders):
    same, stricter, wrong = 0, 0, []
    for folder in map(Path, folders):
        engine = Engine(folder)
        for line in (folder / "questions.ndjson").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found, expected = engine.outcome(case["question"]), case["answer"]["outcome"]
            is_stricter = SEVERITY.index(expected) < SEVERITY.index(found)
            if found == expected:
                same += 1
            elif is_stricter and not case["is_stated"]:
                stricter += 1
            else:
                wrong.append((case["question"], expected, found))
    for question, expected, found in wrong[:5]:
        print(json.dumps(question), "expected", expected, "found", found, sep="\n  ")
    print(f"{same} the same, {stricter} stricter, {len(wrong)} wrong")
    return 1 if wrong or not same else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
