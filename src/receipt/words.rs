//! The words that an answer rests on: categories, places and facts, gathered
//! from their releases.

use std::collections::{BTreeMap, BTreeSet};

use crate::canon::{CategoryForm, CategoryItem, FactItem, PlaceItem};
use crate::evaluate::conditions;
use crate::model::fact::SUBJECTS;
use crate::model::{
    Categories, CategoryId, Fate, Former, Jurisdiction, Lists, Places, Published, Question, Vocabulary,
};
use crate::receipt::InvalidReceipt;
use crate::receipt::leaf::Key;
use crate::receipt::tree::Shelf;

type Found<T> = Result<T, InvalidReceipt>;

/// Gathers the categories asked, all that is narrower, and all that is broader
/// than any of these; with the ids under which an entry may bind them.
pub(super) fn gather_categories(
    shelf: &dyn Shelf<CategoryItem>,
    question: &Question,
    (version, published): &(String, String),
) -> Found<(Categories, BTreeSet<String>)> {
    let mut former: BTreeMap<CategoryId, Former> = BTreeMap::new();
    for item in shelf.between(&(1, String::new()), &(2, String::new()))? {
        if let CategoryItem::Former(form) = item {
            let it = form.read().map_err(InvalidReceipt::value)?;
            former.insert(it.id.clone(), it);
        }
    }
    let mut nodes: BTreeMap<CategoryId, CategoryForm> = BTreeMap::new();
    let mut narrower: Vec<CategoryId> = question.items.iter().map(|it| it.category.clone()).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = narrower.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        match (former.get(&id), find(shelf, &id)?) {
            (_, Some(form)) => {
                for it in &form.narrower {
                    narrower.push(it.parse().map_err(InvalidReceipt::value)?);
                }
                nodes.insert(id, form);
            }
            (Some(gone), None) => narrower.extend(became(gone)),
            (None, None) => {}
        }
    }
    let mut kept: BTreeMap<CategoryId, Former> = BTreeMap::new();
    loop {
        add_broader(shelf, &mut nodes)?;
        let is_there = |it: &CategoryId| nodes.contains_key(it) || kept.contains_key(it);
        let next = former.iter().find(|(id, it)| {
            let is_asked = question.items.iter().any(|item| item.category == **id);
            !kept.contains_key(*id) && (is_asked || became(it).iter().any(is_there))
        });
        let Some((id, it)) = next else { break };
        for part in became(it) {
            if let Some(form) = find(shelf, &part)? {
                nodes.insert(part, form);
            } else if let Some(it) = former.get(&part) {
                kept.insert(part, it.clone());
            }
        }
        kept.insert(id.clone(), it.clone());
    }
    let bound = nodes.keys().chain(kept.keys()).map(ToString::to_string).collect();
    let read = nodes.into_values().map(CategoryForm::read).collect::<Result<Vec<_>, _>>();
    let (version, published) = (
        version.parse().map_err(InvalidReceipt::value)?,
        published.parse::<Published>().map_err(InvalidReceipt::value)?,
    );
    let categories = Categories::new(version, published, read.map_err(InvalidReceipt::value)?);
    let categories = categories.and_then(|it| it.with_former(kept.into_values())).map_err(InvalidReceipt::value)?;
    Ok((categories, bound))
}

fn find(shelf: &dyn Shelf<CategoryItem>, id: &CategoryId) -> Found<Option<CategoryForm>> {
    Ok(shelf.get(&(0, id.to_string()))?.and_then(|it| match it {
        CategoryItem::Category(form) => Some(form),
        CategoryItem::Former(_) => None,
    }))
}

/// Returns what became of a former id; of one that was removed what it lay in.
fn became(former: &Former) -> Vec<CategoryId> {
    match &former.fate {
        Fate::Moved(to) | Fate::Merged(to) => vec![to.clone()],
        Fate::Split(parts) => parts.iter().cloned().collect(),
        Fate::Removed(_) => former.id.parent().into_iter().collect(),
    }
}

fn add_broader(shelf: &dyn Shelf<CategoryItem>, nodes: &mut BTreeMap<CategoryId, CategoryForm>) -> Found<()> {
    let mut open: Vec<CategoryForm> = nodes.values().cloned().collect();
    while let Some(form) = open.pop() {
        let category = form.read().map_err(InvalidReceipt::value)?;
        for above in category.broader.into_iter().chain(category.id.parent()) {
            if nodes.contains_key(&above) {
                continue;
            }
            let Some(form) = find(shelf, &above)? else {
                return Err(InvalidReceipt::Missing(format!("the category `{above}`")));
            };
            nodes.insert(above, form.clone());
            open.push(form);
        }
    }
    Ok(())
}

/// The places in which something lies.
#[derive(Default)]
pub(super) struct PlaceNodes(BTreeMap<Jurisdiction, PlaceItem>);

impl PlaceNodes {
    /// Takes in a place, of a bloc its members, and all that these lie in.
    /// Returns all of them.
    pub(super) fn around(
        &mut self,
        shelf: &dyn Shelf<PlaceItem>,
        place: &Jurisdiction,
    ) -> Found<BTreeSet<Jurisdiction>> {
        let mut reach = BTreeSet::new();
        let Some(item) = self.take(shelf, place)? else { return Ok(reach) };
        let mut inner = vec![place.clone()];
        for member in item.members.clone() {
            inner.push(member.parse().map_err(InvalidReceipt::value)?);
        }
        for place in inner {
            for above in self.with_parents(shelf, &place)? {
                let memberships = self.0.get(&above).map(PlaceItem::memberships).transpose();
                reach.insert(above);
                for (bloc, _) in memberships.map_err(InvalidReceipt::value)?.unwrap_or_default() {
                    self.with_parents(shelf, &bloc)?;
                    reach.insert(bloc);
                }
            }
        }
        Ok(reach)
    }

    fn with_parents(&mut self, shelf: &dyn Shelf<PlaceItem>, place: &Jurisdiction) -> Found<Vec<Jurisdiction>> {
        let mut chain = Vec::new();
        let mut next = Some(place.clone());
        while let Some(place) = next.filter(|it| !chain.contains(it)) {
            let missing = || InvalidReceipt::Missing(format!("the place `{place}`"));
            let form = self.take(shelf, &place)?.ok_or_else(missing)?;
            next = form.read().map_err(InvalidReceipt::value)?.parent;
            chain.push(place);
        }
        Ok(chain)
    }

    fn take(&mut self, shelf: &dyn Shelf<PlaceItem>, place: &Jurisdiction) -> Found<Option<&PlaceItem>> {
        if !self.0.contains_key(place) {
            let Some(form) = shelf.get(&place.to_string())? else { return Ok(None) };
            self.0.insert(place.clone(), form);
        }
        Ok(self.0.get(place))
    }

    /// Makes a release of them. Of blocs that something lies in, only members
    /// among them are known.
    pub(super) fn read(&self, (version, published): &(String, String)) -> Found<Places> {
        let mut places = BTreeMap::new();
        for (code, item) in &self.0 {
            places.insert(code, item.read().map_err(InvalidReceipt::value)?);
        }
        for item in self.0.values() {
            for (bloc, membership) in item.memberships().map_err(InvalidReceipt::value)? {
                let missing = || InvalidReceipt::Missing(format!("the place `{bloc}`"));
                places.get_mut(&bloc).ok_or_else(missing)?.members.push(membership);
            }
        }
        let version = version.parse().map_err(InvalidReceipt::value)?;
        let published = published.parse().map_err(InvalidReceipt::value)?;
        Places::new(version, published, places.into_values()).map_err(InvalidReceipt::value)
    }
}

/// Gathers the facts that the question or a condition names, and all windows.
pub(super) fn gather_facts(
    shelf: &dyn Shelf<FactItem>,
    question: &Question,
    lists: &Lists,
    (version, published): &(String, String),
) -> Found<Vocabulary> {
    let revisions = || lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision);
    let mut ids: BTreeSet<Key> = question.facts.keys().map(|it| (0, it.to_string())).collect();
    ids.insert((0, SUBJECTS.to_owned()));
    ids.extend(revisions().flat_map(conditions).map(|(fact, _)| (0, fact.to_string())));
    let mut items = shelf.between(&(1, String::new()), &(2, String::new()))?;
    for id in &ids {
        items.extend(shelf.get(id)?);
    }
    let (mut facts, mut windows) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            FactItem::Fact(form) => facts.push(form.read().map_err(InvalidReceipt::value)?),
            FactItem::Window(form) => windows.push(form.read().map_err(InvalidReceipt::value)?),
        }
    }
    let version = version.parse().map_err(InvalidReceipt::value)?;
    let published = published.parse().map_err(InvalidReceipt::value)?;
    Vocabulary::new(version, published, facts, windows).map_err(InvalidReceipt::value)
}
