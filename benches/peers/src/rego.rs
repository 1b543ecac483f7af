//! A policy engine with entries as data: regorus, its interpreter and its
//! compiled bytecode.
//!
//! For its benefit the revision in force is found outside (Rego has neither a
//! binary search nor an index by range), entries lie under every category that
//! they cover, equal values are shared, inputs are built beforehand, and flags
//! are sets of which the policy needs the members.

use std::collections::BTreeMap;
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine as Interpreter, Value};

use crate::engine::Engine;
use crate::scan::UNKNOWN;
use crate::words::Asked;
use crate::world::{NO_END, Row, Towards, World};

const POLICY: &str = include_str!("neglist.rego");
const RULE: &str = "data.neglist.outcome";

/// Returns the entries of all places as one value.
pub fn data(world: &World) -> Value {
    let sets: Vec<Value> = world.sets.iter().map(|it| places(world, it)).collect();
    let mut lists: BTreeMap<u16, BTreeMap<u16, Vec<Value>>> = BTreeMap::new();
    for row in &world.rows {
        let entry = entry(row, &sets);
        for category in world.covered(row) {
            lists.entry(row.list).or_default().entry(category).or_default().push(entry.clone());
        }
    }
    let categories = |it: BTreeMap<u16, Vec<Value>>| {
        let categories = it.into_iter().map(|(category, it)| (number(u64::from(category)), Value::from(it)));
        Value::from(categories.collect::<BTreeMap<_, _>>())
    };
    let lists = lists.into_iter().map(|(list, it)| (number(u64::from(list)), categories(it)));
    object([("lists", Value::from(lists.collect::<BTreeMap<_, _>>()))])
}

fn entry(row: &Row, sets: &[Value]) -> Value {
    let when = &row.when;
    let (towards, places) = match row.to {
        Towards::Any => ("any", Value::new_set()),
        Towards::Only(set) => ("only", sets[set as usize].clone()),
        Towards::Except(set) => ("except", sets[set as usize].clone()),
    };
    let ways = row.ways.iter().map(|it| {
        object([("all", bits(it.all)), ("yes", bits(it.flags & it.values)), ("no", bits(it.flags & !it.values))])
    });
    let range = |(from, below): (u64, u64)| Value::from(vec![number(from), number(below.min(NO_END))]);
    object([
        ("first", number(u64::from(row.first))),
        ("last", number(u64::from(row.last))),
        ("exemptions", bits(row.exemptions)),
        ("yes", bits(when.flags & when.values)),
        ("no", bits(when.flags & !when.values)),
        ("sector", bits(when.choices[0])),
        ("business", bits(when.choices[1])),
        ("subjects", range(when.subjects)),
        ("devices", range(when.devices)),
        ("towards", Value::from(towards)),
        ("places", places),
        ("effect", number(u64::from(row.effect))),
        ("ways", Value::from(ways.collect::<Vec<_>>())),
    ])
}

fn input(asked: &Asked, revision: u32) -> Value {
    object([
        ("from", number(u64::from(asked.from))),
        ("to", number(u64::from(asked.to))),
        ("category", number(u64::from(asked.category))),
        ("revision", number(u64::from(revision))),
        ("exemptions", bits(asked.exemptions)),
        ("mechanisms", bits(asked.mechanisms)),
        ("flags", bits(asked.flags)),
        ("sector", number(u64::from(asked.choices[0].trailing_zeros()))),
        ("business", number(u64::from(asked.choices[1].trailing_zeros()))),
        ("subjects", number(asked.subjects)),
        ("devices", number(asked.devices)),
    ])
}

fn places(_world: &World, set: &[u16]) -> Value {
    Value::from(set.iter().map(|it| number(u64::from(*it))).collect::<std::collections::BTreeSet<_>>())
}

fn bits(mask: u8) -> Value {
    let set = (0..8_u64).filter(|it| mask & (1 << it) != 0).map(number);
    Value::from(set.collect::<std::collections::BTreeSet<_>>())
}

fn number(number: u64) -> Value {
    Value::from(number)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::from(members.into_iter().map(|(key, it)| (Value::from(key), it)).collect::<BTreeMap<_, _>>())
}

/// Returns the inputs of questions; none where no revision is in force.
pub fn inputs(world: &World, how_many: usize) -> Vec<Option<Value>> {
    let asked = world.asked.iter().take(how_many);
    asked.map(|it| world.in_force(it).map(|revision| input(it, revision))).collect()
}

/// The interpreter.
#[derive(Debug)]
pub struct Interpreted<'v> {
    engine: Interpreter,
    inputs: &'v [Option<Value>],
}

impl<'v> Interpreted<'v> {
    pub fn new(data: &Value, inputs: &'v [Option<Value>]) -> Interpreted<'v> {
        Interpreted { engine: with_policy(Some(data)), inputs }
    }
}

impl Engine for Interpreted<'_> {
    fn name(&self) -> &'static str {
        "regorus, interpreter"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let Some(input) = &self.inputs[question] else { return UNKNOWN };
        self.engine.set_input(input.clone());
        self.engine.eval_rule(RULE.to_owned()).unwrap().as_u8().unwrap()
    }
}

/// The bytecode.
pub struct Compiled<'v> {
    machine: RegoVM,
    inputs: &'v [Option<Value>],
}

impl<'v> Compiled<'v> {
    pub fn new(data: &Value, inputs: &'v [Option<Value>]) -> Compiled<'v> {
        let rule: Arc<str> = Arc::from(RULE);
        let policy = with_policy(None).compile_with_entrypoint(&rule).unwrap();
        let program = Compiler::compile_from_policy(&policy, &[RULE]).unwrap();
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(data.clone()).unwrap();
        Compiled { machine, inputs }
    }
}

impl Engine for Compiled<'_> {
    fn name(&self) -> &'static str {
        "regorus, RVM bytecode"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let Some(input) = &self.inputs[question] else { return UNKNOWN };
        self.machine.set_input(input.clone());
        self.machine.execute_entry_point_by_name(RULE).unwrap().as_u8().unwrap()
    }
}

fn with_policy(data: Option<&Value>) -> Interpreter {
    let mut engine = Interpreter::new();
    engine.add_policy("neglist.rego".to_owned(), POLICY.to_owned()).unwrap();
    if let Some(data) = data {
        engine.add_data(data.clone()).unwrap();
    }
    engine
}
