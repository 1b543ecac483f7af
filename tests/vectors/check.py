#!/usr/bin/env python3
"""Checks the vectors of format v1, and any journal, from docs/format.md alone.

    pip install blake3
    python3 tests/vectors/check.py [JOURNAL.jsonl]

It shares no code with the crate: canonical JSON, trees and hashes are written
out once more. Signatures are taken as they stand.
"""

import json
import pathlib
import sys

from blake3 import blake3

HERE = pathlib.Path(__file__).parent
ITEMS = {"categories": ["categories", "former"], "facts": ["facts", "windows"], "jurisdictions": ["places"]}


def jcs(value):
    """RFC 8785, for keys in ASCII and whole numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def derive(context, value):
    return blake3(jcs(value), derive_key_context=context).hexdigest()


def tree(leaves):
    if not leaves:
        return blake3(b"")
    if len(leaves) == 1:
        return blake3(b"\x00" + leaves[0])
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return blake3(b"\x01" + tree(leaves[:half]).digest() + tree(leaves[half:]).digest())


def entry_hash(entry):
    """An entry is hashed with the hash of its words in their place."""
    words = {key: entry[key] for key in ("cite", "note", "notes")}
    binding = {key: it for key, it in entry.items() if key not in words}
    return derive("neglist v1 entry", binding | {"words": derive("neglist v1 words", words)})


def place_leaf(place, places):
    """In the leaf of a place, who belongs to what stands with the member."""
    blocs = [
        {"bloc": bloc["code"], "from": it["from"], "until": it["until"]}
        for bloc in places
        for it in bloc["members"]
        if it["place"] == place["code"]
    ]
    return place | {"blocs": blocs, "members": sorted({it["place"] for it in place["members"]})}


class Reader:
    def __init__(self):
        self.head = None
        self.size = 0
        self.last = {}  # the digest of the last publication, by what it is of
        self.lists = {}
        self.scopes = {}  # everything that a list ever claimed to speak for, or bound
        self.moments = {}  # the revisions of a list with an effective date
        self.entries = {}
        self.hashes = {}

    def read(self, line):
        record = json.loads(line)
        assert jcs(record) == line, "spelling"
        kind, index = record["kind"], record["index"]
        assert index == self.size, "index"
        body = record["body"][kind]
        assert list(record["body"]) == [kind], "kind"
        if kind in ITEMS:
            digest = self.release(kind, body)
        elif kind == "revision":
            digest = self.revision(index, body)
        else:
            digest = derive(f"neglist v1 {kind}", body)
        assert record["digest"] == digest, "digest"
        leaves = [jcs({"head": head, "release": it}) for it, head in sorted(self.last.items())]
        for it, head in sorted(self.lists.items()):
            scope = self.scopes[it]
            lies_in_another = lambda id: any(id.startswith(above + ".") for above in scope)
            scope = ["*"] if "*" in scope else sorted(id for id in scope if not lies_in_another(id))
            leaves.append(jcs({"head": head, "list": it, "scope": scope}))
        assert record["lists_root"] == tree(leaves).hexdigest(), "lists_root"
        assert record["previous"] == self.head, "previous"
        hashed = {key: it for key, it in record.items() if key not in ("body", "hash")}
        assert record["hash"] == derive("neglist v1 record", hashed), "hash"
        self.hashes[f"digest of record {index}"] = digest
        self.hashes[f"record {index}"] = record["hash"]
        self.hashes[f"lists root after record {index}"] = record["lists_root"]
        self.head, self.size = record["hash"], self.size + 1

    def release(self, kind, body):
        items = [item for key in ITEMS[kind] for item in body.get(key, [])]
        if kind == "jurisdictions":
            items = [place_leaf(it, items) for it in items]
        leaves = [jcs(item) for item in items]
        digest = derive(
            "neglist v1 release",
            {
                "kind": kind,
                "version": body["version"],
                "published": body["published"],
                "previous": self.last.get(kind),
                "items_root": tree(leaves).hexdigest(),
                "items": len(leaves),
            },
        )
        self.last[kind] = digest
        return digest

    def revision(self, index, body):
        header = body["header"]
        name = header["list"]
        assert header["previous"] == self.lists.get(name), "previous revision"
        entries = self.entries.setdefault(name, {})
        for id in body["removed"]:
            del entries[id]
        entries.update({it["id"]: it for it in body["put"]})
        pairs = [(category, id) for id, it in entries.items() for category in it["category"]]
        hashes = {id: entry_hash(it) for id, it in entries.items()}
        leaves = [jcs({"category": category, "entry": hashes[id]}) for category, id in sorted(pairs)]
        root = tree(leaves).hexdigest()
        assert (header["entries_root"], header["entries"]) == (root, len(leaves)), "entries"
        self.hashes[f"entries root of record {index}"] = root
        for id, hash in hashes.items():
            self.hashes[f"entry-{id}.json"] = hash
        for part in ("details", "terms"):
            assert header[part] == derive(f"neglist v1 {part}", body[part]), part
        moments = self.moments.setdefault(name, {})
        for it in moments.values():
            if it["version"] in header["withdraws"] and it["leaf"]["withdrawn"] is None:
                it["leaf"]["withdrawn"] = header["published"]
        root = tree([jcs(it["leaf"]) for _, it in sorted(moments.items())]).hexdigest()
        assert (header["earlier_root"], header["earlier"]) == (root, len(moments)), "earlier"
        digest = derive("neglist v1 revision", header)
        if header["effective"] is not None:
            leaf = {key: header[key] for key in ("effective", "published", "sequence")}
            leaf |= {"revision": digest, "withdrawn": None}
            moments[header["effective"], header["sequence"]] = {"version": header["version"], "leaf": leaf}
        scope = self.scopes.setdefault(name, set())
        scope.update(header["scope"], *(it["category"] for it in body["put"]))
        self.lists[name] = digest
        return digest


def main():
    reader = Reader()
    journal = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "journal.jsonl"
    for line in journal.read_bytes().split(b"\n")[:-1]:
        try:
            reader.read(line)
        except AssertionError as error:
            sys.exit(f"record {reader.size}: {error} is another")
    if len(sys.argv) == 1:
        stated = [it.split(" ", 1) for it in (HERE / "hashes.txt").read_text().splitlines()]
        assert {what: hash for hash, what in stated} == reader.hashes, "hashes.txt"
    print(f"{reader.size} records, head {reader.head}")


if __name__ == "__main__":
    main()
