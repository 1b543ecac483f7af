//! A policy engine with a policy an entry: Cedar.
//!
//! A policy permits where the entry applies with a certain severity, and the
//! severest of the policies that determined the decision is the outcome: Cedar
//! itself only says yes or no. Categories are entities below one another. For
//! its benefit the revision in force is found outside, requests are built
//! beforehand, and conditions that an entry has not are left out. It asks
//! every policy of a set, so that it is linear in them by design: hence also
//! with a set for each place, chosen outside.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, Policy, PolicyId, PolicySet, Request, RestrictedExpression,
};

use crate::engine::Engine;
use crate::scan::UNKNOWN;
use crate::words::Asked;
use crate::world::{Conditions, NO_END, Row, Towards, Way, World};

/// Cedar with one set of policies, or with one for each place.
pub struct Cedar {
    name: &'static str,
    authorizer: Authorizer,
    entities: Entities,
    /// By place; or one alone.
    sets: Vec<PolicySet>,
    severities: HashMap<PolicyId, u8>,
    /// The requests, with the set to put each to; none where no revision is in
    /// force.
    requests: Vec<Option<(usize, Request)>>,
}

impl Cedar {
    pub fn new(world: &World, is_one_set: bool, how_many: usize) -> Cedar {
        let mut sets = vec![PolicySet::new(); if is_one_set { 1 } else { world.issues.len() }];
        let mut severities = HashMap::new();
        for (number, row) in world.rows.iter().enumerate() {
            for (severity, when) in severities_of(row) {
                let id = PolicyId::new(format!("{number}-{severity}"));
                let policy = Policy::parse(Some(id.clone()), text(world, row, is_one_set, &when)).unwrap();
                sets[if is_one_set { 0 } else { row.list as usize }].add(policy).unwrap();
                severities.insert(id, severity);
            }
        }
        let request = |asked: &Asked| {
            let revision = world.in_force(asked)?;
            Some((if is_one_set { 0 } else { asked.from as usize }, request(asked, revision)))
        };
        let requests = world.asked.iter().take(how_many).map(request).collect();
        let name = if is_one_set { "Cedar, one policy set" } else { "Cedar, a policy set a place" };
        Cedar { name, authorizer: Authorizer::new(), entities: entities(world), sets, severities, requests }
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        self.name
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let Some((set, request)) = &self.requests[question] else { return UNKNOWN };
        let response = self.authorizer.is_authorized(request, &self.sets[*set], &self.entities);
        response.diagnostics().reason().map(|it| self.severities[it]).max().unwrap_or(0)
    }
}

/// Returns the severities that an entry may have, each with its condition;
/// where it permits it needs no policy.
fn severities_of(row: &Row) -> Vec<(u8, String)> {
    if row.effect != 1 {
        return if row.effect == 0 { Vec::new() } else { vec![(row.effect, String::new())] };
    }
    let is_open = |it: &Way| flags(it.flags, it.values);
    let in_place = |it: &Way| format!("{} && {}", is_open(it), all_of('m', it.all));
    let any = |ways: Vec<String>| format!("({})", ways.join(" || "));
    let open = any(row.ways.iter().map(|it| format!("({})", is_open(it))).collect());
    let satisfied = any(row.ways.iter().map(|it| format!("({})", in_place(it))).collect());
    if row.ways.iter().any(|it| it.flags == 0) {
        return vec![(1, format!("&& !{satisfied}"))];
    }
    vec![(1, format!("&& {open} && !{satisfied}")), (3, format!("&& !{open}"))]
}

fn text(world: &World, row: &Row, is_one_set: bool, severity: &str) -> String {
    let names = |all: &[u16]| all.iter().map(|it| format!("Category::\"{it}\"")).collect::<Vec<_>>().join(", ");
    let mut text = match is_one_set {
        true => format!("permit (principal == Place::\"{}\", action, ", row.list),
        false => "permit (principal, action, ".to_owned(),
    };
    match row.categories.as_slice() {
        [category] => write!(text, "resource in Category::\"{category}\") when {{ ").unwrap(),
        several => write!(text, "resource) when {{ resource in [{}] && ", names(several)).unwrap(),
    }
    write!(text, "context.revision >= {} && context.revision < {} && context.leaves", row.first, row.last).unwrap();
    write!(text, "{}", conditions(&row.when)).unwrap();
    let set = |number: u32| world.sets[number as usize].iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match row.to {
        Towards::Any => {}
        Towards::Only(it) => write!(text, " && [{}].contains(context.to)", set(it)).unwrap(),
        Towards::Except(it) => write!(text, " && !([{}].contains(context.to))", set(it)).unwrap(),
    }
    for bit in (0..8).filter(|bit| row.exemptions & (1 << bit) != 0) {
        write!(text, " && !context.e{bit}").unwrap();
    }
    write!(text, " {severity} }}").unwrap();
    if !row.except.is_empty() {
        write!(text, " unless {{ resource in [{}] }}", names(&row.except)).unwrap();
    }
    text + ";"
}

fn conditions(when: &Conditions) -> String {
    let mut text = String::new();
    if when.flags != 0 {
        write!(text, " && {}", flags(when.flags, when.values)).unwrap();
    }
    for (number, among) in when.choices.iter().enumerate().filter(|(_, among)| **among != u8::MAX) {
        let among = (0..8).filter(|bit| among & (1 << bit) != 0).map(|it| it.to_string()).collect::<Vec<_>>();
        write!(text, " && [{}].contains(context.c{number})", among.join(", ")).unwrap();
    }
    for (name, (at_least, below)) in [("subjects", when.subjects), ("devices", when.devices)] {
        if at_least != 0 {
            write!(text, " && context.{name} >= {at_least}").unwrap();
        }
        if below != NO_END {
            write!(text, " && context.{name} < {below}").unwrap();
        }
    }
    text
}

fn flags(mask: u8, values: u8) -> String {
    let expected =
        |bit: &u8| if values & (1 << bit) == 0 { format!("!context.f{bit}") } else { format!("context.f{bit}") };
    let all: Vec<String> = (0..8).filter(|bit| mask & (1 << bit) != 0).map(|it| expected(&it)).collect();
    if all.is_empty() { "true".to_owned() } else { all.join(" && ") }
}

fn all_of(kind: char, mask: u8) -> String {
    let all: Vec<String> =
        (0..8).filter(|bit| mask & (1 << bit) != 0).map(|it| format!("context.{kind}{it}")).collect();
    all.join(" && ")
}

fn request(asked: &Asked, revision: u32) -> Request {
    let long = |it: u64| RestrictedExpression::new_long(i64::try_from(it).unwrap());
    let mut context = vec![
        ("revision".to_owned(), long(u64::from(revision))),
        ("to".to_owned(), long(u64::from(asked.to))),
        ("leaves".to_owned(), RestrictedExpression::new_bool(asked.from != asked.to)),
        ("subjects".to_owned(), long(asked.subjects)),
        ("devices".to_owned(), long(asked.devices)),
        ("c0".to_owned(), long(u64::from(asked.choices[0].trailing_zeros()))),
        ("c1".to_owned(), long(u64::from(asked.choices[1].trailing_zeros()))),
    ];
    for (kind, mask) in [('f', asked.flags), ('m', asked.mechanisms), ('e', asked.exemptions)] {
        let flag = |bit: u8| (format!("{kind}{bit}"), RestrictedExpression::new_bool(mask & (1 << bit) != 0));
        context.extend((0..8).map(flag));
    }
    let context = Context::from_pairs(context).unwrap();
    let action = uid("Action", "send");
    let (principal, resource) = (uid("Place", &asked.from.to_string()), uid("Category", &asked.category.to_string()));
    Request::new(principal, action, resource, context, None).unwrap()
}

fn entities(world: &World) -> Entities {
    let entity = |(number, above): (usize, &Vec<u16>)| {
        let parents = above.iter().filter(|it| **it as usize != number).map(|it| uid("Category", &it.to_string()));
        Entity::new_no_attrs(uid("Category", &number.to_string()), parents.collect::<HashSet<_>>())
    };
    Entities::from_entities(world.above.iter().enumerate().map(entity), None).unwrap()
}

fn uid(kind: &str, id: &str) -> EntityUid {
    format!("{kind}::\"{id}\"").parse().unwrap()
}
