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


class Reader:
    def __init__(self):
        self.head = None
        self.size = 0
        self.last = {}  # the digest of the last publication, by what it is of
        self.lists = {}
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
        leaves = [jcs({"head": head, "list": it}) for it, head in sorted(self.lists.items())]
        assert record["lists_root"] == tree(leaves).hexdigest(), "lists_root"
        assert record["previous"] == self.head, "previous"
        hashed = {key: it for key, it in record.items() if key not in ("body", "hash")}
        assert record["hash"] == derive("neglist v1 record", hashed), "hash"
        self.hashes[f"digest of record {index}"] = digest
        self.hashes[f"record {index}"] = record["hash"]
        self.hashes[f"lists root after record {index}"] = record["lists_root"]
        self.head, self.size = record["hash"], self.size + 1

    def release(self, kind, body):
        leaves = [jcs(item) for key in ITEMS[kind] for item in body.get(key, [])]
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
        leaves = [jcs({"category": category, "entry": entries[id]}) for category, id in sorted(pairs)]
        root = tree(leaves).hexdigest()
        assert (header["entries_root"], header["entries"]) == (root, len(leaves)), "entries"
        self.hashes[f"entries root of record {index}"] = root
        for id, entry in entries.items():
            self.hashes[f"entry-{id}.json"] = derive("neglist v1 entry", entry)
        self.lists[name] = derive("neglist v1 revision", header)
        return self.lists[name]


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
