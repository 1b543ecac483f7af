"""Answers questions from what was exported, and from nothing else.

    policies.py CATALOG QUESTIONS    the catalog as SKOS; a line for each question

Each line of QUESTIONS has a question, and the file of the policies (ODRL) that
are in force on its day. It says an outcome a line. It is no engine of ODRL in
general: it knows the profile that `docs/exports.md` describes, and shows that
what is said there is enough to come to the outcomes of the registry.
"""

import functools
import json
import sys

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
NEGLIST = "urn:x-neglist:term:"
ODRL = "http://www.w3.org/ns/odrl/2/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SEVERITY = ["permitted", "conditional", "unknown", "prohibited"]


def main(catalog, questions):
    catalog, policies = Catalog(read(catalog)), {}
    with open(questions) as lines:
        for line in map(json.loads, lines):
            if line["policies"] not in policies:
                policies = {line["policies"]: Policies(read(line["policies"]), catalog)}
            print(policies[line["policies"]].outcome(line["question"]))


def read(path):
    """Nodes of expanded JSON-LD, by name: what is said under each key."""
    nodes = {}
    with open(path) as file:
        for node in json.load(file):
            said = nodes.setdefault(node.pop("@id"), {})
            for key, values in node.items():
                said.setdefault(key, []).extend(it.get("@id", value_of(it)) for it in values)
    return nodes


def value_of(literal):
    value, kind = literal.get("@value"), literal.get("@type", "")
    if kind.endswith("#boolean"):
        return value in (True, "true")
    return int(value) if kind.endswith("#integer") else value


# Three answers: yes, no, and None where something was left open.
def all_of(parts):
    parts = list(parts)
    return False if False in parts else None if None in parts else True


def any_of(parts):
    return negated(all_of(negated(it) for it in parts))


def negated(part):
    return None if part is None else not part


class Catalog:
    def __init__(self, nodes):
        self.nodes = nodes
        # Names end with the id.
        self.by_id = {}
        for name, said in nodes.items():
            for notation in said.get(SKOS + "notation", []):
                self.by_id.setdefault((name[: -len(notation)].split("/")[-2], notation), name)
        self.blocs = {}
        for bloc, said in nodes.items():
            for member in said.get(NEGLIST + "member", []):
                it = nodes[member]
                span = it[DCAT + "startDate"][0], it.get(DCAT + "endDate", ["9999"])[0]
                self.blocs.setdefault(it[NEGLIST + "place"][0], []).append((bloc, span))

    @functools.cache
    def broader(self, name):
        """It and everything broader."""
        above = {name}
        for it in self.nodes.get(name, {}).get(SKOS + "broader", []):
            above |= self.broader(it)
        return above

    def lies_in(self, place, at):
        """What a place lies in on a day."""
        places = self.broader(place)
        blocs = {bloc for it in places for bloc, (first, last) in self.blocs.get(it, []) if first <= at <= last}
        return places | blocs

    def covers(self, broad, narrow):
        """Whether data of one category is data of the other."""
        if broad in self.broader(narrow):
            return True
        may = narrow in self.broader(broad) or any(
            {broad, narrow} <= self.broader(it) for it in self.nodes if "/category/" in it
        )
        return None if may else False


class Policies:
    def __init__(self, nodes, catalog):
        self.nodes, self.catalog = nodes, catalog
        self.policies = [it for it, said in nodes.items() if ODRL + "Policy" in said.get(RDF + "type", [])]

    def said(self, node, key):
        return self.nodes[node].get(key, [])

    def outcome(self, question):
        asked = Asked(question, self.catalog)
        worst = "permitted"
        for item in question["items"]:
            found = self.outcome_of(asked.of(item))
            worst = max(worst, found, key=SEVERITY.index)
        return worst

    def outcome_of(self, asked):
        speaking, inside = [], False
        for policy in self.policies:
            if self.said(policy, DCT + "spatial")[0] not in asked.from_:
                continue
            applies = all_of(self.holds(it, asked) for it in self.said(policy, NEGLIST + "appliesWhen"))
            speaks = all_of([applies, self.is_in(self.said(policy, NEGLIST + "scope"), asked)])
            is_inside = self.said(policy, NEGLIST + "border")[0] in asked.to
            if is_inside and not self.said(policy, NEGLIST + "within")[0]:
                # It speaks for what does not leave.
                inside = inside or speaks
            elif speaks is not False:
                speaking.append((policy, speaks))
        displacing = {it: self.said(it, NEGLIST + "displaces") for it, speaks in speaking if speaks}
        names = {it: self.said(it, DCT + "isVersionOf")[0] for it, _ in speaking}
        # Of two that displace each other neither goes.
        speaking = [
            (it, speaks)
            for it, speaks in speaking
            if not any(
                names[it] in gone and names[other] not in self.said(it, NEGLIST + "displaces")
                for other, gone in displacing.items()
            )
        ]
        found = [self.outcome_by(policy, asked) for policy, _ in speaking]
        if not inside and not any(speaks for _, speaks in speaking):
            found.append("unknown")
        return max(found, key=SEVERITY.index, default="permitted")

    def is_in(self, scope, asked):
        return any_of(it == "*" or self.catalog.covers(it, asked.category) for it in scope)

    def outcome_by(self, policy, asked):
        found = ["permitted"]
        for rule in self.said(policy, NEGLIST + "undetermined"):
            if self.active(rule, asked) is not False:
                found.append("unknown")
        # Where a permission says how, what is forbidden is so on conditions.
        on_conditions = {it.rsplit("/", 1)[0] for it in self.said(policy, ODRL + "permission")}
        for rule in self.said(policy, ODRL + "prohibition"):
            if self.active(rule, asked) is not False:
                found.append("conditional" if rule.rsplit("/", 1)[0] in on_conditions else "prohibited")
        return max(found, key=SEVERITY.index)

    def active(self, rule, asked):
        target = any_of(self.is_target(it, asked) for it in self.said(rule, ODRL + "target"))
        return all_of([target, *(self.holds(it, asked) for it in self.said(rule, ODRL + "constraint"))])

    def is_target(self, target, asked):
        sources = self.nodes.get(target, {}).get(ODRL + "source")
        if not sources:
            return self.catalog.covers(target, asked.category)
        excepted = self.said(self.said(target, ODRL + "refinement")[0], ODRL + "rightOperand")
        if any(it in self.catalog.broader(asked.category) for it in excepted):
            return False
        return any_of(self.catalog.covers(it, asked.category) for it in sources)

    def holds(self, constraint, asked):
        for key, combined in [("or", any_of), ("and", all_of)]:
            for cell in self.said(constraint, ODRL + key):
                return combined(self.holds(it, asked) for it in self.cells(cell))
        (left,) = self.said(constraint, ODRL + "leftOperand")
        operator = self.said(constraint, ODRL + "operator")[0].removeprefix(ODRL)
        right = self.said(constraint, ODRL + "rightOperand")
        if left == ODRL + "spatial":
            among = any(it in asked.to for it in right)
            return among if operator == "isAnyOf" else not among
        value = asked.value(left)
        if value is None:
            return None
        return {
            "eq": lambda: value == right[0],
            "neq": lambda: value != right[0],
            "isAnyOf": lambda: value in right,
            "isNoneOf": lambda: value not in right,
            "gteq": lambda: value >= right[0],
            "lt": lambda: value < right[0],
        }[operator]()

    def cells(self, cell):
        while cell != RDF + "nil":
            yield self.said(cell, RDF + "first")[0]
            (cell,) = self.said(cell, RDF + "rest")


class Asked:
    """A question, or one item of it."""

    def __init__(self, question, catalog):
        self.question, self.catalog = question, catalog
        at = question["at"]
        self.from_ = catalog.lies_in(catalog.by_id["place", question["from"]], at)
        self.to = catalog.lies_in(catalog.by_id["place", question["to"]], at)
        self.category, self.subjects = None, None

    def of(self, item):
        self.category = self.catalog.by_id["category", item["category"]]
        self.subjects = item.get("subjects")
        return self

    def value(self, operand):
        """What is known of a fact: of a count, over its window."""
        name, _, window = operand.split("/fact/")[1].partition("/")
        if name == "subjects":
            return self.subjects.get(window) if isinstance(self.subjects, dict) else self.subjects
        facts = self.question.get("facts") or {}
        if name in facts:
            return facts[name]
        said = self.catalog.nodes[self.catalog.by_id["fact", name]]
        role, kind = said[SKOS + "broader"][0].rsplit("/", 1)[1], said[NEGLIST + "kind"][0]
        # A mechanism is not in place and an exemption not claimed.
        is_no = role != "circumstance" or (kind == "flag" and self.question.get("ordinary"))
        return False if is_no else None


if __name__ == "__main__":
    main(*sys.argv[1:])
