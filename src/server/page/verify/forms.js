// What receipts are made of: canonical JSON, hashes, forms and pruned trees, from
// docs/format.md and docs/receipt.md.
"use strict";

(() => {
  const { hash, derive: deriveBytes } = globalThis.neglist.blake3;
  const MOST = 2 ** 53;

  /// Why a receipt proves nothing.
  class Unproven extends Error {}

  function need(holds, why) {
    if (!holds) throw new Unproven(why);
  }

  // --- values: objects without anything that they did not say

  function object(pairs) {
    const made = Object.create(null);
    for (const [key, value] of pairs) made[key] = value;
    return made;
  }

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isArray = Array.isArray;

  /// Returns a copy in which no key is there that was not written.
  function plain(value) {
    if (isArray(value)) return value.map(plain);
    return isObject(value) ? object(Object.entries(value).map(([key, it]) => [key, plain(it)])) : value;
  }

  /// Returns an object with some keys set anew.
  const having = (one, more) => object([...Object.entries(one), ...Object.entries(more)]);

  /// Returns the value of a key that has to be there.
  function at(value, key) {
    need(isObject(value) && key in value, `the key ${key} is left out`);
    return value[key];
  }

  function keys(value, ...names) {
    const found = isObject(value) ? Object.keys(value).sort() : [];
    need(isObject(value) && found.join() === names.sort().join(), `expected the keys ${names.join(", ")}`);
    return value;
  }

  function list(value) {
    need(isArray(value), "expected an array");
    return value;
  }

  function text(value) {
    need(typeof value === "string", "expected a text");
    return value;
  }

  // --- bytes and hashes

  /// RFC 8785, for whole numbers.
  function canonical(value) {
    if (isArray(value)) return `[${value.map(canonical).join()}]`;
    if (isObject(value)) {
      return `{${Object.keys(value).sort().map((it) => `${JSON.stringify(it)}:${canonical(value[it])}`).join()}}`;
    }
    need(typeof value !== "number" || (Number.isInteger(value) && Math.abs(value) <= MOST), "not a whole number");
    need(value !== undefined, "a value is left out");
    return JSON.stringify(value);
  }

  const utf8 = (it) => new TextEncoder().encode(it);
  const hex = (bytes) => Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
  const unhex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (it) => parseInt(it, 16));
  const derive = (context, value) => hex(deriveBytes(`neglist v1 ${context}`, utf8(canonical(value))));

  function joined(...parts) {
    const bytes = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
    let place = 0;
    for (const part of parts) {
      bytes.set(part, place);
      place += part.length;
    }
    return bytes;
  }

  function unbase64(written) {
    need(/^[A-Za-z0-9+/]*={0,2}$/.test(text(written)) && written.length % 4 === 0, "no base64");
    const raw = atob(written);
    need(btoa(raw) === written, "another spelling of base64");
    return Uint8Array.from(raw, (it) => it.charCodeAt(0));
  }

  /// A hash as format.md writes it, from how a receipt does.
  function digits(written) {
    const raw = unbase64(written);
    need(raw.length === 32, "a hash has 32 bytes");
    return hex(raw);
  }

  /// Compares texts by their characters, and not by halves of them.
  function compareTexts(a, b) {
    const [one, other] = [Array.from(a), Array.from(b)];
    for (let place = 0; place < Math.min(one.length, other.length); place++) {
      const by = one[place].codePointAt(0) - other[place].codePointAt(0);
      if (by) return by;
    }
    return one.length - other.length;
  }

  /// Compares numbers, texts, and arrays of them.
  function compare(a, b) {
    if (isArray(a) && isArray(b)) {
      for (let place = 0; place < Math.min(a.length, b.length); place++) {
        const by = compare(a[place], b[place]);
        if (by) return by;
      }
      return a.length - b.length;
    }
    need(typeof a === typeof b && (typeof a === "number" || typeof a === "string"), "what is compared differs in kind");
    if (typeof a === "string") return compareTexts(a, b);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  const sorted = (all) => [...all].sort(compare);

  // --- forms, from their sparse spelling: what says nothing is left out

  const same = (it) => it;
  const key = (nothing = () => null, read = same, isRequired = false) => ({ nothing, read, isRequired });
  const one = (form) => (value) => whole(value, form);
  const array = (read = same) => key(() => [], (value) => list(value).map(read));
  const names = (read = same) =>
    key(() => object([]), (value) => {
      need(isObject(value), "expected an object");
      return object(Object.entries(value).map(([name, it]) => [name, read(it)]));
    });

  const size = (value) => (isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : NaN);
  const isNothing = (value) => value === null || value === false || size(value) === 0;

  /// Returns a form with all its keys.
  function whole(value, form) {
    need(isObject(value) && Object.keys(value).every((it) => Object.hasOwn(form, it)), `expected the keys ${Object.keys(form)}`);
    return object(
      Object.entries(form).map(([name, it]) => {
        if (!(name in value)) {
          need(!it.isRequired, `the key ${name} is left out`);
          return [name, it.nothing()];
        }
        need(it.isRequired || !isNothing(value[name]), `the key ${name} says nothing`);
        return [name, it.read(value[name])];
      }),
    );
  }

  /// Returns what kind of thing an object with one key is, and the thing.
  function choice(value) {
    need(isObject(value) && size(value) === 1, "expected one key");
    return Object.entries(value)[0];
  }

  function condition(value) {
    const [kind, allowed] = choice(value);
    return kind === "count" ? object([[kind, whole(allowed, COUNT)]]) : value;
  }

  const [SAID, NULL, FALSE] = [key(undefined, same, true), key(), key(() => false)];
  const HASH = key(undefined, digits);
  const COUNT = { at_least: SAID, below: NULL, window: NULL };
  const WHERE_TO = key(() => object([["except", null], ["only", null]]), one({ except: NULL, only: NULL }));
  const WAY = { all: array(), when: names(condition) };
  const termsOfNothing = () => object([["combine", object([])], ["groups", object([])]]);
  const HEADER = {
    applies_to: WHERE_TO, applies_when: names(condition), border: NULL, catalog: SAID, confidence: SAID, details: HASH,
    displaces: array(), earlier: SAID, earlier_root: HASH, effective: NULL, entries: SAID, entries_root: HASH, expires: NULL,
    list: SAID, previous: HASH, published: SAID, repeals: FALSE, scope: array(), sequence: SAID, status: SAID, terms: HASH,
    version: SAID, withdraws: array(), within: FALSE,
  };
  const DETAILS = {
    authority: SAID, doubts: array(), notes: array(), retroactive: NULL, source: SAID, summary: SAID, title: SAID,
  };
  const FORMS = {
    BINDING: {
      category: array(), combine: NULL, duties: array(), effect: SAID, except: array(), exemptions: array(), id: SAID,
      objective: SAID, requires: array(one(WAY)), to: WHERE_TO, when: names(condition), words: HASH,
    },
    MOMENT: { effective: SAID, published: SAID, revision: key(undefined, digits, true), sequence: SAID, withdrawn: NULL },
    CATEGORY: { broader: array(), dpv: array(), id: SAID, name: SAID, narrower: array(), note: NULL },
    FORMER: { fate: SAID, id: SAID, release: SAID },
    FACT: { id: SAID, kind: SAID, name: SAID, role: SAID, values: NULL },
    WINDOW: { id: SAID, includes: array(), name: SAID },
    PLACE: {
      blocs: array(one({ bloc: SAID, from: SAID, until: NULL })), code: SAID, kind: SAID, members: array(), name: SAID,
      parent: NULL,
    },
    OF_RELEASE: { head: HASH, release: SAID },
    OF_LIST: { head: HASH, list: SAID, scope: array() },
    RELEASE: { items: SAID, previous: HASH, published: SAID, tree: NULL, version: SAID },
  };
  const LIST = {
    details: key(undefined, one(DETAILS)), earlier: NULL, entries: NULL, head: key(undefined, one(HEADER), true),
    in_force: key(undefined, one(HEADER)), notes: names(), shown: array(),
    terms: key(termsOfNothing, one({ combine: names(), groups: names() })),
  };
  FORMS.RECEIPT = {
    answer: SAID, digest: SAID, format: SAID, lists: names(one(LIST)), proof: SAID, record: SAID, releases: SAID, state: NULL,
    unchanged: key(() => object([["from", null], ["until", null]]), one({ from: NULL, until: NULL })),
  };

  /// Fills in a hash, which is said exactly where it does not follow from the rest.
  function fill(form, name, follows, what) {
    need((form[name] === null) === (follows !== null), `${what} is said, and follows; or is not, and does not`);
    if (follows !== null) form[name] = follows;
  }

  /// The entries that are shown, each with what it says as one before it does.
  function spelledOut(shown) {
    const said = object(["category", "except", "exemptions", "requires", "when"].map((it) => [it, new Map()]));
    const found = shown.map((sparse) => {
      const it = having(sparse, {});
      for (const [name, before] of Object.entries(said)) {
        const value = it[name] ?? [];
        if (typeof value === "string") {
          const first = [...before].find(([, id]) => id === value);
          need(first, `nothing was said by the entry ${value}`);
          it[name] = plain(JSON.parse(first[0]));
        } else if (1 < size(value)) {
          const spelled = canonical(value);
          need(!before.has(spelled), "what another entry says is said again");
          before.set(spelled, it.id);
        }
      }
      return whole(it, FORMS.BINDING);
    });
    need(found.every((it, place) => place === 0 || found[place - 1].id < text(it.id)), "entries are out of order");
    return found;
  }

  // --- trees of which some leaves are shown

  const HIDDEN = "something is hidden that the answer may rest on";

  /// A pruned tree: a hash is hidden, an array of two is a node, all else is a leaf.
  class Tree {
    constructor(tree, read, keyOf, isUnique = true) {
      this.segments = []; // [key, leaf], or null where something is hidden
      Object.assign(this, { read, keyOf, isUnique });
      this.root = hex(tree === null ? hash(new Uint8Array()) : this.hash(tree, 0));
      const shown = this.segments.filter(Boolean).map((it) => it[0]);
      const isOrdered = shown.every((it, place) => {
        const by = place === 0 ? -1 : compare(shown[place - 1], it);
        return by < 0 || (by === 0 && !isUnique);
      });
      need(isOrdered, "leaves are out of order");
    }

    hash(tree, depth) {
      need(depth < 64, "a tree is too deep");
      if (typeof tree === "string" && tree.endsWith("=")) {
        this.segments.push(null);
        return unhex(digits(tree));
      }
      if (isArray(tree)) {
        need(tree.length === 2, "a node has two parts");
        const [left, right] = tree.map((it) => this.hash(it, depth + 1));
        return hash(joined([1], left, right));
      }
      const leaf = this.read(tree);
      this.segments.push([this.keyOf(leaf), leaf]);
      return hash(joined([0], utf8(canonical(leaf))));
    }

    /// All leaves in a range: refused where one may be hidden.
    between(first, last) {
      const found = [];
      let [before, isHidden] = [null, false];
      const bound = this.isUnique ? 0 : 1; // a leaf at the end bounds the range only where keys are unique
      const mayHide = (behind) =>
        !(before !== null && bound <= compare(before, last)) && !(behind !== null && compare(behind, first) <= -bound);
      for (const segment of this.segments) {
        if (!segment) {
          isHidden = true;
          continue;
        }
        need(!(isHidden && mayHide(segment[0])), HIDDEN);
        [before, isHidden] = [segment[0], false];
        if (compare(first, before) <= 0 && compare(before, last) <= 0) found.push(segment[1]);
      }
      need(!(isHidden && mayHide(null)), HIDDEN);
      return found;
    }

    get(wanted) {
      return this.between(wanted, wanted)[0] ?? null;
    }

    all() {
      need(this.segments.every(Boolean), HIDDEN);
      return this.segments.map((it) => it[1]);
    }

    /// The last leaf up to a key and the first behind it, of those that are not passed over.
    around(wanted, isPassed) {
      let middle = 0;
      this.segments.forEach((it, place) => {
        if (it && compare(it[0], wanted) <= 0) middle = place + 1;
      });
      const [until, after] = [this.segments.slice(0, middle), this.segments.slice(middle)];
      need(middle || !after.length || after[0], HIDDEN);
      const next = (segments) => {
        for (const segment of segments) {
          need(segment, HIDDEN);
          if (!isPassed(segment[1])) return segment[1];
        }
        return null;
      };
      return [next(until.reverse()), next(after)];
    }
  }

  Object.assign(globalThis.neglist, {
    Unproven, need, object, having, plain, isObject, at, keys, list, text, canonical, utf8, derive, joined, unbase64, digits,
    compare, sorted, whole, one, choice, termsOfNothing, FORMS, fill, spelledOut, Tree, MOST,
  });
})();
