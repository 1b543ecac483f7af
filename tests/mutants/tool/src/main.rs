//! Writes every mutant that `cargo mutants --list --json` names into one copy
//! of the code, each behind a switch, so that one build has them all:
//! thousands of builds of a minute each would take days.
//!
//! `neglist-mutants LIST ROOT LEFT_OUT` changes the files below `ROOT`, but for
//! the mutants whose numbers (their places in `LIST`) are in the JSON list
//! `LEFT_OUT`, and prints where each one is, for whoever reads the compiler's
//! errors. What cannot be written behind a switch is printed as `unwritten`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprBinary, ExprStruct, ExprUnary, FieldValue, Member, UnOp};

/// What the changed code asks: whether a mutant is the one that is switched on.
/// With `NEGLIST_MUTANTS_REACHED` it writes the numbers that were asked for to
/// that file.
const SWITCH: &str = include_str!("switch.txt");

/// A mutant, as `cargo mutants` lists it.
#[derive(Deserialize)]
struct Mutant {
    file: String,
    genre: String,
    replacement: String,
    span: Area,
}

#[derive(Deserialize)]
struct Area {
    start: Place,
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Report {
    /// By file, the bytes of the changed file that belong to a mutant.
    places: BTreeMap<String, Vec<(usize, usize, usize)>>,
    unwritten: BTreeSet<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, root, left_out] = arguments.as_slice() else {
        return Err("usage: neglist-mutants LIST ROOT LEFT_OUT".into());
    };
    let root = Path::new(root);
    let mutants: Vec<Mutant> = serde_json::from_slice(&fs::read(list)?)?;
    let left_out: BTreeSet<usize> = serde_json::from_slice(&fs::read(left_out)?)?;
    let mut report = Report { places: BTreeMap::new(), unwritten: BTreeSet::new() };
    let files: BTreeSet<&String> = mutants.iter().map(|it| &it.file).collect();
    for file in files {
        let path = root.join(file);
        let text = fs::read_to_string(&path)?;
        let here = mutants.iter().enumerate().filter(|(number, it)| it.file == *file && !left_out.contains(number));
        let mut writer = Writer::new(&text, here);
        writer.visit_file(&syn::parse_file(&text)?);
        report.unwritten.extend(writer.wanted.values().flatten().map(|it| it.0));
        let (changed, places) = writer.edits.apply(&text);
        fs::write(&path, changed)?;
        report.places.insert(file.clone(), places);
    }
    fs::write(root.join("src/mutant.rs"), SWITCH)?;
    let lib = root.join("src/lib.rs");
    let text = fs::read_to_string(&lib)?;
    fs::write(&lib, text.replacen("\nmod batch;", "\nmod batch;\nmod mutant;", 1))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// Texts to be put in, so that what is inside of others stays inside.
#[derive(Default)]
struct Edits {
    /// Before the byte: outer ones first.
    before: BTreeMap<usize, Vec<String>>,
    /// After the byte before: inner ones first.
    after: BTreeMap<usize, Vec<String>>,
    removed: Vec<Range<usize>>,
    /// What an edit covers, of the text before.
    covered: Vec<(Range<usize>, usize)>,
    /// Texts put at the head of a function: where, how long, and whose.
    heads: Vec<(usize, usize, usize)>,
}

impl Edits {
    fn wrap(&mut self, range: Range<usize>, prefix: String, suffix: String) {
        self.before.entry(range.start).or_default().push(prefix);
        self.after.entry(range.end).or_default().insert(0, suffix);
    }

    fn cover(&mut self, range: &Range<usize>, numbers: impl IntoIterator<Item = usize>) {
        self.covered.extend(numbers.into_iter().map(|it| (range.clone(), it)));
    }

    fn apply(&self, text: &str) -> (String, Vec<(usize, usize, usize)>) {
        let mut changed = String::new();
        // Where each byte of the text before begins, with what is put before it,
        // and where it ends with what is put after it.
        let (mut begins, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
        for (position, character) in text.char_indices().map(|(at, it)| (at, Some(it))).chain([(text.len(), None)]) {
            for suffix in self.after.get(&position).into_iter().flatten() {
                changed.push_str(suffix);
            }
            ends[position] = changed.len();
            begins[position] = changed.len();
            for prefix in self.before.get(&position).into_iter().flatten() {
                changed.push_str(prefix);
            }
            if let Some(character) = character
                && !self.removed.iter().any(|it| it.contains(&position))
            {
                changed.push(character);
            }
        }
        let mut places: Vec<_> =
            self.covered.iter().map(|(it, number)| (begins[it.start], ends[it.end], *number)).collect();
        // Heads come first at their place, one after the other.
        let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, length, number) in &self.heads {
            let before = lengths.entry(*at).or_default();
            places.push((begins[*at] + *before, begins[*at] + *before + length, *number));
            *before += length;
        }
        (changed, places)
    }
}

/// Puts the mutants of a file into it.
struct Writer<'t> {
    text: &'t str,
    lines: Vec<usize>,
    edits: Edits,
    /// Those that are not written yet, by where they are.
    wanted: BTreeMap<(usize, &'static str), Vec<(usize, String)>>,
    /// What is written twice, in which nothing else is changed.
    twice: Vec<Range<usize>>,
}

impl<'t> Writer<'t> {
    fn new<'m>(text: &'t str, mutants: impl Iterator<Item = (usize, &'m Mutant)>) -> Writer<'t> {
        let lines: Vec<usize> = [0].into_iter().chain(text.match_indices('\n').map(|it| it.0 + 1)).collect();
        let mut writer = Writer { text, lines, edits: Edits::default(), wanted: BTreeMap::new(), twice: Vec::new() };
        for (number, mutant) in mutants {
            let at = writer.byte(mutant.span.start);
            let replacement = mutant.replacement.clone();
            let genre = match mutant.genre.as_str() {
                // What is returned has a type of its own, and goes on having it.
                "FnValue" if replacement.starts_with("::std::iter::") => "iterator",
                "FnValue" => {
                    let put = format!("if crate::mutant::is({number}) {{ return {replacement}; }} ");
                    writer.edits.heads.push((at, put.len(), number));
                    writer.edits.before.entry(at).or_default().push(put);
                    continue;
                }
                "BinaryOperator" => "binary",
                "UnaryOperator" => "unary",
                "MatchArm" => "arm",
                "MatchArmGuard" => "guard",
                _ => "field",
            };
            writer.wanted.entry((at, genre)).or_default().push((number, replacement));
        }
        writer
    }

    fn byte(&self, place: Place) -> usize {
        let line = self.lines[place.line - 1];
        line + self.text[line..].chars().take(place.column - 1).map(char::len_utf8).sum::<usize>()
    }

    fn take(&mut self, at: usize, genre: &'static str) -> Vec<(usize, String)> {
        if self.twice.iter().any(|it| it.contains(&at)) {
            return Vec::new();
        }
        self.wanted.remove(&(at, genre)).unwrap_or_default()
    }

    /// Puts the mutants of an operator back: it cannot be written.
    fn leave(&mut self, at: usize, genre: &'static str, mutants: Vec<(usize, String)>) {
        self.wanted.insert((at, genre), mutants);
    }

    fn binary(&mut self, binary: &ExprBinary) {
        let at = binary.op.span().byte_range();
        let mutants = self.take(at.start, "binary");
        if mutants.is_empty() {
            return;
        }
        let operator = &self.text[at.clone()];
        let (left, right) = (binary.left.span().byte_range(), binary.right.span().byte_range());
        let whole = left.start..right.end;
        let numbers: Vec<usize> = mutants.iter().map(|it| it.0).collect();
        let either = |left: &str, right: &str| {
            let mut text = String::new();
            for (number, replacement) in &mutants {
                text += &format!("if crate::mutant::is({number}) {{ {left} {replacement} {right} }} else ");
            }
            text + &format!("{{ {left} {operator} {right} }}")
        };
        match binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                let is_plain = matches!(mutants.as_slice(), [(_, it)] if it == "&&" || it == "||");
                if !is_plain || has_let(&binary.left) || has_let(&binary.right) {
                    self.leave(at.start, "binary", mutants);
                    return;
                }
                let not = if operator == "||" { "!" } else { "" };
                let number = numbers[0];
                self.edits.wrap(
                    left,
                    "(match ".to_owned(),
                    format!(" {{ l => if {not}l ^ crate::mutant::is({number}) {{"),
                );
                self.edits.wrap(right, String::new(), " } else { l } })".to_owned());
            }
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                let put = either("*l", "*r");
                self.edits.wrap(left, "(match (&(".to_owned(), "), &(".to_owned());
                self.edits.wrap(right, String::new(), format!(")) {{ (l, r) => {put} }})"));
            }
            BinOp::Add(_)
            | BinOp::Sub(_)
            | BinOp::Mul(_)
            | BinOp::Div(_)
            | BinOp::Rem(_)
            | BinOp::BitXor(_)
            | BinOp::BitAnd(_)
            | BinOp::BitOr(_)
            | BinOp::Shl(_)
            | BinOp::Shr(_) => {
                let put = either("l", "r");
                self.edits.wrap(left, "(match (".to_owned(), ", ".to_owned());
                self.edits.wrap(right, String::new(), format!(") {{ (l, r) => {put} }})"));
            }
            _ => {
                let place = self.text[left.clone()].to_owned();
                let put = either(&place, "r");
                self.edits.removed.push(left.clone());
                self.twice.push(left);
                self.edits.wrap(right, "(match ".to_owned(), format!(" {{ r => {put} }})"));
            }
        }
        self.edits.removed.push(at);
        self.edits.cover(&whole, numbers);
    }

    fn unary(&mut self, unary: &ExprUnary) {
        let at = unary.op.span().byte_range();
        let (UnOp::Not(_) | UnOp::Neg(_)) = unary.op else { return };
        let mutants = self.take(at.start, "unary");
        let Some((number, _)) = mutants.first() else { return };
        let operator = &self.text[at.clone()];
        let inner = unary.expr.span().byte_range();
        let suffix = format!(" {{ v => if crate::mutant::is({number}) {{ v }} else {{ {operator}v }} }})");
        self.edits.wrap(at.start..inner.end, "(match ".to_owned(), suffix);
        self.edits.cover(&(at.start..inner.end), [*number]);
        self.edits.removed.push(at);
    }

    fn arm(&mut self, arm: &Arm) {
        let pattern = arm.pat.span().byte_range();
        let deleted = self.take(pattern.start, "arm");
        let mut also = String::new();
        for (number, _) in &deleted {
            also += &format!(" && !crate::mutant::is({number})");
            self.edits.cover(&pattern, [*number]);
        }
        let Some((_, guard)) = &arm.guard else {
            if let Some(also) = also.strip_prefix(" && ") {
                self.edits.after.entry(pattern.end).or_default().push(format!(" if {also}"));
            }
            return;
        };
        let guard_at = guard.span().byte_range();
        let replaced = self.take(guard_at.start, "guard");
        if (!replaced.is_empty() || !deleted.is_empty()) && has_let(guard) {
            self.leave(pattern.start, "arm", deleted);
            self.leave(guard_at.start, "guard", replaced);
            return;
        }
        let (mut before, mut numbers) = (String::new(), Vec::new());
        for (number, replacement) in &replaced {
            before += &format!("if crate::mutant::is({number}) {{ {replacement} }} else ");
            numbers.push(*number);
        }
        if before.is_empty() && also.is_empty() {
            return;
        }
        self.edits.wrap(guard_at.clone(), format!("({before}{{ "), format!(" }}){also}"));
        self.edits.cover(&guard_at, numbers);
    }

    /// Of an iterator nothing is taken, and another thing is put behind it.
    fn iterator(&mut self, body: &Block) {
        let (Some(first), Some(last)) = (body.stmts.first(), body.stmts.last()) else { return };
        let whole = first.span().byte_range().start..last.span().byte_range().end;
        let mutants = self.take(whole.start, "iterator");
        // `Box::leak` gives what can be changed, which is another type.
        let (written, left): (Vec<_>, Vec<_>) = mutants.into_iter().partition(|it| !it.1.contains("Box::leak"));
        if !left.is_empty() {
            self.leave(whole.start, "iterator", left);
        }
        if written.is_empty() {
            return;
        }
        let is_on: Vec<_> = written.iter().map(|it| format!("crate::mutant::is({})", it.0)).collect();
        let mut suffix = format!(" }}; all.take(if {} {{ 0 }} else {{ usize::MAX }})", is_on.join(" | "));
        for ((_, replacement), is_on) in written.iter().zip(&is_on) {
            if let Some(item) = replacement.strip_prefix("::std::iter::once(").and_then(|it| it.strip_suffix(')')) {
                suffix += &format!(".chain({is_on}.then(|| {item}))");
            }
        }
        self.edits.cover(&whole, written.iter().map(|it| it.0));
        self.edits.wrap(whole, "let all = { ".to_owned(), suffix);
    }

    fn field(&mut self, field: &FieldValue, rest: &Expr) {
        let at = field.span().byte_range();
        let Member::Named(name) = &field.member else { return };
        for (number, _) in self.take(at.start, "field") {
            let rest = &self.text[rest.span().byte_range()];
            let named = if field.colon_token.is_some() { String::new() } else { format!("{name}: ") };
            let value = field.expr.span().byte_range();
            let prefix = format!("{named}(if crate::mutant::is({number}) {{ ({rest}).{name} }} else {{ ");
            self.edits.wrap(value, prefix, " })".to_owned());
            self.edits.cover(&at, [number]);
        }
    }
}

impl<'ast> Visit<'ast> for Writer<'_> {
    fn visit_expr_binary(&mut self, it: &'ast ExprBinary) {
        self.binary(it);
        visit::visit_expr_binary(self, it);
    }

    fn visit_block(&mut self, it: &'ast Block) {
        self.iterator(it);
        visit::visit_block(self, it);
    }

    fn visit_expr_unary(&mut self, it: &'ast ExprUnary) {
        self.unary(it);
        visit::visit_expr_unary(self, it);
    }

    fn visit_arm(&mut self, it: &'ast Arm) {
        self.arm(it);
        visit::visit_arm(self, it);
    }

    fn visit_expr_struct(&mut self, it: &'ast ExprStruct) {
        if let Some(rest) = &it.rest {
            it.fields.iter().for_each(|field| self.field(field, rest));
        }
        visit::visit_expr_struct(self, it);
    }
}

/// Returns whether an operand of a chain of conditions binds a name.
fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(it) if matches!(it.op, BinOp::And(_) | BinOp::Or(_)) => has_let(&it.left) || has_let(&it.right),
        _ => false,
    }
}
