//! The whole comparison of the answers of two revisions: categories that meet
//! the same entries, places that meet the same destinations, and for each pair
//! of these the pieces in which the answers differ, joined into regions.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::compare::axes::Axes;
use crate::compare::bits::Bits;
use crate::compare::cells::{Piece, Shift};
use crate::compare::geography::Geography;
use crate::compare::problem::Problem;
use crate::compare::rule::Book;
use crate::compare::side::{Item, Scene, Side};
use crate::compare::tree::Tree;
use crate::compare::verdicts::{Ground, Region, Restriction, Values};
use crate::compare::witness::witness;
use crate::model::{At, CategoryId, PlaceKind, Question, Revision};

/// Returns the regions in which the answers of two revisions differ.
pub(super) fn regions(ground: Ground<'_>, before: Option<&Revision>, after: &Revision) -> Vec<Region> {
    let revisions: Vec<_> = before.into_iter().chain([after]).collect();
    let (tree, axes) = (Tree::new(ground.categories), Axes::new(ground.vocabulary, &revisions));
    let mut geography = Geography::new(ground.places, ground.at);
    let one = Side::new(before, &tree, &mut geography);
    let other = Side::new(Some(after), &tree, &mut geography);
    let mut comparison = Comparison {
        scene: Scene { tree, geography, axes, book: Book::default() },
        places: Vec::new(),
        before: one,
        after: other,
        known: BTreeMap::new(),
        question: template(after, ground.at),
    };
    comparison.places = comparison.scene.geography.classes();
    let affected = comparison.affected();
    let classes = comparison.classes(&affected);
    let mut regions = comparison.single(&classes);
    // Where no group changed, items stay apart.
    if affected == *comparison.scene.tree.current() {
        comparison.together(&classes, &mut regions);
    }
    regions.sort_by_cached_key(|it| (it.shift, it.items.len(), it.items.clone()));
    regions
}

fn template(after: &Revision, at: At) -> Question {
    Question {
        id: None,
        from: after.list.jurisdiction(),
        to: None,
        items: Vec::new(),
        at,
        known_on: None,
        facts: BTreeMap::new(),
        ordinary: false,
    }
}

/// Categories that meet the same entries of both revisions.
#[derive(Debug)]
struct CategoryClass {
    categories: Bits,
    /// The entries of either that bind them.
    entries: [Vec<usize>; 2],
}

struct Comparison<'a> {
    scene: Scene<'a>,
    places: Vec<Vec<usize>>,
    before: Side<'a>,
    after: Side<'a>,
    known: BTreeMap<Problem, Rc<Vec<Piece>>>,
    question: Question,
}

/// A rule and its destinations, for each of which it binds an item.
type Rules = Vec<(usize, usize)>;

impl Comparison<'_> {
    /// Returns the categories of which an answer may have changed.
    fn affected(&self) -> Bits {
        let (Some(before), Some(after)) = (self.before.revision, self.after.revision) else {
            return self.scene.tree.current().clone();
        };
        let is_same_reach = before.scope == after.scope
            && before.border() == after.border()
            && (before.within, &before.applies_when) == (after.within, &after.applies_when)
            && (&before.applies_to, &before.groups) == (&after.applies_to, &after.groups)
            && before.combine == after.combine;
        if !is_same_reach {
            return self.scene.tree.current().clone();
        }
        let mut affected = Bits::none(self.scene.tree.len());
        for (side, other) in [(&self.before, after), (&self.after, before)] {
            for bound in &side.entries {
                let is_same = other
                    .entries
                    .get(&bound.entry.id)
                    .is_some_and(|it| std::ptr::eq(it.as_ref(), bound.entry) || it.as_ref() == bound.entry);
                // What a group shares, it shares with all its entries.
                if !is_same && bound.entry.combine.is_some() {
                    return self.scene.tree.current().clone();
                }
                if !is_same {
                    affected.extend(&bound.categories);
                }
            }
        }
        affected.and(self.scene.tree.current())
    }

    fn classes(&mut self, affected: &Bits) -> Vec<CategoryClass> {
        let mut entries: BTreeMap<usize, [Vec<usize>; 2]> =
            affected.iter().map(|it| (it, [Vec::new(), Vec::new()])).collect();
        for (side, is_after) in [(&self.before, false), (&self.after, true)] {
            for (index, bound) in side.entries.iter().enumerate() {
                for category in bound.categories.and(affected).iter() {
                    if let Some([before, after]) = entries.get_mut(&category) {
                        if is_after { after.push(index) } else { before.push(index) }
                    }
                }
            }
        }
        let mut classes = BTreeMap::new();
        for (category, [before, after]) in entries {
            let presence = [&self.before, &self.after].map(|it| it.presence(&self.scene.tree, &[category]));
            let is_in_scope = [&self.before, &self.after].map(|it| it.is_in_scope(category));
            let entries = [before, after];
            let rules = self.rules(&[category], &[&entries]);
            let combines = self.before.combines() || self.after.combines();
            // In company, the entries themselves may come to something else.
            let company = combines.then(|| entries.clone());
            let class = classes.entry((rules, is_in_scope, presence, company));
            let class =
                class.or_insert_with(|| CategoryClass { categories: Bits::none(self.scene.tree.len()), entries });
            class.categories.insert(category);
        }
        classes.into_values().collect()
    }

    /// Returns the rules of both revisions that bind some items, of the
    /// entries that may.
    fn rules(&mut self, items: &[usize], entries: &[&[Vec<usize>; 2]]) -> [Rules; 2] {
        let Scene { tree, axes, book, .. } = &mut self.scene;
        let mut rules = [Rules::new(), Rules::new()];
        let [of_before, of_after] = &mut rules;
        for (side, which, all) in [(&mut self.before, 0, of_before), (&mut self.after, 1, of_after)] {
            let presence = side.presence(tree, items);
            for (number, (category, entries)) in items.iter().zip(entries).enumerate() {
                let item = Item { number, category: *category, presence: &presence };
                let entries = entries.get(which).map(Vec::as_slice).unwrap_or_default();
                all.extend(side.rules(entries, item, tree, axes, book));
            }
        }
        rules
    }

    fn problem(&self, rules: &[Rules; 2], items: &[usize], place: usize) -> Option<Problem> {
        let [before, after] = rules;
        let (geography, axes) = (&self.scene.geography, &self.scene.axes);
        let before = self.before.says(before, items, place, geography, axes)?;
        let after = self.after.says(after, items, place, geography, axes)?;
        Some(Problem { before, after, items: items.len() })
    }

    fn pieces(&mut self, problem: &Problem) -> Rc<Vec<Piece>> {
        if let Some(known) = self.known.get(problem) {
            return Rc::clone(known);
        }
        let pieces = Rc::new(problem.pieces(&self.scene));
        self.known.insert(problem.clone(), Rc::clone(&pieces));
        pieces
    }

    /// Returns the regions of questions with one item.
    fn single(&mut self, classes: &[CategoryClass]) -> Vec<Region> {
        // First places are joined, then categories: what is left is disjoint.
        let mut areas: BTreeMap<(Piece, Bits), Bits> = BTreeMap::new();
        for class in classes {
            let Some(category) = class.categories.iter().next() else { continue };
            let rules = self.rules(&[category], &[&class.entries]);
            let mut by_piece: BTreeMap<Piece, Bits> = BTreeMap::new();
            for places in self.places.clone() {
                let Some(problem) = places.first().and_then(|it| self.problem(&rules, &[category], *it)) else {
                    continue;
                };
                for piece in self.pieces(&problem).iter() {
                    let all = by_piece.entry(piece.clone()).or_insert_with(|| Bits::none(self.scene.geography.len()));
                    places.iter().for_each(|it| all.insert(*it));
                }
            }
            for (piece, places) in by_piece {
                let all = areas.entry((piece, places));
                all.or_insert_with(|| Bits::none(self.scene.tree.len())).extend(&class.categories);
            }
        }
        let mut regions = Vec::new();
        for ((piece, places), categories) in areas {
            let category = self.plainest_category(&categories);
            let class = classes.iter().find(|it| it.categories.contains(category));
            let Some(entries) = class.map(|it| it.entries.clone()) else { continue };
            regions.extend(self.region(&piece, &[(category, &entries)], &[&categories], &places));
        }
        regions
    }

    /// Adds what only changed for several items together, where thresholds
    /// are shared and no question with one item already decides the class:
    /// one that is tighter, and one that is looser.
    ///
    /// More items never make an answer milder, so those that one entry needs
    /// are enough: the item that it binds, one whose threshold counts, and for
    /// an item that joins its group one as which it counts.
    fn together(&mut self, classes: &[CategoryClass], regions: &mut Vec<Region>) {
        if !self.before.combines() && !self.after.combines() {
            return;
        }
        let mut first: Vec<(usize, &[Vec<usize>; 2])> = Vec::new();
        let mut present = Vec::new();
        for class in classes {
            let Some(category) = class.categories.iter().next() else { continue };
            first.push((category, &class.entries));
            let is_present = |side: &Side<'_>| !side.presence(&self.scene.tree, &[category]).is_empty();
            if is_present(&self.before) || is_present(&self.after) {
                present.push((category, &class.entries));
            }
        }
        for company in [1, 2] {
            for target in &first {
                for (index, one) in present.iter().enumerate() {
                    for other in present.iter().skip(index).take(if company == 1 { 1 } else { usize::MAX }) {
                        if regions.iter().any(|it| it.shift != Shift::Looser) {
                            return;
                        }
                        let items = if company == 1 { vec![*target, *one] } else { vec![*target, *one, *other] };
                        let found = self.first_of(&items, regions);
                        regions.extend(found);
                    }
                }
            }
        }
    }

    fn first_of(&mut self, items: &[(usize, &[Vec<usize>; 2])], regions: &[Region]) -> Option<Region> {
        let categories: Vec<_> = items.iter().map(|it| it.0).collect();
        let entries: Vec<_> = items.iter().map(|it| it.1).collect();
        let rules = self.rules(&categories, &entries);
        for places in self.places.clone() {
            let Some(problem) = places.first().and_then(|it| self.problem(&rules, &categories, *it)) else { continue };
            let pieces = self.pieces(&problem);
            let is_new = |it: &&Piece| regions.iter().all(|region| region.shift != it.shift);
            if let Some(piece) = pieces.iter().find(is_new) {
                let mut all = Bits::none(self.scene.geography.len());
                places.iter().for_each(|it| all.insert(*it));
                let only = |it: &usize| {
                    let mut only = Bits::none(self.scene.tree.len());
                    only.insert(*it);
                    only
                };
                let sets: Vec<_> = categories.iter().map(only).collect();
                let sets: Vec<_> = sets.iter().collect();
                return self.region(&piece.clone(), items, &sets, &all);
            }
        }
        None
    }

    fn region(
        &mut self,
        piece: &Piece,
        items: &[(usize, &[Vec<usize>; 2])],
        sets: &[&Bits],
        places: &Bits,
    ) -> Option<Region> {
        let numbers: Vec<_> = items.iter().map(|it| it.0).collect();
        let entries: Vec<_> = items.iter().map(|it| it.1).collect();
        let rules = self.rules(&numbers, &entries);
        let place = self.plainest_place(places)?;
        let problem = self.problem(&rules, &numbers, place)?;
        let to = self.scene.geography.place(place).map(|it| it.code.clone());
        let template = Question { to, ..self.question.clone() };
        let categories: Vec<_> = numbers.iter().filter_map(|it| self.scene.tree.id(*it)).collect();
        let found =
            piece.steps.iter().map(|it| witness(&self.scene, &problem, &categories, &piece.cells, it, &template));
        let ids = |it: &&Bits| it.iter().filter_map(|it| self.scene.tree.id(it)).cloned().collect();
        Some(Region {
            shift: piece.shift,
            items: sets.iter().map(ids).collect(),
            to: places.iter().filter_map(|it| self.scene.geography.place(it)).map(|it| it.code.clone()).collect(),
            when: self.restrictions(&piece.cells),
            witnesses: found.collect(),
        })
    }

    fn restrictions(&self, cells: &[Bits]) -> Vec<Restriction> {
        let mut all = Vec::new();
        for (number, allowed) in cells.iter().enumerate() {
            let Some(axis) = self.scene.axes.axis(number).filter(|it| allowed.len() < it.cells.len()) else { continue };
            let (fact, window) = axis.variable.clone();
            let values = Values::of(allowed.iter().filter_map(|it| axis.cells.get(it)));
            all.extend(values.map(|values| Restriction {
                item: self.scene.axes.item_of(number),
                fact,
                window,
                values,
            }));
        }
        all
    }

    /// Returns the category that a reader sees best: of the root that most of
    /// the set belongs to, with everything below it in the set, and as broad
    /// as may be.
    fn plainest_category(&self, among: &Bits) -> usize {
        let root = |it: usize| self.scene.tree.id(it).and_then(|it| it.as_str().split('.').next());
        let mut roots: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        among.iter().for_each(|it| *roots.entry(root(it)).or_default() += 1);
        let rank = |it: &usize| {
            let is_whole = self.scene.tree.below(*it).is_within(among);
            let alike = roots.get(&root(*it)).copied().unwrap_or_default();
            let depth = self.scene.tree.id(*it).map_or(0, CategoryId::depth);
            // Where none stands for all that it holds, the narrowest says most.
            let (broad, narrow) = if is_whole { (depth, 0) } else { (0, depth) };
            (!is_whole, Reverse(alike), broad, Reverse(narrow))
        };
        among.iter().min_by_key(rank).unwrap_or_default()
    }

    fn plainest_place(&self, among: &Bits) -> Option<usize> {
        let code = |it: usize| self.scene.geography.place(it).map(|it| it.code.as_str());
        let rank = |it: &usize| {
            let known = KNOWN.iter().position(|known| code(*it) == Some(known));
            let is_country = self.scene.geography.place(*it).is_some_and(|it| it.kind == PlaceKind::Country);
            (known.unwrap_or(KNOWN.len()), !is_country)
        };
        among.iter().min_by_key(rank)
    }
}

/// Destinations that every reader knows come first as examples.
const KNOWN: [&str; 6] = ["US", "SG", "JP", "DE", "GB", "CN"];
