// From what is proven to the answer: docs/receipt.md, "From evidence to answer".
"use strict";

(() => {
  const { need, object, having, at, keys, canonical, compare, sorted, choice, inside, isLower, placeOf, placesNamed, conditions, MOST } =
    globalThis.neglist;

  // --- three values: no, yes, and maybe on a set of open things. Of these the
  // first letter says of which kind they are: a fact, a category, the destination.

  const NO = { open: new Set() };
  const YES = { open: new Set() };
  const [FACT, CATEGORY, DESTINATION] = ["0", "1", "2"];
  const maybe = (...open) => ({ open: new Set(open) });
  const together = (a, b) => ({ open: new Set([...a.open, ...b.open]) });

  function both(a, b) {
    if (a === NO || b === NO) return NO;
    return a === YES ? b : b === YES ? a : together(a, b);
  }

  function either(a, b) {
    if (a === YES || b === YES) return YES;
    return a === NO ? b : b === NO ? a : together(a, b);
  }

  const opposite = (a) => (a === NO ? YES : a === YES ? NO : a);

  // --- values: ranges of counts in an array, or a set of all else

  const isRanges = Array.isArray;
  const everything = () => [[0, null]];
  const exactly = (count) => [[count, count < MOST ? count + 1 : null]];
  const isNone = (values) => (isRanges(values) ? values.length : values.size) === 0;

  function meet(a, b) {
    need(isRanges(a) === isRanges(b), "a value of another kind");
    if (!isRanges(a)) return new Set([...a].filter((it) => b.has(it)));
    const ends = (x, y) => (x === null ? y : y === null ? x : Math.min(x, y));
    const cut = a.flatMap((x) => b.map((y) => [Math.max(x[0], y[0]), ends(x[1], y[1])]));
    return cut.filter(([low, high]) => high === null || low < high);
  }

  function without(a, b) {
    need(isRanges(a) === isRanges(b), "a value of another kind");
    if (!isRanges(a)) return new Set([...a].filter((it) => !b.has(it)));
    let left = a;
    for (const [low, high] of b) {
      const [below, above] = [low ? meet(left, [[0, low]]) : [], high !== null ? meet(left, [[high, null]]) : []];
      left = [...below, ...above].sort((x, y) => x[0] - y[0]);
    }
    return left;
  }

  const variable = (fact, window) => `${fact}\0${window ?? ""}`;
  const factOf = (variable) => variable.split("\0")[0];

  /// For each fact and window, the values that are allowed.
  function region(when) {
    const found = new Map();
    for (const [fact, condition] of Object.entries(when)) {
      const [kind, value] = choice(condition);
      if (kind === "count") found.set(variable(fact, value.window), [[value.at_least, value.below]]);
      else found.set(variable(fact), new Set(kind === "flag" ? [value] : value));
    }
    return found;
  }

  function narrowed(one, other) {
    const found = new Map(one);
    for (const [name, values] of other) found.set(name, found.has(name) ? meet(found.get(name), values) : values);
    return found;
  }

  const SEVERITY = ["permitted", "conditional", "unknown", "prohibited"];
  const EFFECTS = object([["notice", 0], ["undetermined", 2], ["prohibited", 3]]);
  const NOTES = ["conflict", "retroactive", "lapsed", "grace", "annulled-later", "not-operational", "low-confidence", "gap"];
  const REASONS = ["no-list", "outside-scope", "undetermined"];
  const depth = (id) => id.split(".").length;
  const distinct = (all) => [...new Map(all.map((it) => [canonical(it), it])).values()];
  const isWindows = (subjects) => typeof subjects === "object" && subjects !== null;

  /// Of the categories that cover something, the deepest; of several the last.
  function deepest(covering) {
    const most = Math.max(...covering.map(depth));
    return covering.filter((it) => depth(it) === most).at(-1);
  }

  /// Asks once; what is assumed beyond the question shows what a case would lead to.
  class Asking {
    constructor(state, question, { includes = new Map(), isElsewhere = false, asks = true } = {}) {
      Object.assign(this, { state, question, includes, isElsewhere });
      Object.assign(this, { matches: [], consulted: [], decisive: [], silences: [], notes: [], relied: new Set() });
      this.to = question.to === null ? null : state.whereabouts(question.to, question.at);
      if (asks) this.ask();
    }

    ask() {
      const { state, question } = this;
      const from = state.whereabouts(question.from, question.at);
      const isSubject = (id) => inside(from, (it) => it === placeOf(id)) === "all";
      const over = sorted(state.lists.keys()).filter(isSubject).map((id) => state.lists.get(id));
      this.lists = over.filter((it) => it.in_force);
      this.leaving = new Map(this.lists.map((it) => [it, this.leaves(it)]));
      this.combined = new Map(
        this.lists.map((it) => [it, new Map(Object.keys(it.combine).map((group) => [group, this.combine(it, group)]))]),
      );
      for (const item of question.items) this.askItem(item);
      this.consult(over.filter((it) => !it.in_force));
    }

    askItem(item) {
      const byList = [];
      for (const it of this.lists) {
        if (this.leaving.get(it) === NO) continue;
        const before = this.matches.length;
        this.askList(it, item);
        const severest = Math.max(0, ...this.matches.slice(before).map((found) => this.severity(found)[0]));
        const [regions] = this.displacement(it, item);
        const isDisplaced = regions.some((one) => this.liesIn(one, item) === YES);
        if (!isDisplaced && this.speaks(it, item) === YES) byList.push([it.header.list, severest]);
      }
      this.noteConflict(item.category, byList);
      const silent = this.lists.reduce((all, it) => both(all, opposite(this.speaks(it, item))), YES);
      if (silent !== NO) this.silences.push([this.lists.length ? "outside-scope" : "no-list", silent]);
    }

    // what is stated

    possible(name, item) {
      const [fact, window] = name.split("\0");
      if (fact === "subjects") {
        const stated = isWindows(item.subjects) ? item.subjects[window] : item.subjects;
        return stated === undefined || stated === null ? everything() : exactly(stated);
      }
      if (fact in this.question.facts) {
        const value = this.question.facts[fact];
        return typeof value === "number" ? exactly(value) : new Set([value]);
      }
      const known = this.state.facts.get(fact);
      if (known?.kind === "flag") return new Set(this.question.ordinary ? [false] : [true, false]);
      return known?.kind === "choice" ? new Set(known.values) : everything();
    }

    liesIn(where, item) {
      let lies = YES;
      for (const name of sorted(where.keys())) {
        const possible = this.possible(name, item);
        if (isNone(meet(possible, where.get(name)))) return NO;
        if (!isNone(without(possible, where.get(name)))) lies = both(lies, maybe(FACT + factOf(name)));
      }
      return lies;
    }

    liesInButNotIn(where, others, item) {
      const lies = this.liesIn(where, item);
      if (!others.length || lies === NO) return lies;
      const [first, ...rest] = others;
      const restLies = this.liesInButNotIn(where, rest, item);
      const inFirst = this.liesIn(first, item);
      if (inFirst === NO) return restLies;
      if (inFirst === YES) return NO;
      for (const name of sorted(first.keys())) {
        const allowed = where.get(name) ?? this.possible(name, item);
        const outside = narrowed(where, new Map([[name, without(allowed, first.get(name))]]));
        if (this.liesInButNotIn(outside, rest, item) !== NO) return both(restLies, inFirst);
      }
      return NO;
    }

    isTrue(fact) {
      return this.question.facts[fact] === true;
    }

    // where it goes

    leaves({ header }) {
      if (this.to === null || header.within) return YES;
      const border = header.border ?? placeOf(header.list);
      return { all: NO, some: maybe(DESTINATION), none: YES }[inside(this.to, (it) => it === border)];
    }

    goesTo(to, it) {
      if (to.only === null && to.except === null) return YES;
      const members = to.only ?? to.except;
      let goes;
      if (this.to === null) {
        goes = this.isElsewhere ? NO : maybe(DESTINATION);
      } else {
        const isMember = (place) =>
          members.some((one) => (isLower(one) ? (it.groups[one] ?? []).includes(place) : one === place));
        goes = { all: YES, some: maybe(DESTINATION), none: NO }[inside(this.to, isMember)];
      }
      return to.only !== null ? goes : opposite(goes);
    }

    // of what a list speaks

    isInScope({ header: { scope } }, category) {
      return canonical(scope) === '["*"]' || scope.some((it) => this.state.covers(it, category));
    }

    meetsScope({ header: { scope } }, category) {
      const meets = (it) => this.state.covers(it, category) || this.state.covers(category, it);
      return canonical(scope) === '["*"]' || scope.some(meets);
    }

    speaks(it, item) {
      if (!this.isInScope(it, item.category)) return NO;
      const towards = this.leaving.get(it) === NO ? YES : this.goesTo(it.header.applies_to, it);
      return both(towards, this.liesIn(region(it.header.applies_when), item));
    }

    /// The regions in which others displace a list, and whether it hangs on the destination.
    displacement(it, item) {
      const [regions, own] = [[], it.header];
      let hangs = false;
      for (const other of this.lists) {
        const { header } = other;
        if (!header.displaces.includes(own.list) || own.displaces.includes(header.list)) continue;
        if (!this.isInScope(other, item.category)) continue;
        const when = region(header.applies_when);
        const towards = both(this.leaving.get(other), this.goesTo(header.applies_to, other));
        if (towards === YES) regions.push(when);
        else if (towards !== NO) hangs ||= this.liesIn(when, item) !== NO;
      }
      return [regions, hangs];
    }

    // entries

    askList(it, item) {
      const displacement = this.displacement(it, item);
      for (const id of sorted(it.entries.keys())) {
        const entry = it.entries.get(id);
        const bound = this.applies(it, entry, item, displacement);
        if (!bound) continue;
        const [category, applies] = bound;
        const found = { list: it, entry, item: item.category, category, applies, ways: [], satisfied: NO, closed: NO };
        if (entry.effect === "conditional") {
          this.weigh(found, item);
          const others = [...entry.requires.map((way) => region(way.when)), ...displacement[0]];
          found.closed = this.liesInButNotIn(this.regionOf(it, entry, "possible"), others, item);
        }
        this.matches.push(found);
        const notes = [...(it.given.words.get(id)?.notes ?? []), ...(it.given.details?.notes ?? [])];
        for (const note of notes) this.note(note.kind, note.text.en, note.text.zh);
      }
    }

    weigh(found, item) {
      for (const way of found.entry.requires) {
        const isOpen = this.liesIn(region(way.when), item);
        if (isOpen === NO) continue;
        found.ways.push(way.all);
        if (!way.all.every((it) => this.isTrue(it))) continue;
        if (isOpen === YES && found.satisfied !== YES) way.all.forEach((it) => this.relied.add(it));
        found.satisfied = either(found.satisfied, isOpen);
      }
    }

    groupOf(it, entry) {
      return this.combined.get(it).get(entry.combine);
    }

    regionOf(it, entry, lowest) {
      const group = this.groupOf(it, entry);
      const when = region(entry.when);
      const low = group?.[lowest] ?? null;
      for (const [name, values] of when) {
        if (low === null || factOf(name) !== "subjects" || !values.length) continue;
        const [[first, end], ...rest] = values;
        when.set(name, [[Math.min(first, low), end], ...rest]);
      }
      return narrowed(when, region(it.header.applies_when));
    }

    applies(it, entry, item, [regions, hangs]) {
      if (entry.exemptions.some((fact) => this.isTrue(fact))) return null;
      const bound = this.binds(it, entry, item);
      if (!bound) return null;
      const [category, binds] = bound;
      const towards = both(this.goesTo(entry.to, it), this.goesTo(it.header.applies_to, it));
      let applies = both(both(this.leaving.get(it), binds), towards);
      if (applies === NO) return null;
      const group = this.groupOf(it, entry);
      let facts = this.liesInButNotIn(this.regionOf(it, entry, "certain"), regions, item);
      if (group && group.certain !== group.possible) {
        const parts = maybe(...[...group.parts.values()].map((part) => CATEGORY + part));
        facts = either(facts, both(this.liesInButNotIn(this.regionOf(it, entry, "possible"), regions, item), parts));
      }
      applies = both(both(applies, facts), hangs ? maybe(DESTINATION) : YES);
      return applies === NO ? null : [category, applies];
    }

    binds(it, entry, item) {
      const { state } = this;
      const { category } = item;
      if (entry.except.some((one) => state.covers(one, category))) return null;
      const covering = sorted(entry.category).filter((one) => state.covers(one, category));
      if (covering.length) return [deepest(covering), this.notLeftOut(entry, category)];
      let found = null;
      for (const one of sorted(entry.category)) {
        for (const part of state.shared(category, one)) {
          if (entry.except.some((left) => state.covers(left, part))) continue;
          const assumed = this.includes.get(part);
          if (assumed === false) continue;
          const applies = assumed ? this.notLeftOut(entry, part) : maybe(CATEGORY + part);
          found = found ? [found[0], either(found[1], applies)] : [one, applies];
        }
      }
      return found ?? this.joins(it, entry, item);
    }

    notLeftOut(entry, category) {
      const parts = sorted(entry.except).flatMap((one) => this.state.shared(category, one));
      const left = parts.filter((part) => this.includes.get(part) !== false);
      return left.reduce((applies, part) => both(applies, maybe(CATEGORY + part)), YES);
    }

    joins(it, entry, item) {
      const [group, joining] = [this.groupOf(it, entry), it.combine[entry.combine]];
      if (!group || !joining) return null;
      const joins = joining.reduce((all, one) => either(all, this.includesSome(item.category, one)), NO);
      if (joins === NO) return null;
      const all = sorted(entry.category);
      const present = all.find((one) => group.present.has(one));
      if (present !== undefined) return [present, joins];
      const possible = all.find((one) => group.parts.has(one));
      return possible === undefined ? null : [possible, both(joins, maybe(CATEGORY + group.parts.get(possible)))];
    }

    includesSome(category, other) {
      if (this.state.covers(other, category)) return YES;
      return this.state.shared(category, other).reduce((includes, part) => {
        const assumed = this.includes.get(part);
        return either(includes, assumed === undefined ? maybe(CATEGORY + part) : assumed ? YES : NO);
      }, NO);
    }

    /// What of a combine group is there for certain, and what may be; and the threshold that this lowers.
    combine(it, group) {
      const { state } = this;
      const entries = sorted(it.entries.keys()).map((id) => it.entries.get(id)).filter((one) => one.combine === group);
      const categories = entries.flatMap((one) => sorted(one.category));
      const [present, parts] = [new Set(), new Map()];
      for (const { category } of this.question.items) {
        const covering = categories.filter((one) => state.covers(one, category));
        if (covering.length) present.add(deepest(covering));
        for (const one of categories.filter((other) => !state.covers(other, category))) {
          for (const part of state.shared(category, one)) {
            const assumed = this.includes.get(part);
            if (assumed === true) present.add(one);
            else if (assumed === undefined) parts.set(one, part);
          }
        }
      }
      const lowest = (among) => {
        const counted = entries.filter((entry) => entry.category.some((one) => among.has(one)));
        const bounds = counted.map((entry) => entry.when.subjects?.count?.at_least).filter(Boolean);
        return 2 <= among.size && bounds.length ? Math.min(...bounds) : null;
      };
      return { present, parts, certain: lowest(present), possible: lowest(new Set([...present, ...parts.keys()])) };
    }

    // what it comes to

    /// What a match comes to for certain, and what it may come to.
    severity({ entry, satisfied, closed, ways, applies }) {
      const withoutAWay = closed === NO ? 1 : 3;
      let [certain, possible] = [EFFECTS[entry.effect], EFFECTS[entry.effect]];
      if (entry.effect === "conditional") {
        if (satisfied === YES) [certain, possible] = [0, 0];
        else if (satisfied !== NO) [certain, possible] = [0, withoutAWay];
        else [certain, possible] = ways.length ? [1, withoutAWay] : [3, 3];
      }
      need(certain !== undefined, "an effect that is none");
      return [applies === YES ? certain : 0, possible];
    }

    outcome() {
      return Math.max(0, ...this.matches.map((it) => this.severity(it)[1]), ...this.silences.map(() => 2));
    }

    floor() {
      const certain = this.silences.filter(([, holds]) => holds === YES).map(() => 2);
      return Math.max(0, ...this.matches.map((it) => this.severity(it)[0]), ...certain);
    }

    unknownReason() {
      if (this.outcome() !== 2) return null;
      const isUndetermined = this.matches.some((it) => it.entry.effect === "undetermined");
      const reasons = [...this.silences.map(([reason]) => reason), ...(isUndetermined ? ["undetermined"] : [])];
      return REASONS.find((it) => reasons.includes(it)) ?? null;
    }

    open() {
      const [floor, found] = [this.floor(), new Set()];
      const add = (it) => it.open.forEach((one) => found.add(one));
      for (const it of this.matches) {
        const [, possible] = this.severity(it);
        if (floor < possible || possible === 1) [it.applies, it.satisfied, it.closed].forEach(add);
      }
      if (floor < 2) this.silences.forEach(([, holds]) => add(holds));
      return sorted(found);
    }

    requires() {
      const gates = this.matches.filter((it) => it.ways.length && it.satisfied !== YES);
      return sorted(distinct(gates.map((it) => sorted(distinct(it.ways.map(sorted))))));
    }

    result() {
      const [outcome, floor] = [SEVERITY[this.outcome()], SEVERITY[this.floor()]];
      return object([["floor", floor], ["outcome", outcome], ["requires", this.requires()]]);
    }

    // what else a reader should know

    note(kind, en, zh) {
      need(NOTES.includes(kind), "a note of no kind");
      this.notes.push([NOTES.indexOf(kind), en, zh]);
    }

    noteConflict(category, byList) {
      const strictest = Math.max(0, ...byList.map(([, severity]) => severity));
      const strict = byList.filter(([, severity]) => severity === strictest).at(-1)?.[0];
      for (const [one, severity] of byList.filter((it) => it[1] < strictest)) {
        const [word, other] = [SEVERITY[severity], SEVERITY[strictest]];
        this.note(
          "conflict",
          `for ${category}, ${one} says ${word} and ${strict} says ${other}: the stricter counts`,
          `对于${category}，${one}为${word}，${strict}为${other}：以较严者为准`,
        );
      }
    }

    consult(lapsed) {
      const { items } = this.question;
      const matched = new Set(this.matches.map((it) => it.list));
      for (const it of this.lists) {
        const isAsked = items.some((item) => this.isAsked(it, item));
        if (isAsked || matched.has(it) || it.header.displaces.length) this.decisive.push(it);
        if (isAsked || matched.has(it)) this.consulted.push(it);
        if (matched.has(it)) this.noteMatched(it.header);
      }
      for (const { header } of lapsed.filter((it) => items.some((item) => this.meetsScope(it, item.category)))) {
        const { list, version, expires } = header;
        if (expires !== null && !header.repeals) {
          this.note("lapsed", `${list} ${version} ran out on ${expires}`, `${list} ${version}已于${expires}到期失效`);
        } else {
          this.note("lapsed", `${list} was ended by its version ${version}`, `${list}已由其${version}版终止`);
        }
      }
    }

    noteMatched({ list, version, published, confidence }) {
      if (this.question.at < published) {
        this.note(
          "retroactive",
          `${list} ${version} was published on ${published}, after the day asked about`,
          `${list} ${version}公布于${published}，晚于所询日期`,
        );
      }
      if (confidence === "low") {
        this.note("low-confidence", `${list} ${version} rests on weak sources`, `${list} ${version}所依据的来源较弱`);
      }
    }

    isAsked(it, item) {
      if (!this.meetsScope(it, item.category)) return false;
      if (this.leaving.get(it) === NO) return this.speaks(it, item) !== NO;
      const [regions] = this.displacement(it, item);
      return (
        this.liesIn(region(it.header.applies_when), item) !== NO &&
        this.goesTo(it.header.applies_to, it) !== NO &&
        regions.every((one) => this.liesIn(one, item) !== YES)
      );
    }
  }

  // --- cases

  const caseOf = (value, asking) => having(asking.result(), { value });

  function dependsOn(state, question, asking) {
    const found = asking.open().map((open) => {
      const [kind, name] = [open[0], open.slice(1)];
      if (kind === FACT) return object([["cases", factCases(state, question, name, asking.decisive)], ["fact", name]]);
      if (kind === DESTINATION) {
        return object([["cases", destinationCases(state, question, asking.decisive)], ["destination", "to"]]);
      }
      const including = (it) => caseOf(it, new Asking(state, question, { includes: new Map([[name, it]]) }));
      return object([["cases", [true, false].map(including)], ["category", name]]);
    });
    const results = (it) => new Set(it.cases.map((one) => canonical(having(one, { value: null }))));
    const matter = found.filter((it) => 1 < results(it).size);
    return matter.length ? matter : found;
  }

  function destinationCases(state, question, decisive) {
    const { to } = question;
    const named = to === null ? decisive.flatMap((it) => [...placesNamed(it)]) : state.membersOn(to, question.at);
    const cases = sorted(new Set(named)).map((place) => {
      if (!state.places.has(place)) state.places.set(place, { parent: null, blocs: [], members: [] });
      return caseOf(place, new Asking(state, having(question, { to: place })));
    });
    if (to === null) cases.push(caseOf(null, new Asking(state, question, { isElsewhere: true })));
    return cases;
  }

  function factCases(state, question, fact, decisive) {
    const known = state.facts.get(fact);
    const withValue = (value) => new Asking(state, stating(question, fact, value));
    if (!known || known.kind === "flag") return [true, false].map((it) => caseOf(it, withValue(it)));
    if (known.kind === "choice") return sorted(known.values).map((it) => caseOf(it, withValue(it)));
    const among = decisive.flatMap(conditions).filter(([name, condition]) => name === fact && "count" in condition);
    const bounds = among.flatMap(([, { count }]) => [count.at_least, count.below]).filter((it) => it !== null);
    const cuts = sorted(new Set([0, ...bounds]));
    const cases = [];
    cuts.forEach((low, place) => {
      const high = cuts[place + 1] ?? null;
      const result = withValue(low).result();
      const last = cases.at(-1);
      if (last && canonical(having(last, { value: null })) === canonical(having(result, { value: null }))) {
        last.value.below = high;
      } else {
        cases.push(having(result, { value: object([["at_least", low], ["below", high]]) }));
      }
    });
    return cases;
  }

  function stating(question, fact, value) {
    if (fact !== "subjects") return having(question, { facts: having(question.facts, { [fact]: value }) });
    const isFixed = (it) => "subjects" in it && !isWindows(it.subjects);
    return having(question, { items: question.items.map((it) => (isFixed(it) ? it : having(it, { subjects: value }))) });
  }

  // --- the whole answer

  function matchOf({ list: { header, given }, entry, item, category, applies, ways }) {
    const [words, source] = [given.words.get(entry.id), given.details?.source];
    need(words && source, "what people read of a match is left out");
    const residual = sorted(applies.open).map((it) => {
      const name = it.slice(1);
      return it[0] === FACT ? name : it[0] === CATEGORY ? `includes ${name}` : "to";
    });
    return {
      list: header.list, version: header.version, entry: entry.id, item, category,
      applies: applies === YES ? "yes" : "maybe", effect: entry.effect, requires: ways, residual, cite: words.cite, note: words.note,
      source: at(source, "citation"), url: at(source, "url"), effective: header.effective,
    };
  }

  function consultedOf({ header, hash }, staysInside) {
    const { list, version, published, effective, status, confidence } = header;
    return { list, version, revision: hash, published, effective, status, confidence, stays_inside: staysInside };
  }

  function answer(state, question) {
    const asking = new Asking(state, question);
    const matter = asking.matches.filter((it) => asking.severity(it)[1]);
    const allOf = (matches, name) => sorted(new Set(matches.flatMap((it) => it.entry[name])));
    return having(asking.result(), {
      id: question.id, question, decided: asking.outcome() === asking.floor(), unknown_reason: asking.unknownReason(),
      depends_on: dependsOn(state, question, asking), relied_on: sorted(asking.relied), exemptions: allOf(matter, "exemptions"),
      duties: allOf(asking.matches, "duties"), matches: asking.matches.map(matchOf),
      consulted: asking.consulted.map((it) => consultedOf(it, asking.leaving.get(it) === NO)),
      notes: distinct(asking.notes).sort(compare).map(([kind, en, zh]) => ({ kind: NOTES[kind], text: en, text_zh: zh })),
      registry: state.head,
    });
  }

  function checkQuestion(question, state) {
    need(question.items.length && typeof question.ordinary === "boolean", "no question");
    const isDay = (it) => /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(it);
    need(isDay(question.at) && (question.known_on === null || isDay(question.known_on)), "no day");
    for (const item of question.items) {
      need(Object.keys(item).every((it) => it === "category" || it === "subjects"), "no item");
      const windows = isWindows(item.subjects) ? Object.keys(item.subjects) : [];
      need(windows.every((it) => state.windows.has(it)), "unknown window");
    }
    for (const [id, value] of Object.entries(question.facts)) {
      const fact = state.facts.get(id);
      need(fact && fact.role !== "duty" && id !== "subjects", `unknown fact ${id}`);
      const kind = { boolean: "flag", number: "count", string: "choice" }[typeof value];
      need(kind === fact.kind && (kind !== "choice" || fact.values.includes(value)), `no value of ${id}`);
    }
  }

  const QUESTION = ["id", "from", "to", "items", "at", "known_on", "facts", "ordinary"];
  const readQuestion = (answer) => keys(at(answer, "question"), ...QUESTION);

  Object.assign(globalThis.neglist, { Asking, region, NO, answer, checkQuestion, readQuestion });
})();
