"""Reads exports with tools that are not ours, and says what they find.

    exports.py graphs FOLDER    Turtle and JSON-LD with rdflib, shapes with pyshacl
    exports.py schemas FOLDER   JSON Schemas with jsonschema

`tests/exports_rdf.rs` writes the folders, and says there what they have.
"""

import datetime
import json
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def main(what, folder):
    faults = {"graphs": graphs, "schemas": schemas}[what](pathlib.Path(folder))
    print("\n".join(faults))
    return 1 if faults else 0


def graphs(folder):
    """Faults of the graphs of the bundled registry, and of a small one."""
    import rdflib

    faults = []
    terms = "urn:x-neglist:term:"
    vocabulary = rdflib.Graph().parse(folder / "bundled/vocabulary.ttl")
    declared = {str(it) for it in vocabulary.subjects()}
    for name in ["bundled", "small"]:
        expected = json.loads((folder / name / "expected.json").read_text())
        for kind in ["skos", "dcat", "odrl", "vocabulary"]:
            turtle = rdflib.Graph().parse(folder / name / f"{kind}.ttl")
            json_ld = rdflib.Graph().parse(folder / name / f"{kind}.jsonld", format="json-ld")
            if not turtle.isomorphic(json_ld):
                faults.append(f"{name} {kind}: Turtle and JSON-LD are two graphs")
            if not len(turtle):
                faults.append(f"{name} {kind}: it is empty")
            found = {key: int(turtle.query(QUERIES[kind][key]).bindings[0]["n"]) for key in QUERIES[kind]}
            if kind == "odrl":
                found |= by_effect(turtle)
            wanted = {key: expected[key] for key in found}
            if found != wanted:
                faults.append(f"{name} {kind}: expected {wanted}, found {found}")
            used = {str(it) for triple in turtle for it in triple if isinstance(it, rdflib.URIRef)}
            unknown = {it for it in used if it.startswith(terms)} - declared
            if unknown:
                faults.append(f"{name} {kind}: terms that no vocabulary has: {sorted(unknown)}")
            faults += [f"{name} {kind}: {it}" for it in shaped(kind, turtle)]
            if name == "small":
                faults += broken(kind, turtle)
    return faults


PREFIXES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX neglist: <urn:x-neglist:term:>
PREFIX odrl: <http://www.w3.org/ns/odrl/2/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


def count(pattern):
    return f"{PREFIXES} SELECT (COUNT(DISTINCT ?it) AS ?n) WHERE {{ {pattern} }}"


def in_scheme(part):
    return count(f'?it a skos:Concept ; skos:inScheme ?in FILTER(CONTAINS(STR(?in), "/release/{part}/"))')


# What is counted in a graph, by what the registry calls it.
QUERIES = {
    "skos": {
        "categories": in_scheme("categories"),
        # With the four roles and the windows.
        "facts": in_scheme("facts"),
        "places": in_scheme("places"),
        "memberships": count("?it a neglist:Membership"),
    },
    "dcat": {
        "lists": count("?r a dcat:Catalog ; dcat:dataset ?it"),
        "revisions": count("?it a dcat:Dataset"),
        "revisions_ever_in_force": count("?it a dcat:Dataset ; dct:temporal ?period"),
    },
    "odrl": {
        "lists_in_force": count("?it a odrl:Policy"),
        "entries_in_force": count("?it a neglist:Entry"),
    },
    "vocabulary": {},
}


def by_effect(graph):
    """How many entries have just the rules that belong to their effect."""
    from rdflib import Literal, Namespace
    from rdflib.namespace import RDF

    odrl, terms = Namespace("http://www.w3.org/ns/odrl/2/"), Namespace("urn:x-neglist:term:")
    rules = {
        "prohibited": {odrl.Prohibition},
        # It forbids where no way is in place, and permits where one is.
        "conditional": {odrl.Prohibition, odrl.Permission},
        "undetermined": {terms.Undetermined},
        "notice": {odrl.Permission},
    }

    def are_right(entry, effect):
        return {graph.value(it, RDF.type) for it in graph.objects(entry, terms.rule)} == rules[effect]

    entries = {effect: graph.subjects(terms.effect, Literal(effect)) for effect in rules}
    return {effect: sum(are_right(it, effect) for it in all_) for effect, all_ in entries.items()}


def shaped(kind, graph):
    """What the shapes say against a graph."""
    import pyshacl

    shapes = HERE / "shapes" / f"{kind}.ttl"
    if not shapes.exists():
        return []
    conforms, _, text = pyshacl.validate(graph, shacl_graph=str(shapes))
    return [] if conforms else [text]


# For each kind, updates after which the shapes must refuse the graph.
BROKEN = {
    "skos": [
        'DELETE { ?c skos:prefLabel ?l } WHERE { ?c skos:notation "personal" ; skos:prefLabel ?l FILTER(LANG(?l) != "en") }',
        'DELETE { ?c skos:prefLabel ?l } INSERT { ?c skos:prefLabel "x"@en } WHERE { ?c skos:notation "personal" ; skos:prefLabel ?l }',
        'INSERT { ?a skos:broader ?b . ?b skos:narrower ?a } WHERE { ?b skos:broader ?a . ?a skos:notation "personal" }',
        'DELETE { ?a skos:narrower ?b } WHERE { ?a skos:notation "personal" ; skos:narrower ?b }',
        'INSERT { ?c skos:inScheme ?s } WHERE { ?c skos:notation "personal" . ?s a skos:ConceptScheme }',
        'DELETE { ?c skos:topConceptOf ?s } WHERE { ?c skos:notation "personal" ; skos:topConceptOf ?s }',
        'DELETE { ?s dct:issued ?d } WHERE { ?s a skos:ConceptScheme ; dct:issued ?d }',
        'INSERT { ?c dct:isReplacedBy <urn:x:nothing> } WHERE { ?c skos:notation "personal" }',
    ],
    "dcat": [
        'DELETE { ?d dct:issued ?it } WHERE { ?d a dcat:Dataset ; dct:issued ?it }',
        'DELETE { ?d dct:source ?it } WHERE { ?d a dcat:Dataset ; dct:source ?it }',
        'DELETE { ?d dct:identifier ?it } INSERT { ?d dct:identifier "1.0.0" } WHERE { ?d a dcat:Dataset ; dct:identifier ?it }',
        'DELETE { ?d dct:title ?it } WHERE { ?d a dcat:Dataset ; dct:title ?it FILTER(LANG(?it) = "en") }',
        'DELETE { ?d dcat:prev ?it } WHERE { ?d dcat:prev ?it }',
        'INSERT { ?d dcat:prev ?l } WHERE { ?s dcat:first ?d ; dcat:last ?l }',
        'DELETE { ?p dcat:endDate ?e } INSERT { ?p dcat:endDate "1900-01-01"^^xsd:date } WHERE { ?p a dct:PeriodOfTime ; dcat:endDate ?e }',
        'DELETE { ?d neglist:status ?it } INSERT { ?d neglist:status "draft" } WHERE { ?d neglist:status ?it }',
        'INSERT { <urn:x:law> a eli:LegalResource } WHERE {}',
    ],
    "odrl": [
        'DELETE { ?r odrl:target ?it } WHERE { ?r odrl:target ?it }',
        'DELETE { ?r odrl:assigner ?it } WHERE { ?r odrl:assigner ?it }',
        'DELETE { ?c odrl:operator ?it } INSERT { ?c odrl:operator odrl:about } WHERE { ?c odrl:operator ?it }',
        'DELETE { ?c odrl:rightOperand ?it } WHERE { ?c odrl:rightOperand ?it }',
        'DELETE { ?c odrl:leftOperand ?it } INSERT { ?c odrl:leftOperand <urn:x:nothing> } WHERE { ?c odrl:leftOperand ?it }',
        'DELETE { ?p odrl:prohibition ?it } INSERT { ?p odrl:permission ?it } WHERE { ?p odrl:prohibition ?it }',
        'DELETE { ?p odrl:prohibition ?it } WHERE { ?p odrl:prohibition ?it }',
        'DELETE { ?c odrl:or ?it } WHERE { ?c odrl:or ?it }',
        'DELETE { ?c odrl:or ?it } INSERT { ?c odrl:or rdf:nil } WHERE { ?c odrl:or ?it }',
        'DELETE { ?p odrl:conflict ?it } INSERT { ?p odrl:conflict odrl:perm } WHERE { ?p odrl:conflict ?it }',
        'DELETE { ?p foaf:name ?it } WHERE { ?p foaf:name ?it }',
    ],
    "vocabulary": [],
}


def broken(kind, graph):
    """What passes though it was broken."""
    faults = []
    for update in BROKEN[kind]:
        other = type(graph)()
        for triple in graph:
            other.add(triple)
        other.update(PREFIXES + update)
        if set(other) == set(graph):
            faults.append(f"small {kind}: nothing is changed by {update}")
        elif not shaped(kind, other):
            faults.append(f"small {kind}: no shape refuses {update}")
    return faults


def schemas(folder):
    """Faults of the schemas, of what they refuse and of what they take."""
    from jsonschema import Draft202012Validator, FormatChecker

    faults, by_name = [], {}
    for path in sorted((folder / "schemas").glob("*.schema.json")):
        schema = json.loads(path.read_text())
        Draft202012Validator.check_schema(schema)
        by_name[path.name.split(".")[0]] = Draft202012Validator(schema, format_checker=FormatChecker())

    def check(name, value, what):
        error = next(by_name[name].iter_errors(value), None)
        if error:
            faults.append(f"{what} is no {name}: {list(error.absolute_path)}: {error.message[:200]}")

    def refuse(name, value, what):
        if by_name[name].is_valid(value):
            faults.append(f"{what} passes as {name}")

    good = {name: [] for name in by_name}
    for path in sorted(ROOT.glob("catalog/lists/*/*/*.toml")) + sorted(ROOT.glob("tests/catalog/*.toml")):
        good["revision"].append((path.name, of_toml(path)))
    good["revision"].append(("the longest draft", of_toml(HERE / "revision.toml")))
    good["categories"].append(("categories", of_toml(ROOT / "catalog/categories/1.0.0.toml")))
    good["categories"].append(("renamed categories", of_toml(HERE / "categories.toml")))
    good["facts"].append(("facts", of_toml(ROOT / "catalog/facts/1.0.0.toml")))
    good["jurisdictions"].append(("jurisdictions", of_toml(ROOT / "catalog/jurisdictions.toml")))
    good["exam-line"] += of_lines(ROOT / "tests/exam/open.jsonl")
    good["question"] += [(what, line["question"]) for what, line in good["exam-line"]]
    good["flow"] += of_lines(ROOT / "tests/cli/flows.ndjson")
    for name in ["answer", "batch-line", "record", "receipt"]:
        good[name] += of_lines(folder / f"{name}.jsonl")
    for name, values in good.items():
        if not values:
            faults.append(f"there is nothing to check {name} with")
        for what, value in values:
            check(name, value, what)
    for name in BROKEN_DRAFTS:
        refuse("revision", of_toml(ROOT / f"tests/catalog/broken/{name}.toml"), name)
    for name, change in CHANGES:
        changed = json.loads(json.dumps(good[name][0][1]))
        change(changed)
        refuse(name, changed, f"a changed {name}")
    # No key more, wherever one is: of what is here in whole.
    for name in by_name:
        for what, value in good[name][:1]:
            refuse(name, {**value, "no-such-key": 1}, f"{what} with another key")
    return faults


def set_in(*path):
    *way, last, value = path

    def change(document):
        for step in way:
            document = document[step]
        document[last] = value

    return change


# What must be refused of what was good.
CHANGES = [
    ("question", set_in("at", "2025-02-30")),
    ("question", set_in("at", "20250408")),
    ("question", set_in("from", "cn")),
    ("question", set_in("items", [])),
    ("question", set_in("items", 0, "subjects", -1)),
    ("question", set_in("items", 0, "subjects", 2**53 + 1)),
    ("question", set_in("items", 0, "category", "Personal")),
    ("question", set_in("facts", {"exporter.ciio": None})),
    ("question", set_in("facts", {"Exporter": True})),
    ("question", set_in("ordinary", "yes")),
    ("flow", set_in("at", "2025-01-01")),
    ("answer", set_in("outcome", "allowed")),
    ("answer", set_in("registry", "head", "abc")),
    ("answer", set_in("requires", [["consent"]])),
    ("answer", set_in("valid", {"from": None})),
    ("batch-line", lambda it: it.pop("outcome")),
    ("exam-line", set_in("expect", "outcome", "no")),
    ("exam-line", set_in("question", "to", "Germany")),
    ("record", set_in("kind", "list")),
    ("record", set_in("hash", "F" * 64)),
    ("record", set_in("recorded", "yesterday")),
    ("receipt", set_in("format", "neglist receipt v1")),
    ("receipt", set_in("digest", "a" * 64)),
    ("receipt", set_in("releases", "facts", "tree", [1, 2])),
    ("receipt", set_in("answer", "valid", {})),
    ("categories", set_in("category", 0, "name", {"en": "x"})),
    ("categories", set_in("published", "soon")),
    ("facts", set_in("fact", 0, "role", "wish")),
    ("facts", set_in("fact", 0, "values", ["a"])),
    ("jurisdictions", set_in("place", 0, "kind", "planet")),
    ("jurisdictions", set_in("place", 0, "code", "c")),
    ("revision", set_in("version", "1.0")),
    ("revision", set_in("list", "CN")),
    ("revision", set_in("entry", 0, "when", {"subjects": {"window": "calendar-year"}})),
]

# Drafts whose mistakes show without a registry.
BROKEN_DRAFTS = [
    "alternative-of-nothing",
    "category-twice",
    "conditional-without-requires",
    "date-with-time",
    "malformed-category",
    "malformed-place",
    "missing-key",
    "missing-objective",
    "requires-without-conditional",
    "to-two-things",
    "too-large-a-count",
    "unknown-confidence",
    "unknown-effect",
    "unknown-key",
    "unknown-key-of-an-entry",
    "unknown-objective",
    "unknown-status",
]


def of_toml(path):
    def plain(value):
        if isinstance(value, dict):
            return {key: plain(it) for key, it in value.items()}
        if isinstance(value, list):
            return [plain(it) for it in value]
        return value.isoformat() if isinstance(value, datetime.date) else value

    return plain(tomllib.loads(path.read_text()))


def of_lines(path):
    lines = [it for it in path.read_text().splitlines() if it.strip()]
    return [(f"{path.name}:{number}", json.loads(line)) for number, line in enumerate(lines, 1)]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
