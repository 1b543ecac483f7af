// What an answer rests on: every look-up of docs/receipt.md is answered, or the
// receipt refused.
"use strict";

(() => {
  const {
    need, object, having, at, keys, list, text, canonical, derive, digits, compare, sorted, whole, one, choice, termsOfNothing,
    FORMS, fill, spelledOut, Tree,
  } = globalThis.neglist;

  /// The ids that one lies in by its dots, from the inside out.
  function dotted(id) {
    const parts = id.split(".");
    return parts.slice(1).map((_, many) => parts.slice(0, parts.length - 1 - many).join("."));
  }

  const isRemoved = (fate) => choice(fate)[0] === "removed";

  /// What became of a former id that was not removed.
  function became(fate) {
    const [kind, what] = choice(fate);
    return kind === "split" ? list(what) : [what];
  }

  const holds = (membership, day) => membership.from <= day && (membership.until === null || day < membership.until);
  const isLower = (it) => it === it.toLowerCase();
  const placeOf = (id) => id.split("/")[0];

  function inside([chain, members], isOuter) {
    if ([...chain].some(isOuter)) return "all";
    const many = members.filter((it) => [...it].some(isOuter)).length;
    return many === 0 ? "none" : many < members.length ? "some" : "all";
  }

  function union(sets) {
    return new Set(sets.flatMap((it) => [...it]));
  }

  /// What is known of the registry, by id.
  class State {
    constructor(head) {
      this.head = head;
      for (const kind of ["categories", "former", "places", "facts", "windows", "lists"]) this[kind] = new Map();
    }

    // categories

    parents(id) {
      return [...this.categories.get(id).broader, ...dotted(id).slice(0, 1)];
    }

    finishCategories() {
      this.above = new Map();
      for (const id of this.categories.keys()) {
        const [found, open] = [new Set(), [id]];
        while (open.length) {
          for (const above of this.parents(open.pop())) {
            need(this.categories.has(above), `the category ${above} is left out`);
            if (!found.has(above)) open.push(above);
            found.add(above);
          }
        }
        this.above.set(id, found);
      }
      this.meanings = new Map([...this.former.keys()].map((id) => [id, this.meaning(id)]));
      this.placeFormer();
      this.linked = new Map();
      const parts = union([...this.meanings.values()].filter((it) => 1 < it.size));
      const branching = [...this.categories].filter(([, it]) => it.broader.length).map(([id]) => id);
      for (const id of new Set([...branching, ...parts])) {
        for (const covering of [...this.above.get(id), id]) {
          if (!this.linked.has(covering)) this.linked.set(covering, new Set());
          this.linked.get(covering).add(id);
        }
      }
    }

    /// What an id means now; of what was removed it means itself.
    meaning(asked) {
      const [found, seen, open] = [new Set(), new Set(), [asked]];
      while (open.length) {
        const id = open.pop();
        if (seen.has(id)) continue;
        seen.add(id);
        const former = this.former.get(id);
        if (former && !isRemoved(former.fate)) {
          open.push(...became(former.fate));
        } else {
          need(former || this.categories.has(id), `the category ${id} is left out`);
          found.add(id);
        }
      }
      return found;
    }

    /// Gives former ids their place among what is broader than what.
    placeFormer() {
      for (const [id, it] of this.former) {
        if (!isRemoved(it.fate)) continue;
        const parent = dotted(id).find((above) => this.categories.has(above));
        this.above.set(id, parent ? new Set([...this.above.get(parent), parent]) : new Set());
      }
      const up = new Map([...this.above].map(([id, above]) => [id, new Set([...above, id])]));
      const others = [...this.meanings].filter(([id]) => !up.has(id));
      for (const [id, meaning] of others) {
        const [first, ...rest] = [...meaning].map((it) => up.get(it));
        this.above.set(id, new Set([...first].filter((it) => rest.every((other) => other.has(it)))));
        for (const [narrower, all] of up) {
          if ([...meaning].some((it) => all.has(it))) this.above.set(narrower, new Set([...this.above.get(narrower), id]));
        }
      }
      for (const [broader, wide] of others) {
        for (const [id, meaning] of others) {
          const isBelow = [...meaning].every((it) => [...wide].some((above) => up.get(it).has(above)));
          if (id !== broader && isBelow) this.above.set(id, new Set([...this.above.get(id), broader]));
        }
      }
    }

    covers(broader, narrower) {
      return broader === narrower || (this.above.get(narrower)?.has(broader) ?? false);
    }

    /// What two categories have in common.
    shared(one, other) {
      if (this.covers(one, other)) return sorted(this.meanings.get(other) ?? [other]);
      const theirs = this.linked.get(other) ?? new Set();
      const both = [...(this.linked.get(one) ?? [])].filter((it) => theirs.has(it));
      return sorted(both.filter((it) => !both.some((above) => above !== it && this.covers(above, it))));
    }

    // places

    withParents(code) {
      const chain = [code];
      for (let next = code; (next = this.places.get(next)?.parent ?? null) !== null; ) {
        chain.push(next);
        need(chain.length < 64, "a place is above itself");
      }
      return chain;
    }

    chain(code, day) {
      const chain = this.withParents(code);
      const blocs = chain.flatMap((it) => this.places.get(it)?.blocs ?? []);
      return new Set([...chain, ...blocs.filter((it) => holds(it, day)).map((it) => it.bloc)]);
    }

    place(code) {
      need(this.places.has(code), `unknown place ${code}`);
      return this.places.get(code);
    }

    membersOn(bloc, day) {
      const isIn = (member) => this.place(member).blocs.filter((it) => it.bloc === bloc && holds(it, day));
      return this.place(bloc).members.flatMap((member) => isIn(member).map(() => member));
    }

    whereabouts(code, day) {
      return [this.chain(code, day), this.membersOn(code, day).map((it) => this.chain(it, day))];
    }
  }

  const whens = (entry) => [entry.when, ...entry.requires.map((it) => it.when)];
  const members = (to) => to.only ?? to.except ?? [];
  const destinations = (revision) => [...[...revision.entries.values()].map((it) => it.to), revision.header.applies_to];

  function conditions(revision) {
    const all = [revision.header.applies_when, ...[...revision.entries.values()].flatMap(whens)];
    return all.flatMap((when) => Object.entries(when));
  }

  function placesNamed(revision) {
    const named = destinations(revision).flatMap(members);
    return new Set(named.flatMap((it) => (isLower(it) ? revision.groups[it] ?? [] : [it])));
  }

  /// Gathers what an answer rests on.
  class Ground {
    constructor(receipt, question, head) {
      Object.assign(this, { receipt, question, day: at(question, "at"), days: [], used: new Set(), state: new State(head) });
      const releases = keys(receipt.releases, "categories", "facts", "jurisdictions");
      const byId = (last) => (it) => [Number(last in it), text(it.id)];
      const either = (mark, marked, other) => (it) => whole(it, typeof it === "object" && it && mark in it ? marked : other);
      this.digests = new Map();
      this.categories = this.release(releases, "categories", either("fate", FORMS.FORMER, FORMS.CATEGORY), byId("fate"));
      this.facts = this.release(releases, "facts", either("kind", FORMS.FACT, FORMS.WINDOW), byId("includes"));
      this.places = this.release(releases, "jurisdictions", one(FORMS.PLACE), (it) => [text(it.code)]);
      const matches = list(at(receipt.answer, "matches"));
      this.lists = new Map(Object.entries(receipt.lists).map(([id, it]) => [id, new GivenList(id, it, matches)]));
      const byHead = (it) => ("release" in it ? [0, text(it.release)] : [1, text(it.list)]);
      this.heads = new Tree(receipt.state, (it) => this.headLeaf(it), byHead);
      need(this.heads.root === receipt.record.lists_root, "another state");
      this.gather();
      need([...this.lists.keys()].every((it) => this.used.has(it)), "a list is there for nothing");
    }

    release(releases, kind, read, keyOf) {
      const { tree, ...form } = whole(releases[kind], FORMS.RELEASE);
      const found = new Tree(tree, read, keyOf);
      this.digests.set(kind, derive("release", having(form, { items_root: found.root, kind })));
      return found;
    }

    /// A leaf of the state: the heads of what is shown follow.
    headLeaf(it) {
      const isRelease = typeof it === "object" && it !== null && "release" in it;
      const leaf = whole(it, isRelease ? FORMS.OF_RELEASE : FORMS.OF_LIST);
      const follows = isRelease ? this.digests.get(leaf.release) : this.lists.get(leaf.list)?.digest;
      fill(leaf, "head", follows ?? null, "a head");
      return leaf;
    }

    gather() {
      const { state, question } = this;
      const found = this.heads.between([0, ""], [1, ""]).map((it) => it.release);
      need(canonical(sorted(found)) === canonical(sorted(this.digests.keys())), "a release is left out");
      this.gatherCategories();
      this.bound = sorted(new Set([...state.categories.keys(), ...state.former.keys()]));
      const reach = this.around(question.from);
      if (question.to !== null) this.around(question.to);
      const others = [];
      for (const place of sorted(reach)) {
        for (const leaf of this.heads.between([1, `${place}/`], [1, `${place}0`])) {
          const isTouched = leaf.scope.some((it) => it === "*" || this.bound.includes(it));
          if (isTouched) this.take(leaf);
          else others.push(leaf);
        }
      }
      const whereabouts = state.whereabouts(question.from, this.day);
      const isSubject = (id) => inside(whereabouts, (it) => it === placeOf(id)) === "all";
      if (![...state.lists].some(([id, it]) => it.in_force && isSubject(id))) others.forEach((it) => this.take(it));
      this.gatherFacts([...state.lists.values()].flatMap((it) => Object.keys(it.header.applies_when)));
      for (const [id, revision] of state.lists) {
        if (revision.in_force && this.mayConcern(revision)) {
          this.lists.get(id).takeEntries(revision, question.to === null ? null : this.bound);
        } else {
          this.lists.get(id).takeNothing();
        }
      }
      if (question.to === null) {
        for (const code of [...state.lists.values()].flatMap((it) => [...placesNamed(it)])) {
          if (this.places.get([code])) this.around(code);
        }
      }
      this.gatherFacts(this.factsThatMayDecide());
    }

    asking() {
      return new globalThis.neglist.Asking(this.state, this.question, { asks: false });
    }

    /// Whether a revision may have to do with the question by whom it concerns.
    mayConcern({ header }) {
      if (header.displaces.length || "subjects" in header.applies_when) return true;
      const { region, NO } = globalThis.neglist;
      const asking = this.asking();
      return this.question.items.some((it) => asking.liesIn(region(header.applies_when), it) !== NO);
    }

    /// Those of entries that bind other destinations decide nothing.
    factsThatMayDecide() {
      const { state, question } = this;
      const isBloc = question.to !== null && state.place(question.to).members.length;
      const [asking, facts] = [this.asking(), []];
      for (const it of state.lists.values()) {
        facts.push(...Object.keys(it.header.applies_when));
        for (const entry of it.entries.values()) {
          if (isBloc || asking.goesTo(entry.to, it) !== globalThis.neglist.NO) facts.push(...whens(entry).flatMap(Object.keys));
        }
      }
      return facts;
    }

    /// The categories asked, all that is narrower or broader, and former ids that became one of these.
    gatherCategories() {
      const { state } = this;
      const nodes = state.categories;
      const former = new Map(this.categories.between([1, ""], [2, ""]).map((it) => [it.id, it]));
      const get = (id) => this.categories.get([0, id]);
      const liesIn = new Map();
      for (const [id, it] of former) {
        liesIn.set(id, isRemoved(it.fate) ? dotted(id).filter(get).slice(0, 1) : became(it.fate));
      }
      const asked = new Set(this.question.items.map((it) => text(it.category)));
      const [open, seen] = [[...asked], new Set()];
      while (open.length) {
        const id = open.pop();
        if (seen.has(id)) continue;
        seen.add(id);
        const leaf = get(id);
        if (leaf) {
          nodes.set(id, leaf);
          open.push(...leaf.narrower);
        } else {
          need(former.has(id), `unknown category ${id}`);
          open.push(...liesIn.get(id));
        }
      }
      const wanted = new Set([...asked].filter((it) => former.has(it)));
      for (;;) {
        this.addBroader();
        const isHere = (it) => nodes.has(it) || state.former.has(it);
        const isNew = (id) => !state.former.has(id) && (wanted.has(id) || liesIn.get(id).some(isHere));
        const next = sorted(former.keys()).find(isNew);
        if (next === undefined) break;
        state.former.set(next, former.get(next));
        for (const part of liesIn.get(next)) {
          const leaf = get(part);
          if (leaf) nodes.set(part, leaf);
          else wanted.add(part);
        }
      }
      state.finishCategories();
      for (const id of asked) need([...state.meaning(id)].some((it) => nodes.has(it)), `the category ${id} was removed`);
    }

    addBroader() {
      const nodes = this.state.categories;
      const open = [...nodes.keys()];
      while (open.length) {
        for (const above of this.state.parents(open.pop())) {
          if (nodes.has(above)) continue;
          const leaf = this.categories.get([0, above]);
          need(leaf, `the category ${above} is left out`);
          nodes.set(above, leaf);
          open.push(above);
        }
      }
    }

    place(code) {
      const places = this.state.places;
      if (!places.has(code)) {
        const leaf = this.places.get([text(code)]);
        need(leaf, `unknown place ${code}`);
        places.set(code, leaf);
      }
      return places.get(code);
    }

    parentsOf(code) {
      const chain = [];
      for (let next = code; next !== null && !chain.includes(next); next = this.place(next).parent) chain.push(next);
      return chain;
    }

    around(code) {
      const all = [code, ...this.place(code).members].flatMap((it) => this.parentsOf(it));
      return new Set([...all, ...all.flatMap((it) => this.place(it).blocs.map((bloc) => bloc.bloc))]);
    }

    /// Takes in a list as it stands on the day asked.
    take(leaf) {
      const { day, question: { known_on: knownOn } } = this;
      const id = leaf.list;
      const given = this.lists.get(id);
      need(given && given.digest === leaf.head, `${id} is left out`);
      this.used.add(id);
      const isKnown = (published) => knownOn === null || published <= knownOn;
      const isPassed = (it) => !isKnown(it.published) || (it.withdrawn !== null && isKnown(it.withdrawn));
      const moments = given.earlier.around([day, Infinity], isPassed).filter(Boolean);
      const { effective, published, sequence } = given.head;
      if (effective !== null && isKnown(published)) moments.push({ effective, published, revision: given.digest, sequence });
      moments.sort((a, b) => compare([a.effective, a.sequence], [b.effective, b.sequence]));
      this.days.push(...moments.map((it) => it.effective).filter((it) => day < it).slice(0, 1));
      const standing = moments.filter((it) => it.effective <= day).at(-1);
      const isOther = standing !== undefined && standing.revision !== given.digest;
      need(isOther === (given.inForce !== null), `another revision of ${id}, or for nothing`);
      if (!standing) {
        given.takeNothing();
        return;
      }
      const header = given.inForce ?? given.head;
      need(derive("revision", header) === standing.revision, `another revision of ${id}`);
      need(header.list === id && header.sequence === standing.sequence, `another revision of ${id}`);
      this.days.push(...[header.effective, header.expires].filter((it) => it !== null));
      const isLapsed = header.repeals || (header.expires !== null && header.expires <= day);
      this.state.lists.set(id, {
        header, hash: standing.revision, in_force: !isLapsed, given, groups: object([]), combine: object([]), entries: new Map(),
      });
    }

    gatherFacts(ids) {
      const isByWindow = (it) => typeof it.subjects === "object" && it.subjects !== null;
      if (this.question.items.some(isByWindow)) {
        for (const it of this.facts.between([1, ""], [2, ""])) this.state.windows.set(it.id, it);
      }
      for (const id of sorted(new Set([...ids, ...Object.keys(at(this.question, "facts"))]))) {
        const fact = this.facts.get([0, id]);
        if (fact) this.state.facts.set(id, fact);
      }
    }

    /// The days around the one asked on which nothing begins or ends.
    unchanged() {
      const { state, question } = this;
      const days = [...this.days];
      const both = (it) => days.push(it.from, ...(it.until ? [it.until] : []));
      for (const code of new Set([question.from, question.to].filter((it) => it !== null))) {
        for (const inner of [code, ...state.place(code).members]) {
          for (const above of state.withParents(inner)) state.place(above).blocs.forEach(both);
          for (const member of state.place(inner).members) {
            (state.places.get(member)?.blocs ?? []).filter((it) => it.bloc === inner).forEach(both);
          }
        }
      }
      const [before, after] = [sorted(days.filter((it) => it <= this.day)), sorted(days.filter((it) => this.day < it))];
      return object([["from", before.at(-1) ?? null], ["until", after[0] ?? null]]);
    }
  }

  /// What a receipt gives of a list, with what follows from the rest filled in.
  class GivenList {
    constructor(id, form, matches) {
      Object.assign(this, { id, form, head: form.head, inForce: form.in_force, details: form.details });
      const first = new Map();
      for (const it of matches) if (it.list === id && !first.has(it.entry)) first.set(it.entry, it);
      this.readEntries(first);
      this.earlier = new Tree(form.earlier, one(FORMS.MOMENT), (it) => [text(it.effective), it.sequence]);
      this.entries = new Tree(form.entries, (it) => this.leaf(it), (it) => [text(it.category)], false);
      fill(this.head, "earlier_root", this.earlier.root, "the root of dates");
      const standing = this.inForce ?? this.head;
      this.givesEntries = standing.entries_root === null;
      fill(standing, "entries_root", this.givesEntries ? this.entries.root : null, "the root of entries");
      fill(standing, "details", this.details ? derive("details", this.details) : null, "the hash of details");
      this.knowsTerms = this.fillTerms(standing, form.terms);
      if (this.inForce) this.fillTerms(this.head, termsOfNothing());
      this.digest = derive("revision", this.head);
      need(this.head.list === id, `another head of ${id}`);
    }

    /// Terms that are shown follow, and so do terms that say nothing.
    fillTerms(header, terms) {
      const hash = derive("terms", terms);
      const isKnown = !isNoTerms(terms) || header.terms === null || header.terms === hash;
      fill(header, "terms", isKnown ? hash : null, "the hash of terms");
      return isKnown;
    }

    /// Of those that match the words are known: from the answer, and from their notes.
    readEntries(matches) {
      const notes = new Map(Object.entries(this.form.notes));
      const size = notes.size;
      Object.assign(this, { shown: new Map(), hashes: new Map(), words: new Map() });
      let used = 0;
      for (const it of spelledOut(this.form.shown)) {
        const match = matches.get(it.id);
        let words = null;
        if (match) {
          used += Number(notes.has(it.id));
          words = object([["cite", at(match, "cite")], ["note", at(match, "note")], ["notes", notes.get(it.id) ?? []]]);
          this.words.set(it.id, words);
        }
        fill(it, "words", words && derive("words", words), "the hash of words");
        this.shown.set(it.id, it);
        this.hashes.set(it.id, derive("entry", it));
      }
      const isSaid = [...notes.values()].every((it) => list(it).length);
      need(used === size && isSaid, `notes of ${this.id} are there for nothing`);
      need(this.words.size === matches.size, `an entry of ${this.id} that matches is left out`);
      need(Boolean(this.details) === 0 < matches.size, `the details of ${this.id} go with its matches`);
    }

    /// A leaf of a revision: an entry that is shown is named by its id.
    leaf(it) {
      const leaf = (category, entry) => object([["category", category], ["entry", entry]]);
      if (typeof it === "string") {
        need(this.shown.get(it)?.category.length === 1, `under which category does ${it} stand?`);
        return leaf(this.shown.get(it).category[0], this.hashes.get(it));
      }
      keys(it, "category", "entry");
      if (this.shown.has(it.entry)) {
        need(1 < this.shown.get(it.entry).category.length, "the id of an entry says its category");
        return leaf(it.category, this.hashes.get(it.entry));
      }
      const hash = digits(it.entry);
      need(![...this.hashes.values()].includes(hash), "an entry that is shown has a name");
      return leaf(it.category, hash);
    }

    /// Takes in the entries under some categories, or all; each that is shown must be among them.
    takeEntries(revision, bound) {
      need(this.givesEntries, `the entries of ${this.id} are left out`);
      const leaves = bound === null ? this.entries.all() : bound.flatMap((it) => this.entries.between([it], [it]));
      const ids = new Map([...this.hashes].map(([id, hash]) => [hash, id]));
      const found = new Set(leaves.map((it) => it.entry));
      const isShown = found.size === ids.size && [...found].every((it) => ids.has(it));
      need(isShown, `the entries of ${this.id} are not those that are shown`);
      const isOfLeaf = (it) => this.shown.get(ids.get(it.entry)).category.includes(it.category);
      need(leaves.every(isOfLeaf), "no entry of its leaf");
      revision.entries = this.shown;
      const named = destinations(revision).flatMap(members);
      if (named.some(isLower) || [...this.shown.values()].some((it) => it.combine !== null)) {
        need(this.knowsTerms, `the terms of ${this.id} are left out`);
        Object.assign(revision, { groups: this.form.terms.groups, combine: this.form.terms.combine });
      } else {
        need(isNoTerms(this.form.terms), `the terms of ${this.id} are there for nothing`);
      }
    }

    takeNothing() {
      const isNothing = !this.givesEntries && this.shown.size === 0 && isNoTerms(this.form.terms);
      need(isNothing, `something of ${this.id} is there for nothing`);
    }
  }

  const isNoTerms = (terms) => canonical(terms) === canonical(termsOfNothing());

  Object.assign(globalThis.neglist, { Ground, inside, isLower, placeOf, placesNamed, conditions });
})();
