#!/usr/bin/env python3
"""Verifies receipts of neglist, from docs/format.md and docs/receipt.md alone.

    pip install blake3 cryptography
    python3 docs/verifier/verify.py --key NAME+HASH+BASE64 RECEIPT.json ...

It shares no code with the crate. For each receipt it prints the outcome that it
derived, or why the receipt proves nothing; the exit code is 0 if all are
proven, and 3 if one is not.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import itertools
import json
import sys

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST = 1 << 53


class Unproven(Exception):
    """Why a receipt proves nothing."""


def need(holds, why):
    if not holds:
        raise Unproven(why)


# --- bytes and hashes


def jcs(value):
    """RFC 8785, for keys in ASCII and whole numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def derive(context, value):
    return blake3(jcs(value), derive_key_context="neglist v1 " + context).hexdigest()


def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "another spelling of base64")
    return raw


def digits(text):
    """A hash as format.md writes it, from how a receipt does."""
    raw = unbase64(text)
    need(len(raw) == 32, "a hash has 32 bytes")
    return raw.hex()


def keys(value, *names):
    need(isinstance(value, dict) and sorted(value) == sorted(names), f"expected the keys {', '.join(names)}")
    return value


def without_repetition(pairs):
    need(len({key for key, _ in pairs}) == len(pairs), "a key stands there twice")
    return dict(pairs)


# --- forms, from their sparse spelling: what says nothing is left out


class Key:
    """A key of a form: what stands for it where it is left out, and how its value is read."""

    def __init__(self, nothing=None, read=lambda it: it, required=False):
        self.nothing, self.read, self.required = nothing, read, required


SAID, NULL, FALSE = Key(required=True), Key(), Key(False)


def is_nothing(value):
    return value is None or value is False or value == [] or value == {}


def whole(value, form):
    """Returns a form with all its keys."""
    need(isinstance(value, dict) and set(value) <= set(form), f"expected the keys {', '.join(form)}")
    found = {}
    for name, key in form.items():
        if name in value:
            need(key.required or not is_nothing(value[name]), f"the key {name} says nothing")
            found[name] = key.read(value[name])
        else:
            need(not key.required, f"the key {name} is left out")
            found[name] = json.loads(json.dumps(key.nothing))
    return found


def one(form):
    return lambda value: whole(value, form)


def array(read=lambda it: it):
    return Key([], lambda value: [read(it) for it in value])


def names(read=lambda it: it):
    return Key({}, lambda value: {name: read(it) for name, it in value.items()})


def condition(value):
    kind, allowed = next(iter(value.items()))
    return {kind: whole(allowed, COUNT)} if kind == "count" else value


HASH = Key(None, digits)
COUNT = {"at_least": SAID, "below": NULL, "window": NULL}
TO = {"except": NULL, "only": NULL}
WHERE_TO = Key({"except": None, "only": None}, one(TO))
WAY = {"all": array(), "when": names(condition)}
BINDING = {
    "category": array(), "combine": NULL, "duties": array(), "effect": SAID, "except": array(), "exemptions": array(),
    "id": SAID, "objective": SAID, "requires": array(one(WAY)), "to": WHERE_TO, "when": names(condition), "words": HASH,
}
HEADER = {
    "applies_to": WHERE_TO, "applies_when": names(condition), "border": NULL, "catalog": SAID, "confidence": SAID,
    "details": HASH, "displaces": array(), "earlier": SAID, "earlier_root": HASH, "effective": NULL, "entries": SAID,
    "entries_root": HASH, "expires": NULL, "list": SAID, "previous": HASH, "published": SAID, "repeals": FALSE,
    "scope": array(), "sequence": SAID, "status": SAID, "terms": HASH, "version": SAID, "withdraws": array(),
    "within": FALSE,
}
DETAILS = {
    "authority": SAID, "doubts": array(), "notes": array(), "retroactive": NULL, "source": SAID, "summary": SAID,
    "title": SAID,
}
TERMS = {"combine": names(), "groups": names()}
MOMENT = {
    "effective": SAID, "published": SAID, "revision": Key(None, digits, True), "sequence": SAID, "withdrawn": NULL
}
CATEGORY = {"broader": array(), "dpv": array(), "id": SAID, "name": SAID, "narrower": array(), "note": NULL}
FORMER = {"fate": SAID, "id": SAID, "release": SAID}
FACT = {"id": SAID, "kind": SAID, "name": SAID, "role": SAID, "values": NULL}
WINDOW = {"id": SAID, "includes": array(), "name": SAID}
BLOC = {"bloc": SAID, "from": SAID, "until": NULL}
PLACE = {
    "blocs": array(one(BLOC)), "code": SAID, "kind": SAID, "members": array(), "name": SAID, "parent": NULL
}
OF_RELEASE, OF_LIST = {"head": HASH, "release": SAID}, {"head": HASH, "list": SAID, "scope": array()}
RELEASE = {"items": SAID, "previous": HASH, "published": SAID, "tree": NULL, "version": SAID}
LIST = {
    "details": Key(None, one(DETAILS)), "earlier": NULL, "entries": NULL, "head": Key(None, one(HEADER), True),
    "in_force": Key(None, one(HEADER)), "notes": names(), "shown": array(),
    "terms": Key({"combine": {}, "groups": {}}, one(TERMS)),
}
RECEIPT = {
    "answer": SAID, "digest": SAID, "format": SAID, "lists": names(one(LIST)), "proof": SAID, "record": SAID,
    "releases": SAID, "state": NULL, "unchanged": Key({"from": None, "until": None}, one({"from": NULL, "until": NULL})),
}


def fill(form, key, follows, what):
    """Fills in a hash, which is said exactly where it does not follow from the rest."""
    need((form[key] is None) == (follows is not None), f"{what} is said, and follows; or is not, and does not")
    if follows is not None:
        form[key] = follows


def spelled_out(shown):
    """The entries that are shown, each with what it says as one before it does."""
    found, said = [], {key: {} for key in ("category", "except", "exemptions", "requires", "when")}
    for it in shown:
        it = dict(it)
        for key, before in said.items():
            value = it.get(key, [])
            if isinstance(value, str):
                need(value in before.values(), f"nothing was said by the entry {value}")
                it[key] = json.loads(next(text for text, id in before.items() if id == value))
            elif 1 < len(value):
                text = json.dumps(value)
                need(text not in before, "what another entry says is said again")
                before[text] = it["id"]
        found.append(whole(it, BINDING))
    ids = [it["id"] for it in found]
    need(ids == sorted(set(ids)), "entries are out of order")
    return found


# --- trees of which some leaves are shown


class Tree:
    """A pruned tree: a hash is hidden, an array of two is a node, all else is a leaf."""

    def __init__(self, tree, read, key, unique=True):
        self.segments = []  # (key, leaf), or None where something is hidden
        self.read, self.key, self.unique = read, key, unique
        self.root = (blake3(b"") if tree is None else self.hash(tree, 0)).hexdigest()
        shown = [it[0] for it in self.segments if it]
        ordered = all(a < b or (a == b and not unique) for a, b in zip(shown, shown[1:]))
        need(ordered, "leaves are out of order")

    def hash(self, tree, depth):
        need(depth < 64, "a tree is too deep")
        if isinstance(tree, str) and tree.endswith("="):
            self.segments.append(None)
            return Given(bytes.fromhex(digits(tree)))
        if isinstance(tree, list):
            need(len(tree) == 2, "a node has two parts")
            left, right = (self.hash(it, depth + 1).digest() for it in tree)
            return blake3(b"\x01" + left + right)
        leaf = self.read(tree)
        self.segments.append((self.key(leaf), leaf))
        return blake3(b"\x00" + jcs(leaf))

    def between(self, first, last):
        """All leaves in a range: refused where one may be hidden."""
        found, before, hidden = [], None, False

        def may_hide(behind):
            if self.unique:
                return not (before is not None and before >= last) and not (behind is not None and behind <= first)
            return not (before is not None and before > last) and not (behind is not None and behind < first)

        for segment in self.segments:
            if segment is None:
                hidden = True
                continue
            need(not (hidden and may_hide(segment[0])), "something is hidden that the answer may rest on")
            before, hidden = segment[0], False
            if first <= before <= last:
                found.append(segment[1])
        need(not (hidden and may_hide(None)), "something is hidden that the answer may rest on")
        return found

    def get(self, key):
        return next(iter(self.between(key, key)), None)

    def all(self):
        need(None not in self.segments, "something is hidden that the answer may rest on")
        return [leaf for _, leaf in self.segments]

    def around(self, key, passed):
        """The last leaf up to a key and the first behind it, of those that are not passed over."""
        middle = 0
        for place, segment in enumerate(self.segments):
            if segment and segment[0] <= key:
                middle = place + 1
        until, after = self.segments[:middle], self.segments[middle:]
        need(middle or not after or after[0], "something is hidden that the answer may rest on")

        def wanted(segments):
            for segment in segments:
                need(segment, "something is hidden that the answer may rest on")
                if not passed(segment[1]):
                    return segment[1]
            return None

        return wanted(reversed(until)), wanted(after)


class Given:
    def __init__(self, bytes):
        self.bytes = bytes

    def digest(self):
        return self.bytes

    def hexdigest(self):
        return self.bytes.hex()


# --- the log


def key_id(name, key):
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def checkpoint_of(note, vkey):
    """Origin, size and root of a checkpoint (C2SP tlog-checkpoint) that the key signed."""
    name, hash, encoded = vkey.split("+", 2)
    key = unbase64(encoded)
    need(key[0] == 1 and key_id(name, key).hex() == hash, "not the key of a log")
    text, sep, signatures = note.rpartition("\n\n")
    need(sep and signatures.endswith("\n"), "no signed note")
    text += "\n"
    signed = False
    for line in signatures[:-1].split("\n"):
        dash, name_of, signature = line.split(" ")
        need(dash == "\u2014", "no signed note")
        raw = unbase64(signature)
        if name_of == name and raw[:4] == key_id(name, key):
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text.encode())
            signed = True
    need(signed, "not signed by this log")
    lines = text.split("\n")
    need(len(lines) == 4 and lines[0] == name and str(int(lines[1])) == lines[1], "no checkpoint of this log")
    return lines[0], int(lines[1]), unbase64(lines[2])


def root_from(path, index, size, leaf):
    """RFC 9162 section 2.1.3.2."""
    need(index < size, "the entry is not in the log")
    place, last, hash = index, size - 1, leaf
    for step in path:
        need(last, "the path is too long")
        if place & 1 or place == last:
            hash = hashlib.sha256(b"\x01" + step + hash).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hash = hashlib.sha256(b"\x01" + hash + step).digest()
        place, last = place >> 1, last >> 1
    need(last == 0, "the path is too short")
    return hash


def check_log(receipt, vkey):
    """Returns the head that the log commits to."""
    head, sep, note = receipt["proof"].partition("\n\n")
    lines = head.split("\n")
    need(sep and lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("index "), "no proof of the log")
    origin, size, root = checkpoint_of(note, vkey)
    record = keys(
        receipt["record"], "digest", "index", "kind", "lists_root", "previous", "recorded", "signatures"
    )
    index = record["index"]
    need(lines[1] == f"index {index}" and index + 1 == size, "not the last record")
    entry = {key: record[key] for key in ("digest", "index", "kind", "lists_root", "recorded")}
    leaf = hashlib.sha256(b"\x00" + jcs(entry)).digest()
    need(root_from([unbase64(it) for it in lines[2:]], index, size, leaf) == root, "the log holds another record")
    return {"origin": origin, "size": size, "head": derive("record", record)}


# --- what the answer rests on


class State:
    def __init__(self):
        self.categories, self.former, self.places, self.facts, self.windows, self.lists = {}, {}, {}, {}, {}, {}

    # categories

    def parents(self, id):
        return self.categories[id]["broader"] + ([id.rsplit(".", 1)[0]] if "." in id else [])

    def finish_categories(self):
        self.above = {}
        for id in self.categories:
            found, open = set(), [id]
            while open:
                for above in self.parents(open.pop()):
                    need(above in self.categories, f"the category {above} is left out")
                    if above not in found:
                        found.add(above)
                        open.append(above)
            self.above[id] = found
        self.meanings = {id: self.meaning(id) for id in self.former}
        self.place_former()
        self.linked = {}
        parts = {part for meaning in self.meanings.values() if 1 < len(meaning) for part in meaning}
        for id in {id for id, it in self.categories.items() if it["broader"]} | parts:
            for covering in self.above[id] | {id}:
                self.linked.setdefault(covering, set()).add(id)

    def meaning(self, id):
        """What an id means now; of what was removed it means itself."""
        found, seen, open = set(), set(), [id]
        while open:
            id = open.pop()
            if id in seen:
                continue
            seen.add(id)
            fate = self.former.get(id, {"fate": None})["fate"]
            if fate is None or "removed" in fate:
                need(fate or id in self.categories, f"the category {id} is left out")
                found.add(id)
            else:
                open += became(fate)
        return found

    def place_former(self):
        """Gives former ids their place among what is broader than what."""
        for id, it in self.former.items():
            if "removed" in it["fate"]:
                parent = next((it for it in dotted(id) if it in self.categories), None)
                self.above[id] = self.above[parent] | {parent} if parent else set()
        up = {id: above | {id} for id, above in self.above.items()}
        others = {id: meaning for id, meaning in self.meanings.items() if id not in up}
        for id, meaning in others.items():
            self.above[id] = set.intersection(*(up[it] for it in meaning))
            for narrower, all in up.items():
                if all & meaning:
                    self.above[narrower] = self.above[narrower] | {id}
        for broader, wide in others.items():
            for id, meaning in others.items():
                if id != broader and all_of(up[it] & wide for it in meaning):
                    self.above[id] = self.above[id] | {broader}

    def covers(self, broader, narrower):
        return broader == narrower or broader in self.above.get(narrower, ())

    def shared(self, one, other):
        """What two categories have in common."""
        if self.covers(one, other):
            return sorted(self.meanings.get(other, [other]))
        both = self.linked.get(one, set()) & self.linked.get(other, set())
        return sorted(it for it in both if not any(above != it and self.covers(above, it) for above in both))

    # places

    def with_parents(self, code):
        chain = [code]
        while self.places.get(chain[-1], {}).get("parent"):
            chain.append(self.places[chain[-1]]["parent"])
            need(len(chain) < 64, "a place is above itself")
        return chain

    def chain(self, code, at):
        chain = set(self.with_parents(code))
        blocs = [it for place in chain for it in self.places.get(place, {"blocs": []})["blocs"]]
        return chain | {it["bloc"] for it in blocs if holds(it, at)}

    def whereabouts(self, code, at):
        members = [
            self.chain(member, at)
            for member in self.places[code]["members"]
            for it in self.places[member]["blocs"]
            if it["bloc"] == code and holds(it, at)
        ]
        return self.chain(code, at), members


def dotted(id):
    """The ids that one lies in by its dots, from the inside out."""
    parts = id.split(".")
    return [".".join(parts[:many]) for many in range(len(parts) - 1, 0, -1)]


def became(fate):
    """What became of a former id that was not removed."""
    kind, what = next(iter(fate.items()))
    return what if kind == "split" else [what]


def all_of(sets):
    return all(bool(it) for it in sets)


def holds(membership, at):
    return membership["from"] <= at and (membership["until"] is None or at < membership["until"])


def inside(whereabouts, is_outer):
    chain, members = whereabouts
    if any(is_outer(it) for it in chain):
        return "all"
    many = sum(any(is_outer(it) for it in chain) for chain in members)
    return "none" if not many else "some" if many < len(members) else "all"


def is_day(text):
    """A day has one spelling: 2024-02-29."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


class Ground:
    """Gathers what the answer rests on: every look-up is answered, or the receipt refused."""

    def __init__(self, receipt, question, head):
        self.receipt, self.question, self.at = receipt, question, question["at"]
        self.state, self.days, self.used, self.asked = State(), [], set(), {}
        self.state.head = head
        releases = keys(receipt["releases"], "categories", "facts", "jurisdictions")
        id = lambda last: lambda it: (int(last in it), it["id"])
        category = lambda it: whole(it, FORMER if "fate" in it else CATEGORY)
        fact = lambda it: whole(it, FACT if "kind" in it else WINDOW)
        self.digests = {}
        self.categories = self.release(releases, "categories", category, id("fate"))
        self.facts = self.release(releases, "facts", fact, id("includes"))
        self.places = self.release(releases, "jurisdictions", one(PLACE), lambda it: it["code"])
        self.lists = {id: GivenList(id, it, receipt["answer"]["matches"]) for id, it in receipt["lists"].items()}
        key = lambda it: (0, it["release"]) if "release" in it else (1, it["list"])
        self.heads = Tree(receipt["state"], self.head_leaf, key)
        need(self.heads.root == receipt["record"]["lists_root"], "another state")
        self.gather()
        need(self.used == set(self.lists), "a list is there for nothing")

    def release(self, releases, kind, read, key):
        form = whole(releases[kind], RELEASE)
        tree = Tree(form.pop("tree"), read, key)
        self.digests[kind] = derive("release", form | {"items_root": tree.root, "kind": kind})
        return tree

    def head_leaf(self, it):
        """A leaf of the state: the heads of what is shown follow."""
        if "release" in it:
            leaf = whole(it, OF_RELEASE)
            follows = self.digests.get(leaf["release"])
        else:
            leaf = whole(it, OF_LIST)
            follows = self.lists[leaf["list"]].digest if leaf["list"] in self.lists else None
        fill(leaf, "head", follows, "a head")
        return leaf

    def gather(self):
        state, question = self.state, self.question
        found = {it.get("release") for it in self.heads.between((0, ""), (1, ""))}
        need(found == set(self.digests), "a release is left out")
        self.gather_categories()
        self.bound = sorted(set(state.categories) | set(state.former))
        reach = self.around(question["from"])
        if question["to"] is not None:
            self.around(question["to"])
        others = []
        for place in sorted(reach):
            for leaf in self.heads.between((1, place + "/"), (1, place + "0")):
                touched = any(it == "*" or it in self.bound for it in leaf["scope"])
                self.take(leaf) if touched else others.append(leaf)
        whereabouts = state.whereabouts(question["from"], self.at)
        subject = lambda id: inside(whereabouts, lambda it: it == id.split("/")[0]) == "all"
        if not any(subject(id) and it["in_force"] for id, it in state.lists.items()):
            for leaf in others:
                self.take(leaf)
        self.gather_facts({fact for it in state.lists.values() for fact in it["header"]["applies_when"]})
        for id, revision in state.lists.items():
            if revision["in_force"] and self.may_concern(revision):
                self.lists[id].take_entries(revision, None if question["to"] is None else self.bound)
            else:
                self.lists[id].take_nothing()
        if question["to"] is None:
            for revision in list(state.lists.values()):
                for code in places_named(revision):
                    if self.places.get(code):
                        self.around(code)
        self.gather_facts(self.facts_that_may_decide())

    def may_concern(self, revision):
        """Whether a revision may have to do with the question by whom it concerns."""
        header, asking = revision["header"], Asking(self.state, self.question, asks=False)
        if header["displaces"] or "subjects" in header["applies_when"]:
            return True
        return any(asking.lies_in(region(header["applies_when"]), it) != NO for it in self.question["items"])

    def facts_that_may_decide(self):
        """Those of entries that bind other destinations decide nothing."""
        state, to = self.state, self.question["to"]
        bloc = to is not None and state.places[to]["members"]
        asking, facts = Asking(state, self.question, asks=False), set()
        for it in state.lists.values():
            facts |= set(it["header"]["applies_when"])
            for entry in it["entries"].values():
                if bloc or asking.goes_to(entry["to"], it) != NO:
                    facts |= {fact for when in whens(entry) for fact in when}
        return facts

    def gather_categories(self):
        """The categories asked, all that is narrower or broader, and former ids that became one of these."""
        state = self.state
        nodes, former = state.categories, {it["id"]: it for it in self.categories.between((1, ""), (2, ""))}
        get = lambda id: self.categories.get((0, id))
        lies_in = {}
        for id, it in former.items():
            if "removed" in it["fate"]:
                lies_in[id] = list(itertools.islice((above for above in dotted(id) if get(above)), 1))
            else:
                lies_in[id] = became(it["fate"])
        open = [it["category"] for it in self.question["items"]]
        asked, seen = set(open), set()
        while open:
            id = open.pop()
            if id in seen:
                continue
            seen.add(id)
            leaf = get(id)
            if leaf:
                nodes[id] = leaf
                open += leaf["narrower"]
            else:
                need(id in former, f"unknown category {id}")
                open += lies_in[id]
        wanted = {id for id in asked if id in former}
        while True:
            self.add_broader()
            here = lambda it: it in nodes or it in state.former
            new = [id for id in sorted(former) if id not in state.former]
            new = [id for id in new if id in wanted or any(here(it) for it in lies_in[id])]
            if not new:
                break
            state.former[new[0]] = former[new[0]]
            for part in lies_in[new[0]]:
                leaf = get(part)
                if leaf:
                    nodes[part] = leaf
                else:
                    wanted.add(part)
        state.finish_categories()
        for id in asked:
            need(state.meaning(id) & set(nodes), f"the category {id} was removed")

    def add_broader(self):
        nodes = self.state.categories
        open = list(nodes)
        while open:
            for above in self.state.parents(open.pop()):
                if above not in nodes:
                    nodes[above] = self.categories.get((0, above))
                    need(nodes[above], f"the category {above} is left out")
                    open.append(above)

    def place(self, code):
        if code not in self.state.places:
            leaf = self.places.get(code)
            need(leaf, f"unknown place {code}")
            self.state.places[code] = leaf
        return self.state.places[code]

    def parents_of(self, code):
        chain = []
        while code is not None and code not in chain:
            chain.append(code)
            code = self.place(code)["parent"]
        return chain

    def around(self, code):
        reach = set()
        for inner in [code, *self.place(code)["members"]]:
            for above in self.parents_of(inner):
                reach.add(above)
                reach |= {it["bloc"] for it in self.place(above)["blocs"]}
        return reach

    def take(self, leaf):
        """Takes in a list as it stands on the day asked."""
        id, at, known_on = leaf["list"], self.at, self.question["known_on"]
        given = self.lists.get(id)
        need(given and given.digest == leaf["head"], f"{id} is left out")
        self.used.add(id)
        head, known = given.head, lambda day: known_on is None or day <= known_on
        passed = lambda it: not known(it["published"]) or (it["withdrawn"] is not None and known(it["withdrawn"]))
        moments = [it for it in given.earlier.around((at, MOST * 4096), passed) if it]
        if head["effective"] is not None and known(head["published"]):
            moments.append({
                "effective": head["effective"], "published": head["published"], "revision": given.digest,
                "sequence": head["sequence"], "withdrawn": None,
            })
        moments.sort(key=lambda it: (it["effective"], it["sequence"]))
        self.days += [it["effective"] for it in moments if at < it["effective"]][:1]
        begun = [it for it in moments if it["effective"] <= at]
        other = begun and begun[-1]["revision"] != given.digest
        need(bool(other) == (given.in_force is not None), f"another revision of {id}, or for nothing")
        if not begun:
            given.take_nothing()
            return
        header = given.in_force or head
        need(derive("revision", header) == begun[-1]["revision"], f"another revision of {id}")
        need(header["list"] == id and header["sequence"] == begun[-1]["sequence"], f"another revision of {id}")
        self.days += [day for day in (header["effective"], header["expires"]) if day is not None]
        lapsed = header["repeals"] or (header["expires"] is not None and header["expires"] <= at)
        self.state.lists[id] = {
            "header": header, "hash": begun[-1]["revision"], "in_force": not lapsed, "given": given,
            "groups": {}, "combine": {}, "entries": {},
        }

    def gather_facts(self, ids):
        if any(isinstance(it.get("subjects"), dict) for it in self.question["items"]):
            for it in self.facts.between((1, ""), (2, "")):
                self.state.windows[it["id"]] = it
        for id in sorted(ids | set(self.question["facts"])):
            fact = self.facts.get((0, id))
            if fact:
                self.state.facts[id] = fact

    def unchanged(self):
        """The days around the one asked on which nothing begins or ends."""
        state, days = self.state, list(self.days)
        for code in {self.question["from"], self.question["to"]} - {None}:
            for inner in [code, *state.places[code]["members"]]:
                for above in state.with_parents(inner):
                    for it in state.places[above]["blocs"]:
                        days += [it["from"]] + ([it["until"]] if it["until"] else [])
                for member in state.places[inner]["members"]:
                    for it in state.places.get(member, {"blocs": []})["blocs"]:
                        if it["bloc"] == inner:
                            days += [it["from"]] + ([it["until"]] if it["until"] else [])
        before, after = [it for it in days if it <= self.at], [it for it in days if self.at < it]
        return {"from": max(before, default=None), "until": min(after, default=None)}


class GivenList:
    """What a receipt gives of a list, with what follows from the rest filled in."""

    def __init__(self, id, form, matches):
        self.id, self.form, self.head, self.in_force = id, form, form["head"], form["in_force"]
        self.details = form["details"]
        self.read_entries({it["entry"]: it for it in reversed(matches) if it["list"] == id})
        self.earlier = Tree(form["earlier"], one(MOMENT), lambda it: (it["effective"], it["sequence"]))
        self.entries = Tree(form["entries"], self.leaf, lambda it: it["category"], unique=False)
        fill(self.head, "earlier_root", self.earlier.root, "the root of dates")
        standing = self.in_force or self.head
        self.gives_entries = standing["entries_root"] is None
        fill(standing, "entries_root", self.entries.root if self.gives_entries else None, "the root of entries")
        fill(standing, "details", derive("details", self.details) if self.details else None, "the hash of details")
        self.knows_terms = self.fill_terms(standing, form["terms"])
        if self.in_force:
            self.fill_terms(self.head, TERMS_OF_NOTHING)
        self.digest = derive("revision", self.head)
        need(self.head["list"] == id, f"another head of {id}")

    def fill_terms(self, header, terms):
        """Terms that are shown follow, and so do terms that say nothing."""
        hash = derive("terms", terms)
        known = terms != TERMS_OF_NOTHING or header["terms"] in (None, hash)
        fill(header, "terms", hash if known else None, "the hash of terms")
        return known

    def read_entries(self, matches):
        """Of those that match the words are known: from the answer, and from their notes."""
        self.shown, self.hashes, self.words, notes = {}, {}, {}, dict(self.form["notes"])
        for it in spelled_out(self.form["shown"]):
            words = None
            if it["id"] in matches:
                match = matches[it["id"]]
                words = {"cite": match["cite"], "note": match["note"], "notes": notes.pop(it["id"], [])}
                self.words[it["id"]] = words
            fill(it, "words", derive("words", words) if words else None, "the hash of words")
            self.shown[it["id"]], self.hashes[it["id"]] = it, derive("entry", it)
        need(not notes and all(self.form["notes"].values()), f"notes of {self.id} are there for nothing")
        need(set(self.words) == set(matches), f"an entry of {self.id} that matches is left out")
        need(bool(self.details) == bool(matches), f"the details of {self.id} go with its matches")

    def leaf(self, it):
        """A leaf of a revision: an entry that is shown is named by its id."""
        if isinstance(it, str):
            need(len(self.shown[it]["category"]) == 1, f"under which category does {it} stand?")
            return {"category": self.shown[it]["category"][0], "entry": self.hashes[it]}
        keys(it, "category", "entry")
        if it["entry"] in self.shown:
            need(1 < len(self.shown[it["entry"]]["category"]), "the id of an entry says its category")
            return {"category": it["category"], "entry": self.hashes[it["entry"]]}
        hash = digits(it["entry"])
        need(hash not in self.hashes.values(), "an entry that is shown has a name")
        return {"category": it["category"], "entry": hash}

    def take_entries(self, revision, bound):
        """Takes in the entries under some categories, or all; each that is shown must be among them."""
        need(self.gives_entries, f"the entries of {self.id} are left out")
        tree = self.entries
        leaves = tree.all() if bound is None else [it for one in bound for it in tree.between(one, one)]
        ids = {hash: id for id, hash in self.hashes.items()}
        need({it["entry"] for it in leaves} == set(ids), f"the entries of {self.id} are not those that are shown")
        need(all(it["category"] in self.shown[ids[it["entry"]]]["category"] for it in leaves), "no entry of its leaf")
        revision["entries"] = self.shown
        named = [it["to"] for it in self.shown.values()] + [revision["header"]["applies_to"]]
        groups = [it for to in named for it in (to["only"] or to["except"] or []) if it == it.lower()]
        if groups or any(it["combine"] is not None for it in self.shown.values()):
            need(self.knows_terms, f"the terms of {self.id} are left out")
            revision |= self.form["terms"]
        else:
            need(self.form["terms"] == TERMS_OF_NOTHING, f"the terms of {self.id} are there for nothing")

    def take_nothing(self):
        nothing = not self.gives_entries and not self.shown and self.form["terms"] == TERMS_OF_NOTHING
        need(nothing, f"something of {self.id} is there for nothing")


TERMS_OF_NOTHING = {"combine": {}, "groups": {}}


def whens(entry):
    return [entry["when"]] + [it["when"] for it in entry["requires"]]


def conditions(revision):
    all = [revision["header"]["applies_when"]]
    for entry in revision["entries"].values():
        all += whens(entry)
    return [pair for when in all for pair in when.items()]


def places_named(revision):
    codes = set()
    for to in [it["to"] for it in revision["entries"].values()] + [revision["header"]["applies_to"]]:
        for member in to["only"] or to["except"] or []:
            codes |= set(revision["groups"].get(member, [])) if member == member.lower() else {member}
    return codes


# --- answering: docs/receipt.md, "From evidence to answer"

NO, YES = (False, frozenset()), (True, frozenset())


def maybe(open):
    return (None, frozenset(open))


def both(a, b):
    if NO in (a, b):
        return NO
    if YES in (a, b):
        return b if a == YES else a
    return (None, a[1] | b[1])


def either(a, b):
    if YES in (a, b):
        return YES
    if NO in (a, b):
        return b if a == NO else a
    return (None, a[1] | b[1])


def opposite(a):
    return {NO: YES, YES: NO}.get(a, a)


def everything():
    return ((0, None),)


def meet(a, b):
    if isinstance(a, tuple):
        cut = ((max(x[0], y[0]), min((it for it in (x[1], y[1]) if it is not None), default=None)) for x in a for y in b)
        return tuple(it for it in cut if it[1] is None or it[0] < it[1])
    return a & b


def without(a, b):
    if not isinstance(a, tuple):
        return a - b
    left = a
    for low, high in b:
        pieces = meet(left, ((0, low),)) if low else ()
        left = pieces + (meet(left, ((high, None),)) if high is not None else ())
        left = tuple(sorted(left, key=lambda it: it[0]))
    return left


def exactly(count):
    return ((count, count + 1 if count < MOST else None),)


def region(when):
    """For each fact and window, the values that are allowed."""
    found = {}
    for fact, condition in when.items():
        kind, value = next(iter(condition.items()))
        if kind == "count":
            found[fact, value["window"] or ""] = ((value["at_least"], value["below"]),)
        else:
            found[fact, ""] = frozenset([value] if kind == "flag" else value)
    return found


def narrowed(one, other):
    found = dict(one)
    for variable, values in other.items():
        found[variable] = meet(found[variable], values) if variable in found else values
    return found


SEVERITY = ["permitted", "conditional", "unknown", "prohibited"]


class Asking:
    """Asks once; what is assumed beyond the question shows what a case would lead to."""

    def __init__(self, state, question, includes=None, elsewhere=False, asks=True):
        self.state, self.question, self.includes, self.elsewhere = state, question, includes or {}, elsewhere
        self.matches, self.consulted, self.decisive, self.silences = [], [], [], []
        self.notes, self.relied_on = set(), set()
        self.to = None if question["to"] is None else state.whereabouts(question["to"], question["at"])
        if asks:
            self.ask()

    def ask(self):
        state, question = self.state, self.question
        at = question["at"]
        from_ = state.whereabouts(question["from"], at)
        over = [it for it in sorted(state.lists) if inside(from_, lambda place: place == it.split("/")[0]) == "all"]
        self.lists = [state.lists[it] for it in over if state.lists[it]["in_force"]]
        lapsed = [state.lists[it] for it in over if not state.lists[it]["in_force"]]
        for it in self.lists:
            it["leaves"] = self.leaves(it)
        self.combined = {
            (it["header"]["list"], group): self.combine(it, group) for it in self.lists for group in it["combine"]
        }
        for item in question["items"]:
            by_list = []
            for it in self.lists:
                if it["leaves"] == NO:
                    continue
                before = len(self.matches)
                self.ask_list(it, item)
                severest = max((self.severity(found)[0] for found in self.matches[before:]), default=0)
                regions, _ = self.displacement(it, item)
                if all(self.lies_in(region, item) != YES for region in regions) and self.speaks(it, item) == YES:
                    by_list.append((it["header"]["list"], severest))
            self.note_conflict(item["category"], by_list)
            holds = YES
            for it in self.lists:
                holds = both(holds, opposite(self.speaks(it, item)))
            if holds != NO:
                self.silences.append(("outside-scope" if self.lists else "no-list", holds))
        self.consult(lapsed)

    # what is stated

    def possible(self, variable, item):
        fact, window = variable
        if fact == "subjects":
            stated = item.get("subjects")
            if isinstance(stated, dict):
                stated = stated.get(window)
            return everything() if stated is None else exactly(stated)
        if fact in self.question["facts"]:
            value = self.question["facts"][fact]
            is_count = isinstance(value, int) and not isinstance(value, bool)
            return exactly(value) if is_count else frozenset([value])
        known = self.state.facts.get(fact, {"kind": "count"})
        if known["kind"] == "flag":
            return frozenset([False] if self.question["ordinary"] else [True, False])
        return frozenset(known["values"]) if known["kind"] == "choice" else everything()

    def lies_in(self, region, item):
        lies = YES
        for variable in sorted(region):
            possible = self.possible(variable, item)
            if not meet(possible, region[variable]):
                return NO
            if without(possible, region[variable]):
                lies = both(lies, maybe([(0, variable[0])]))
        return lies

    def lies_in_but_not_in(self, region, others, item):
        lies = self.lies_in(region, item)
        if not others or lies == NO:
            return lies
        first, rest = others[0], others[1:]
        rest_lies = self.lies_in_but_not_in(region, rest, item)
        in_first = self.lies_in(first, item)
        if in_first in (NO, YES):
            return rest_lies if in_first == NO else NO
        for variable in sorted(first):
            allowed = region.get(variable, self.possible(variable, item))
            outside = narrowed(region, {variable: without(allowed, first[variable])})
            if self.lies_in_but_not_in(outside, rest, item) != NO:
                return both(rest_lies, in_first)
        return NO

    def is_true(self, fact):
        return self.question["facts"].get(fact) is True

    # where it goes

    def leaves(self, it):
        header = it["header"]
        if self.to is None or header["within"]:
            return YES
        border = header["border"] or header["list"].split("/")[0]
        return {"all": NO, "some": maybe([(2, "")]), "none": YES}[inside(self.to, lambda place: place == border)]

    def goes_to(self, to, it):
        if to["only"] is None and to["except"] is None:
            return YES
        members = to["only"] if to["only"] is not None else to["except"]
        if self.to is None:
            goes = NO if self.elsewhere else maybe([(2, "")])
        else:
            is_member = lambda place: any(
                place in it["groups"].get(one, []) if one == one.lower() else one == place for one in members
            )
            goes = {"all": YES, "some": maybe([(2, "")]), "none": NO}[inside(self.to, is_member)]
        return goes if to["only"] is not None else opposite(goes)

    # of what a list speaks

    def in_scope(self, it, category):
        scope = it["header"]["scope"]
        return scope == ["*"] or any(self.state.covers(one, category) for one in scope)

    def scope_meets(self, it, category):
        scope, covers = it["header"]["scope"], self.state.covers
        return scope == ["*"] or any(covers(one, category) or covers(category, one) for one in scope)

    def speaks(self, it, item):
        header = it["header"]
        if not self.in_scope(it, item["category"]):
            return NO
        towards = YES if it["leaves"] == NO else self.goes_to(header["applies_to"], it)
        return both(towards, self.lies_in(region(header["applies_when"]), item))

    def displacement(self, it, item):
        """The regions in which others displace a list, and whether it hangs on the destination."""
        regions, hangs, own = [], False, it["header"]
        for other in self.lists:
            header = other["header"]
            if own["list"] not in header["displaces"] or header["list"] in own["displaces"]:
                continue
            if not self.in_scope(other, item["category"]):
                continue
            when = region(header["applies_when"])
            towards = both(other["leaves"], self.goes_to(header["applies_to"], other))
            if towards == YES:
                regions.append(when)
            elif towards != NO:
                hangs = hangs or self.lies_in(when, item) != NO
        return regions, hangs

    # entries

    def ask_list(self, it, item):
        displacement = self.displacement(it, item)
        for id in sorted(it["entries"]):
            entry = it["entries"][id]
            bound = self.applies(it, entry, item, displacement)
            if bound is None:
                continue
            category, applies = bound
            found = {
                "list": it, "entry": entry, "item": item["category"], "category": category, "applies": applies,
                "ways": [], "satisfied": NO, "closed": NO,
            }
            if entry["effect"] == "conditional":
                self.weigh(found, item)
                others = [region(way["when"]) for way in entry["requires"]] + displacement[0]
                found["closed"] = self.lies_in_but_not_in(self.region_of(it, entry), others, item)
            self.matches.append(found)
            words = it["given"].words.get(id, {"notes": []})
            for note in words["notes"] + (it["given"].details or {"notes": []})["notes"]:
                self.note(note["kind"], note["text"]["en"], note["text"]["zh"])

    def weigh(self, found, item):
        for way in found["entry"]["requires"]:
            is_open = self.lies_in(region(way["when"]), item)
            if is_open == NO:
                continue
            found["ways"].append(way["all"])
            if all(self.is_true(it) for it in way["all"]):
                if is_open == YES and found["satisfied"] != YES:
                    self.relied_on |= set(way["all"])
                found["satisfied"] = either(found["satisfied"], is_open)

    def group_of(self, it, entry):
        return self.combined.get((it["header"]["list"], entry["combine"]))

    def region_of(self, it, entry, lowest="possible"):
        group = self.group_of(it, entry)
        when = region(entry["when"])
        low = group and group["lowest_possible" if lowest == "possible" else "lowest"]
        if low is not None:
            for (fact, window), values in when.items():
                if fact == "subjects" and values:
                    when[fact, window] = ((min(values[0][0], low), values[0][1]), *values[1:])
        return narrowed(when, region(it["header"]["applies_when"]))

    def applies(self, it, entry, item, displacement):
        if any(self.is_true(fact) for fact in entry["exemptions"]):
            return None
        bound = self.binds(it, entry, item)
        if bound is None:
            return None
        category, binds = bound
        towards = both(self.goes_to(entry["to"], it), self.goes_to(it["header"]["applies_to"], it))
        applies = both(both(it["leaves"], binds), towards)
        if applies == NO:
            return None
        regions, hangs = displacement
        group = self.group_of(it, entry)
        facts = self.lies_in_but_not_in(self.region_of(it, entry, "certain"), regions, item)
        if group and group["lowest"] != group["lowest_possible"]:
            parts = maybe((1, part) for part in group["possible"].values())
            facts = either(facts, both(self.lies_in_but_not_in(self.region_of(it, entry), regions, item), parts))
        applies = both(both(applies, facts), maybe([(2, "")]) if hangs else YES)
        return None if applies == NO else (category, applies)

    def binds(self, it, entry, item):
        covers, category = self.state.covers, item["category"]
        if any(covers(one, category) for one in entry["except"]):
            return None
        covering = [one for one in sorted(entry["category"]) if covers(one, category)]
        if covering:
            deepest = max(one.count(".") for one in covering)
            return [one for one in covering if one.count(".") == deepest][-1], self.not_left_out(entry, category)
        found = None
        for one in sorted(entry["category"]):
            for part in self.state.shared(category, one):
                if any(covers(left, part) for left in entry["except"]):
                    continue
                assumed = self.includes.get(part)
                if assumed is False:
                    continue
                applies = self.not_left_out(entry, part) if assumed else maybe([(1, part)])
                found = (one, applies) if found is None else (found[0], either(found[1], applies))
        return found or self.joins(it, entry, item)

    def not_left_out(self, entry, category):
        applies = YES
        for one in sorted(entry["except"]):
            for part in self.state.shared(category, one):
                if self.includes.get(part) is not False:
                    applies = both(applies, maybe([(1, part)]))
        return applies

    def joins(self, it, entry, item):
        group, joining = self.group_of(it, entry), it["combine"].get(entry["combine"])
        if group is None or joining is None:
            return None
        joins = NO
        for one in joining:
            joins = either(joins, self.includes_some(item["category"], one))
        if joins == NO:
            return None
        present = sorted(set(entry["category"]) & group["present"])
        if present:
            return present[0], joins
        for one in sorted(entry["category"]):
            if one in group["possible"]:
                return one, both(joins, maybe([(1, group["possible"][one])]))
        return None

    def includes_some(self, category, other):
        if self.state.covers(other, category):
            return YES
        includes = NO
        for part in self.state.shared(category, other):
            assumed = self.includes.get(part)
            includes = either(includes, maybe([(1, part)]) if assumed is None else YES if assumed else NO)
        return includes

    def combine(self, it, group):
        entries = [entry for _, entry in sorted(it["entries"].items()) if entry["combine"] == group]
        categories = [one for entry in entries for one in sorted(entry["category"])]
        present, possible, covers = set(), {}, self.state.covers
        for item in self.question["items"]:
            covering = [one for one in categories if covers(one, item["category"])]
            if covering:
                deepest = max(one.count(".") for one in covering)
                present.add([one for one in covering if one.count(".") == deepest][-1])
            for one in categories:
                if covers(one, item["category"]):
                    continue
                for part in self.state.shared(item["category"], one):
                    assumed = self.includes.get(part)
                    if assumed is True:
                        present.add(one)
                    elif assumed is None:
                        possible[one] = part

        def lowest(among):
            found = []
            for entry in entries:
                count = entry["when"].get("subjects", {}).get("count")
                if set(entry["category"]) & among and count and count["at_least"]:
                    found.append(count["at_least"])
            return min(found, default=None) if 2 <= len(among) else None

        return {
            "present": present, "possible": possible, "lowest": lowest(present),
            "lowest_possible": lowest(present | set(possible)),
        }

    # what it comes to

    def severity(self, found):
        """What a match comes to for certain, and what it may come to."""
        effect, satisfied, closed = found["entry"]["effect"], found["satisfied"], found["closed"]
        without_a_way = 1 if closed == NO else 3
        if effect == "conditional":
            if satisfied == YES:
                certain, possible = 0, 0
            elif satisfied == NO:
                certain, possible = (1, without_a_way) if found["ways"] else (3, 3)
            else:
                certain, possible = 0, without_a_way
        else:
            certain = possible = {"notice": 0, "undetermined": 2, "prohibited": 3}[effect]
        return (certain if found["applies"] == YES else 0), possible

    def outcome(self):
        return max([self.severity(it)[1] for it in self.matches] + [2 for _ in self.silences], default=0)

    def floor(self):
        certain = [2 for _, holds in self.silences if holds == YES]
        return max([self.severity(it)[0] for it in self.matches] + certain, default=0)

    def unknown_reason(self):
        if self.outcome() != 2:
            return None
        reasons = [reason for reason, _ in self.silences]
        reasons += ["undetermined" for it in self.matches if it["entry"]["effect"] == "undetermined"]
        return min(reasons, key=["no-list", "outside-scope", "undetermined"].index, default=None)

    def open(self):
        floor, found = self.floor(), set()
        for it in self.matches:
            possible = self.severity(it)[1]
            if floor < possible or possible == 1:
                found |= it["applies"][1] | it["satisfied"][1] | it["closed"][1]
        for _, holds in self.silences:
            if floor < 2:
                found |= holds[1]
        return sorted(found)

    def requires(self):
        gates = {
            tuple(sorted({tuple(sorted(way)) for way in it["ways"]}))
            for it in self.matches
            if it["ways"] and it["satisfied"] != YES
        }
        return sorted(gates)

    def result(self):
        requires = [[list(way) for way in gate] for gate in self.requires()]
        return {"outcome": SEVERITY[self.outcome()], "floor": SEVERITY[self.floor()], "requires": requires}

    # what else a reader should know

    NOTES = [
        "conflict", "retroactive", "lapsed", "grace", "annulled-later", "not-operational", "low-confidence", "gap"
    ]

    def note(self, kind, en, zh):
        self.notes.add((self.NOTES.index(kind), en, zh))

    def note_conflict(self, category, by_list):
        if not by_list:
            return
        strictest = max(severity for _, severity in by_list)
        strict_list = [it for it, severity in by_list if severity == strictest][-1]
        for one, severity in by_list:
            if severity < strictest:
                word, other = SEVERITY[severity], SEVERITY[strictest]
                self.note(
                    "conflict",
                    f"for {category}, {one} says {word} and {strict_list} says {other}: the stricter counts",
                    f"对于{category}，{one}为{word}，{strict_list}为{other}：以较严者为准",
                )

    def consult(self, lapsed):
        items = self.question["items"]
        matched = {it["list"]["header"]["list"] for it in self.matches}
        for it in self.lists:
            header = it["header"]
            asked = any(self.is_asked(it, item) for item in items)
            if asked or header["list"] in matched or header["displaces"]:
                self.decisive.append(it)
            if not asked and header["list"] not in matched:
                continue
            self.consulted.append(it)
            if header["list"] in matched:
                list, version, published = header["list"], header["version"], header["published"]
                if self.question["at"] < published:
                    self.note(
                        "retroactive",
                        f"{list} {version} was published on {published}, after the day asked about",
                        f"{list} {version}公布于{published}，晚于所询日期",
                    )
                if header["confidence"] == "low":
                    self.note(
                        "low-confidence", f"{list} {version} rests on weak sources", f"{list} {version}所依据的来源较弱"
                    )
        for it in lapsed:
            if any(self.scope_meets(it, item["category"]) for item in items):
                list, version, day = (it["header"][key] for key in ("list", "version", "expires"))
                if day is not None and not it["header"]["repeals"]:
                    self.note("lapsed", f"{list} {version} ran out on {day}", f"{list} {version}已于{day}到期失效")
                else:
                    self.note("lapsed", f"{list} was ended by its version {version}", f"{list}已由其{version}版终止")

    def is_asked(self, it, item):
        header = it["header"]
        if not self.scope_meets(it, item["category"]):
            return False
        if it["leaves"] == NO:
            return self.speaks(it, item) != NO
        regions, _ = self.displacement(it, item)
        return (
            self.lies_in(region(header["applies_when"]), item) != NO
            and self.goes_to(header["applies_to"], it) != NO
            and all(self.lies_in(one, item) != YES for one in regions)
        )


# --- cases


def case(value, asking):
    return {"value": value} | asking.result()


def depends_on(state, question, asking):
    found = []
    for kind, name in asking.open():
        if kind == 0:
            found.append({"fact": name, "cases": fact_cases(state, question, name, asking.decisive)})
        elif kind == 1:
            cases = [case(it, Asking(state, question, {name: it})) for it in (True, False)]
            found.append({"category": name, "cases": cases})
        else:
            found.append({"destination": "to", "cases": destination_cases(state, question, asking.decisive)})
    results = lambda it: {jcs({key: value for key, value in one.items() if key != "value"}) for one in it["cases"]}
    matter = [it for it in found if 1 < len(results(it))]
    return matter or found


def destination_cases(state, question, decisive):
    if question["to"] is not None:
        bloc = question["to"]
        places = {
            member
            for member in state.places[bloc]["members"]
            for it in state.places[member]["blocs"]
            if it["bloc"] == bloc and holds(it, question["at"])
        }
    else:
        places = set().union(*(places_named(it) for it in decisive)) if decisive else set()
    cases = []
    for place in sorted(places):
        state.places.setdefault(place, {"parent": None, "blocs": [], "members": []})
        cases.append(case(place, Asking(state, question | {"to": place})))
    if question["to"] is None:
        cases.append(case(None, Asking(state, question, elsewhere=True)))
    return cases


def fact_cases(state, question, fact, decisive):
    among = [condition for it in decisive for name, condition in conditions(it) if name == fact]
    known = state.facts.get(fact, {"kind": "flag"})
    with_value = lambda value: Asking(state, stating(question, fact, value))
    if known["kind"] == "flag":
        return [case(it, with_value(it)) for it in (True, False)]
    if known["kind"] == "choice":
        return [case(it, with_value(it)) for it in sorted(known["values"])]
    cuts = {0}
    for condition in among:
        if "count" in condition:
            cuts |= {condition["count"]["at_least"], condition["count"]["below"]} - {None}
    cuts = sorted(cuts)
    cases = []
    for low, high in zip(cuts, [*cuts[1:], None]):
        result = with_value(low).result()
        if cases and {key: cases[-1][key] for key in result} == result:
            cases[-1]["value"]["below"] = high
        else:
            cases.append({"value": {"at_least": low, "below": high}} | result)
    return cases


def stating(question, fact, value):
    if fact != "subjects":
        return question | {"facts": question["facts"] | {fact: value}}
    fixed = lambda it: "subjects" in it and not isinstance(it["subjects"], dict)
    return question | {"items": [it if fixed(it) else it | {"subjects": value} for it in question["items"]]}


def answer(state, question):
    asking = Asking(state, question)
    matches = []
    for it in asking.matches:
        header, given, entry = it["list"]["header"], it["list"]["given"], it["entry"]
        words, source = given.words.get(entry["id"]), given.details and given.details["source"]
        need(words and source, "what people read of a match is left out")
        residual = {0: "{}", 1: "includes {}", 2: "to"}
        matches.append({
            "list": header["list"], "version": header["version"], "entry": entry["id"], "item": it["item"],
            "category": it["category"], "applies": "yes" if it["applies"] == YES else "maybe",
            "effect": entry["effect"], "requires": it["ways"],
            "residual": [residual[kind].format(name) for kind, name in sorted(it["applies"][1])],
            "cite": words["cite"], "note": words["note"], "source": source["citation"], "url": source["url"],
            "effective": header["effective"],
        })
    consulted = [
        {
            "list": it["header"]["list"], "version": it["header"]["version"], "revision": it["hash"],
            "published": it["header"]["published"], "effective": it["header"]["effective"],
            "status": it["header"]["status"], "confidence": it["header"]["confidence"],
            "stays_inside": asking.leaves(it) == NO,
        }
        for it in asking.consulted
    ]
    matter = [it["entry"] for it in asking.matches if asking.severity(it)[1]]
    return asking.result() | {
        "id": question["id"], "question": question, "decided": asking.outcome() == asking.floor(),
        "unknown_reason": asking.unknown_reason(), "depends_on": depends_on(state, question, asking),
        "relied_on": sorted(asking.relied_on),
        "exemptions": sorted({it for entry in matter for it in entry["exemptions"]}),
        "duties": sorted({it for match in asking.matches for it in match["entry"]["duties"]}),
        "matches": matches, "consulted": consulted,
        "notes": [
            {"kind": Asking.NOTES[kind], "text": en, "text_zh": zh} for kind, en, zh in sorted(asking.notes)
        ],
        "registry": state.head,
    }


def check_question(question, state):
    keys(question, "id", "from", "to", "items", "at", "known_on", "facts", "ordinary")
    days = [question["at"]] + ([] if question["known_on"] is None else [question["known_on"]])
    need(all(is_day(it) for it in days), "a day of the question is none")
    need(question["items"] and isinstance(question["ordinary"], bool), "no question")
    for item in question["items"]:
        need(set(item) <= {"category", "subjects"}, "no item")
        windows = item.get("subjects") if isinstance(item.get("subjects"), dict) else {}
        need(set(windows) <= set(state.windows), "unknown window")
    for id, value in question["facts"].items():
        fact = state.facts.get(id)
        need(fact and fact["role"] != "duty" and id != "subjects", f"unknown fact {id}")
        kind = "flag" if isinstance(value, bool) else "count" if isinstance(value, int) else "choice"
        need(kind == fact["kind"] and (kind != "choice" or value in fact["values"]), f"no value of {id}")


def verify(raw, vkey):
    """Returns the answer that a receipt proves, derived anew."""
    try:
        receipt = json.loads(raw, object_pairs_hook=without_repetition)
        need(jcs(receipt) + b"\n" == raw, "another spelling of what it says")
        rest = {key: it for key, it in receipt.items() if key != "digest"}
        receipt = whole(receipt, RECEIPT)
        need(receipt["format"] == "neglist receipt v2", "another format")
        need(derive("receipt", rest) == digits(receipt["digest"]), "its digest is not that of the rest")
        head = check_log(receipt, vkey)
        question = receipt["answer"]["question"]
        ground = Ground(receipt, question, head)
        check_question(question, ground.state)
        found = answer(ground.state, question)
        need(jcs(found) == jcs(receipt["answer"]), "what is proven leads to another answer")
        need(ground.unchanged() == receipt["unchanged"], "what is proven holds for other days")
        return found
    except Unproven:
        raise
    except InvalidSignature:
        raise Unproven("the signature is not over this checkpoint") from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError, binascii.Error) as error:
        raise Unproven(f"it is not a receipt: {error!r}") from None


def mutations(raw, vkey):
    """Returns how many one-bit changes of a receipt were refused, and those that were not."""
    changed, passed = bytearray(raw), []
    for place in range(len(raw)):
        for bit in range(8):
            changed[place] ^= 1 << bit
            try:
                verify(bytes(changed), vkey)
                passed.append((place, bit))
            except Unproven:
                pass
            changed[place] ^= 1 << bit
    return 8 * len(raw) - len(passed), passed


def main():
    parser = argparse.ArgumentParser(description="Verifies receipts of neglist.")
    parser.add_argument("--key", required=True, help="the public key of the log: NAME+HASH+BASE64")
    parser.add_argument("--mutations", action="store_true", help="change each bit of each receipt, and expect refusal")
    parser.add_argument("receipt", nargs="+")
    arguments = parser.parse_args()
    failed = 0
    for path in arguments.receipt:
        with open(path, "rb") as file:
            raw = file.read()
        try:
            if arguments.mutations:
                refused, passed = mutations(raw, arguments.key)
                need(not passed, f"verified with one bit changed: {passed}")
                print(f"{path}: {refused} changes refused")
            else:
                print(f"{path}: {verify(raw, arguments.key)['outcome']}")
        except Unproven as error:
            failed += 1
            print(f"{path}: proves nothing: {error}")
    sys.exit(3 if failed else 0)


if __name__ == "__main__":
    main()
