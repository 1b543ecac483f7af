# METADATA
# title: May these categories of data leave this place on this day?
# description: >-
#   The input is a question as `neglist batch` reads it. Ask
#   `data.neglist.answer` for everything, or `data.neglist.outcome` for the word
#   alone: permitted, conditional, unknown or prohibited. Only permitted means
#   that the data may leave with no further step.
package neglist

import rego.v1

# How severe something is, is a number: the place of its word.
severities := ["permitted", "conditional", "unknown", "prohibited"]

# Whether something applies is a number too: 0 no, 1 maybe, 2 yes. Whether it
# does not is what is missing to 2.
every_of(all) := min(array.concat([2], all))

some_of(all) := max(array.concat([0], all))

answer := {
	"outcome": outcome,
	"floor": at_least,
	"decided": decided,
	"unknown_reason": unknown_reason,
	"requires": requires,
	"exemptions": exemptions,
	"duties": duties,
	"matches": matches,
	"mistakes": sort(mistakes),
	"registry": {
		"origin": data.neglist.registry.origin,
		"size": data.neglist.registry.size,
		"head": data.neglist.registry.head,
	},
}

# What goes wrong is never a yes.
default outcome := "unknown"

outcome := severities[severest] if count(mistakes) == 0

default at_least := "unknown"

at_least := severities[certain] if count(mistakes) == 0

default decided := false

decided if outcome == at_least

severest := some_of(array.concat(
	[it.severity.possible | some it in found],
	[unknown | some it in silences; unknown := 2],
))

certain := some_of(array.concat(
	[it.severity.certain | some it in found],
	[it.holds | some it in silences; it.holds == 2],
))

default unknown_reason := null

unknown_reason := "mistaken-question" if count(mistakes) > 0

unknown_reason := reasons[min(array.concat(silent, undetermined))] if {
	count(mistakes) == 0
	severest == 2
	silent := [it.reason | some it in silences]
	undetermined := [place | some it in found; it.entry.effect == "undetermined"; place := 2]
}

reasons := ["no-list", "outside-scope", "undetermined"]

# All of these, each by any of its ways, each of which needs all of its
# mechanisms.
requires := sort({ways |
	some it in found
	count(it.ways) > 0
	it.satisfied != 2
	ways := sort({sort(way.all) | some way in it.ways})
})

exemptions := sort({exemption |
	some it in found
	it.severity.possible > 0
	some exemption in object.get(it.entry, "exemptions", [])
})

duties := sort({duty | some it in found; some duty in object.get(it.entry, "duties", [])})

matches := [match |
	some it in found
	match := {
		"list": it.list,
		"version": reach[it.list].version,
		"entry": it.entry.id,
		"item": items[it.item].category,
		"applies": ["no", "maybe", "yes"][it.applies],
		"effect": it.entry.effect,
		"cite": it.entry.cite,
	}
]

# The question. One with a mistake is about nothing.

default items := []

items := input.items if count(mistakes) == 0

to := object.get(input, "to", null)

known_on := object.get(input, "known_on", null)

facts := object.get(input, "facts", {})

is_ordinary if object.get(input, "ordinary", false) == true

is_stated_true(fact) if facts[fact] == true

# The places. A bloc lies where its members lie.

whereabouts(code) := {
	"chain": chain(code),
	"members": [chain(it.place) | some it in object.get(data.neglist.registry.places[code], "members", []); holds(it)],
}

chain(code) := as_set(place.inside) | blocs if {
	place := data.neglist.registry.places[code]
	blocs := {it.place | some it in object.get(place, "blocs", []); holds(it)}
}

holds(membership) if {
	membership.from <= input.at
	input.at < object.get(membership, "until", "9999-99-99")
}

inside(where, outer) := 2 if {
	count(where.chain & outer) > 0
} else := 0 if {
	members_inside(where, outer) == 0
} else := 1 if {
	members_inside(where, outer) < count(where.members)
} else := 2

members_inside(where, outer) := count([it | some it in where.members; count(it & outer) > 0])

here := whereabouts(input.from)

there := whereabouts(to) if to != null

# The lists that are asked: those of the place, of what it is part of, and of
# the blocs that any of these belongs to. Of each list, the revision in force.

reach[id] := revision if {
	some id, list in data.neglist.registry.lists
	inside(here, {list.jurisdiction}) == 2
	revision := in_force(list)
}

in_force(list) := latest if {
	begun := [it | some it in list.revisions; it.effective <= input.at; is_known(it.published); not is_withdrawn(it)]
	last := max([it.effective | some it in begun])

	# Of two on the same day the later one counts.
	of_that_day := [it | some it in begun; it.effective == last]
	latest := of_that_day[count(of_that_day) - 1]
	not latest.repeals
	input.at < object.get(latest, "expires", "9999-99-99")
}

is_known(_) if known_on == null

is_known(day) if {
	known_on != null
	day <= known_on
}

is_withdrawn(revision) if is_known(revision.withdrawn)

# Whether the data leaves the border that counts for a list. Any destination is
# any outside.

leaves[id] := 2 if {
	some id, _ in reach
	to == null
}

leaves[id] := 2 if {
	some id, revision in reach
	to != null
	revision.within
}

leaves[id] := 2 - inside(there, {revision.border}) if {
	some id, revision in reach
	to != null
	not revision.within
}

towards[id] := goes_to(object.get(revision, "applies_to", null), revision) if some id, revision in reach

goes_to(destinations, revision) := goes_to_one_of(destinations.only, revision) if {
	destinations.only
} else := 2 - goes_to_one_of(destinations.except, revision) if {
	destinations.except
} else := 2

goes_to_one_of(members, revision) := inside(there, codes) if {
	to != null
	groups := object.get(revision, "groups", {})
	codes := {code | some member in members; some code in object.get(groups, member, [member])}
} else := 1

# The categories. What was split or moved lies where its parts lie.

covers(broader, narrower) if broader == narrower

covers(broader, narrower) if broader in object.get(data.neglist.registry.categories[narrower], "broader", [])

# What one category has in common with another: the other itself where that
# lies in it, or else the broadest that lie in both.
shared(one, other) := meaning if {
	covers(one, other)
	meaning := meaning_of(other)
} else := broadest if {
	both_cover := linked(one) & linked(other)
	broadest := {it | some it in both_cover; not is_below_another(it, both_cover)}
}

# Of a former id, what became of it.
meaning_of(category) := as_set(object.get(data.neglist.registry.categories[category], "meaning", [category]))

linked(category) := as_set(object.get(data.neglist.registry.categories[category], "linked", []))

is_below_another(category, all) if {
	some other in all
	other != category
	covers(other, category)
}

is_in_scope(revision, _) if not revision.scope

is_in_scope(revision, category) if {
	some broader in revision.scope
	covers(broader, category)
}

# The facts. A region says for each fact, with its window, the values that are
# allowed. Counts are told apart only where a condition begins or ends: a number
# stands for all that lie between its cut and the next.

possible := [of_item |
	some item in items
	of_item := {variable: possible_values(item, about) | some variable, about in data.neglist.registry.variables}
]

possible_values(item, about) := {cut} if {
	about.fact == "subjects"
	number := subjects(item, about)
	cut := cut_of("subjects", number)
} else := cuts("subjects") if {
	about.fact == "subjects"
} else := {cut} if {
	is_number(facts[about.fact])
	cut := cut_of(about.fact, facts[about.fact])
} else := {stated} if {
	stated := facts[about.fact]
} else := {false} if {
	data.neglist.registry.facts[about.fact].kind == "flag"
	is_ordinary
} else := {false, true} if {
	data.neglist.registry.facts[about.fact].kind == "flag"
} else := as_set(data.neglist.registry.facts[about.fact].values) if {
	data.neglist.registry.facts[about.fact].kind == "choice"
} else := cuts(about.fact)

subjects(item, _) := item.subjects if is_number(item.subjects)

subjects(item, about) := item.subjects[about.window] if is_object(item.subjects)

cuts(fact) := as_set(data.neglist.registry.cuts[fact])

cut_of(fact, number) := max([it | some it in data.neglist.registry.cuts[fact]; it <= number])

region(when) := lowered(when, most)

# More than any count.
most := 9007199254740993

# A region in which the numbers of people begin at a lower one.
lowered(when, lowest) := {variable: values(variable, condition, lowest) | some variable, condition in when}

values(variable, condition, lowest) := numbers if {
	is_object(condition)
	fact := data.neglist.registry.variables[variable].fact
	begin := begin_of(fact, condition, lowest)
	end := object.get(condition, "below", most)
	numbers := {cut | some cut in data.neglist.registry.cuts[fact]; begin <= cut; cut < end}
} else := as_set(condition)

begin_of(fact, condition, lowest) := min([condition.at_least, lowest]) if {
	fact == "subjects"
} else := condition.at_least

as_set(all) := {it | some it in all}

both(one, other) := {variable: values |
	named := object.keys(one) | object.keys(other)
	some variable in named
	values := in_both(one, other, variable)
}

in_both(one, other, variable) := one[variable] & other[variable] if {
	one[variable]
	other[variable]
} else := one[variable] if {
	one[variable]
} else := other[variable]

# Whether the facts lie in a region, as far as they are stated.
lies_in(item, area) := every_of([lies |
	some variable, allowed in area
	lies := lies_among(possible[item][variable], allowed)
])

lies_among(stated, allowed) := 0 if {
	count(stated & allowed) == 0
} else := 1 if {
	count(stated - allowed) > 0
} else := 2

# Whether the facts lie in a region and in none of the others.
lies_outside(item, area, others) := 0 if {
	lies_in(item, area) == 0
} else := 0 if {
	some other in others
	lies_in(item, other) == 2
} else := lies_in(item, area) if {
	every other in others { lies_in(item, other) == 0 }
} else := 1 if {
	remains(item, area, [other | some other in others; lies_in(item, other) == 1])
} else := 0

# Whether anything is left of a region without the others. To be outside of one
# is to be outside for one of its facts: every way to pick a fact of each is
# tried, as digits of a number.
remains(item, area, others) if {
	variables := [sort(object.keys(other)) | some other in others]
	ways := ways_through(variables)
	ways <= 10000
	some way in numbers.range(0, ways - 1)
	is_left(item, area, others, picks(variables, way))
}

# Of too many ways none is tried: something may be left.
remains(_, _, others) if ways_through(others) > 10000

ways_through(all) := product([count(it) | some it in all])

picks(variables, way) := [variable |
	some place, names in variables
	before := ways_through(array.slice(variables, 0, place))
	variable := names[floor(way / before) % count(names)]
]

is_left(item, area, others, picked) if {
	every variable in as_set(picked) {
		without := union({others[place][it] | some place, it in picked; it == variable})
		count(allowed_in(item, area, variable) - without) > 0
	}
}

allowed_in(item, area, variable) := possible[item][variable] & area[variable] if {
	area[variable]
} else := possible[item][variable]

# Whom a list concerns, and where others displace it.

concerns[id] := region(object.get(revision, "applies_when", {})) if some id, revision in reach

# For each item the lists that displace one, within their scope. Of two that
# displace each other neither goes.
displacing(item, id) := {other |
	some other, revision in reach
	id in object.get(revision, "displaces", [])
	not other in object.get(reach[id], "displaces", [])
	is_in_scope(revision, items[item].category)
}

displacement := [of_item |
	some item, _ in items
	of_item := {id: displaced(item, displacing(item, id)) | some id, _ in reach}
]

displaced(item, others) := {"areas": areas, "hanging": 2 - some_of(hanging)} if {
	areas := [concerns[other] | some other in others; min([leaves[other], towards[other]]) == 2]
	hanging := [going |
		some other in others
		going := min([leaves[other], towards[other]])
		going == 1
		lies_in(item, concerns[other]) > 0
	]
}

# What nothing speaks for is unknown.

silences := [{"reason": reason, "holds": 2 - spoken} |
	some item, _ in items
	spoken := some_of([speaking | some id, _ in reach; speaking := speaks(item, id)])
	spoken < 2
]

default reason := 1

reason := 0 if count(reach) == 0

speaks(item, id) := min([lies_in(item, concerns[id]), said_towards(id)]) if {
	is_in_scope(reach[id], items[item].category)
} else := 0

# Of data that stays inside, a list says just that.
said_towards(id) := 2 if {
	leaves[id] == 0
} else := towards[id]

# The entries.

entries[id] := of_revision if {
	some id, revision in reach
	of_revision := [data.neglist.registry.lists[id].entries[place] | some place in object.get(revision, "entries", [])]
}

found := [match |
	some item, _ in items
	some id, leaving in leaves
	leaving > 0
	some entry in entries[id]
	not is_lifted(entry)
	bound := binds(item, id, entry)
	going := min([leaving, bound, towards[id], goes_to(object.get(entry, "to", null), reach[id])])
	going > 0
	match := met(item, id, entry, going)
]

is_lifted(entry) if {
	some exemption in entry.exemptions
	is_stated_true(exemption)
}

# Whether an entry binds an item by its category: it covers it, or the item may
# include something that it covers.
binds(item, id, entry) := 0 if {
	some left_out in entry.except
	covers(left_out, items[item].category)
} else := 1 if {
	is_covered(items[item].category, entry.category)
	some left_out in entry.except
	count(shared(items[item].category, left_out)) > 0
} else := 2 if {
	is_covered(items[item].category, entry.category)
} else := 1 if {
	some category in entry.category
	some part in shared(items[item].category, category)
	not is_covered(part, object.get(entry, "except", []))
} else := joins(item, id, entry)

is_covered(category, all) if {
	some broader in all
	covers(broader, category)
}

met(item, id, entry, going) := match if {
	others := displacement[item][id].areas
	hanging := displacement[item][id].hanging
	applies := min([going, by_facts(item, id, entry, others), hanging])
	applies > 0
	ways := [region(object.get(way, "when", {})) | some way in object.get(entry, "requires", [])]
	open := [{"all": way.all, "is_open": is_open} |
		some place, way in object.get(entry, "requires", [])
		is_open := lies_in(item, ways[place])
		is_open > 0
	]
	satisfied := some_of([it.is_open | some it in open; are_in_place(it.all)])
	match := {
		"item": item,
		"list": id,
		"entry": entry,
		"applies": applies,
		"ways": open,
		"satisfied": satisfied,
		"severity": severity(entry, applies, open, satisfied, closed(item, id, entry, array.concat(ways, others))),
	}
}

are_in_place(mechanisms) if {
	every mechanism in mechanisms { is_stated_true(mechanism) }
}

# Whether it may be that an entry applies and each way is closed.
closed(item, id, entry, others) := lies_outside(item, area(id, entry, combined(id, entry).lowest_possible), others) if {
	entry.effect == "conditional"
} else := 0

by_facts(item, id, entry, others) := certain_facts if {
	group := combined(id, entry)
	certain_facts := lies_outside(item, area(id, entry, group.lowest), others)
	group.lowest == group.lowest_possible
} else := max([certain_facts, min([1, possible_facts])]) if {
	group := combined(id, entry)
	certain_facts := lies_outside(item, area(id, entry, group.lowest), others)

	# Only what an item may include would lower the threshold so far.
	possible_facts := lies_outside(item, area(id, entry, group.lowest_possible), others)
}

area(id, entry, lowest) := both(lowered(object.get(entry, "when", {}), lowest), concerns[id])

# What a match comes to for certain, and what it may come to.
severity(entry, applies, open, satisfied, is_closed) := {"certain": rank.certain, "possible": rank.possible} if {
	applies == 2
	rank := rank_of(entry, open, satisfied, is_closed)
} else := {"certain": 0, "possible": rank_of(entry, open, satisfied, is_closed).possible}

rank_of(entry, open, satisfied, is_closed) := {"certain": 0, "possible": 0} if {
	entry.effect == "notice"
} else := {"certain": 2, "possible": 2} if {
	entry.effect == "undetermined"
} else := {"certain": 3, "possible": 3} if {
	entry.effect == "prohibited"
} else := {"certain": 0, "possible": 0} if {
	satisfied == 2
} else := {"certain": 3, "possible": 3} if {
	# No way is open: nothing makes it lawful.
	count(open) == 0
} else := {"certain": 1 - satisfied, "possible": without_a_way(is_closed)}

without_a_way(is_closed) := 1 if {
	is_closed == 0
} else := 3

# Combine groups: where several categories of one are present, the lowest
# threshold of those counts for each.

combined(id, entry) := group if {
	group := groups[id][entry.combine]
} else := {"lowest": most, "lowest_possible": most}

groups[id] := of_revision if {
	some id, revision in reach
	of_revision := {group: counted(entries[id], group) | some group, _ in revision.combine}
}

counted(all, group) := {
	"present": present,
	"possible": possibly,
	"lowest": lowest_of(members, present),
	"lowest_possible": lowest_of(members, some_present),
} if {
	members := [entry | some entry in all; entry.combine == group]
	categories := [category | some entry in members; some category in entry.category]
	present := {deepest |
		some item in items
		deepest := deepest_covering(item.category, categories)
	}
	possibly := {category |
		some item in items
		some category in categories
		not covers(category, item.category)
		count(shared(item.category, category)) > 0
	}
	some_present := present | possibly
}

# Of two that are as deep the later one counts.
deepest_covering(category, categories) := as_deep[count(as_deep) - 1] if {
	covering := [it | some it in categories; covers(it, category)]
	depth := max([count(split(it, ".")) | some it in covering])
	as_deep := [it | some it in covering; count(split(it, ".")) == depth]
}

# What joins the only one present meets that one's own threshold.
lowest_of(members, present) := lowest if {
	count(present) > 1
	thresholds := [condition.at_least |
		some entry in members
		is_present(entry, present)
		some variable, condition in entry.when
		data.neglist.registry.variables[variable].fact == "subjects"
		condition.at_least > 0
	]
	lowest := min(array.concat([most], thresholds))
} else := most

is_present(entry, present) if {
	some category in entry.category
	category in present
}

# An item that joins a group counts as one of those present.
joins(item, id, entry) := min([joining, present]) if {
	group := groups[id][entry.combine]
	joining := some_of([included |
		some category in reach[id].combine[entry.combine]
		included := includes(items[item].category, category)
	])
	present := some_of([there_is |
		some category in entry.category
		there_is := presence(category, group)
	])
} else := 0

presence(category, group) := 2 if {
	category in group.present
} else := 1 if {
	category in group.possible
} else := 0

includes(category, other) := 2 if {
	covers(other, category)
} else := 1 if {
	count(shared(category, other)) > 0
} else := 0

# What is not understood is named, and nothing is guessed.

mistakes contains sprintf("`%v` is not a key of a question", [key]) if {
	some key, _ in input
	not key in {"id", "from", "to", "items", "at", "known_on", "facts", "ordinary"}
}

mistakes contains sprintf("unknown place `%v`", [place]) if {
	some key in ["from", "to"]
	place := object.get(input, key, null)
	not is_left_out(key, place)
	not data.neglist.registry.places[place]
}

mistakes contains sprintf("`%v` is not a date", [day]) if {
	some key in ["at", "known_on"]
	day := object.get(input, key, null)
	not is_left_out(key, day)
	not is_date(day)
}

is_left_out(key, value) if {
	key in ["to", "known_on"]
	value == null
}

is_date(day) if {
	is_string(day)
	some form in [
		`^[0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])$`,
		`^[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)$`,
		`^[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])$`,
		`^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29$`,
	]
	regex.match(form, day)
}

mistakes contains "`ordinary` is true or false" if not is_boolean(object.get(input, "ordinary", false))

mistakes contains "`items` is an array of at least one item" if {
	asked := object.get(input, "items", [])
	not is_filled(asked)
}

is_filled(asked) if {
	is_array(asked)
	count(asked) > 0
}

mistakes contains sprintf("`%v` is not an item", [item]) if {
	some item in input.items
	not is_object(item)
}

mistakes contains "`facts` is an object" if not is_object(facts)

mistakes contains sprintf("`%v` is not a key of an item", [key]) if {
	some item in input.items
	is_object(item)
	some key, _ in item
	not key in {"category", "subjects"}
}

mistakes contains sprintf("unknown category `%v`", [category]) if {
	some item in input.items
	is_object(item)
	category := object.get(item, "category", null)
	not is_askable(category)
}

is_askable(category) if {
	known := data.neglist.registry.categories[category]
	not known.removed
}

mistakes contains sprintf("`%v` is not a number of people, nor one for each window", [item.subjects]) if {
	some item in input.items
	is_object(item)
	not is_number_of_people(object.get(item, "subjects", null))
}

is_number_of_people(people) if people == null

is_number_of_people(number) if is_count(number)

is_number_of_people(numbers) if {
	is_object(numbers)
	every window, number in numbers {
		data.neglist.registry.windows[window]
		is_count(number)
	}
	contradictions := [longer |
		some longer, few in numbers
		some shorter in data.neglist.registry.windows[longer]
		few < numbers[shorter]
	]
	count(contradictions) == 0
}

is_count(number) if {
	is_number(number)
	number >= 0
	number < most
	floor(number) == number
}

mistakes contains sprintf("`%v` cannot be stated as %v", [fact, value]) if {
	some fact, value in facts
	not is_value_of(fact, value)
}

is_value_of(fact, value) if {
	known := data.neglist.registry.facts[fact]
	fact != "subjects"
	known.role != "duty"
	is_of_kind(known, value)
}

is_of_kind(known, value) if {
	known.kind == "flag"
	is_boolean(value)
}

is_of_kind(known, value) if {
	known.kind == "count"
	is_count(value)
}

is_of_kind(known, value) if {
	known.kind == "choice"
	value in known.values
}
