package neglist

import rego.v1

# The severest of what binds; permitted where nothing does, or inside.
outcome := max({0} | {severity |
	input.from != input.to
	some entry in data.lists[input.from][input.category]
	entry.first <= input.revision
	input.revision < entry.last
	towards(entry)
	holds(entry)
	severity := severity_of(entry)
})

towards(entry) if entry.towards == "any"

towards(entry) if {
	entry.towards == "only"
	input.to in entry.places
}

towards(entry) if {
	entry.towards == "except"
	not input.to in entry.places
}

holds(entry) if {
	input.sector in entry.sector
	input.business in entry.business
	entry.subjects[0] <= input.subjects
	input.subjects < entry.subjects[1]
	entry.devices[0] <= input.devices
	input.devices < entry.devices[1]
	count(entry.yes - input.flags) == 0
	count(entry.no & input.flags) == 0
	count(entry.exemptions & input.exemptions) == 0
}

severity_of(entry) := entry.effect if entry.effect != 1

severity_of(entry) := severity if {
	entry.effect == 1
	open := [way | some way in entry.ways; count(way.yes - input.flags) == 0; count(way.no & input.flags) == 0]
	severity := of_ways(open)
}

of_ways(open) := 3 if count(open) == 0

of_ways(open) := 0 if is_satisfied(open)

of_ways(open) := 1 if {
	count(open) != 0
	not is_satisfied(open)
}

is_satisfied(open) if {
	some way in open
	count(way.all - input.mechanisms) == 0
}
