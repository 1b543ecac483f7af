//! The words that an answer rests on: categories, places and facts, gathered
//! from their releases.

use std::collections::{BTreeMap, BTreeSet};

use crate::canon::{CategoryForm, CategoryItem, FactItem, PlaceItem};
use crate::model::fact::SUBJECTS;
use crate::model::{
    Categories, CategoryId, Fact, FactId, FactKind, Fate, Former, Jurisdiction, Place, PlaceKind, Places, Published,
    Question, Role, Subjects, Text, Vocabulary, Window,
};
use crate::receipt::InvalidReceipt;
use crate::receipt::tree::Shelf;

type Found<T> = Result<T, InvalidReceipt>;

/// Version and day of publication of a release.
pub(super) type ReleaseId<'e> = (&'e str, &'e str);

/// Gathers the categories asked, all that is narrower, and all that is broader
/// than any of these, with the former ids that became one of them; and the ids
/// under which an entry may bind them.
pub(super) fn gather_categories(
    shelf: &dyn Shelf<CategoryItem>,
    question: &Question,
    (version, published): ReleaseId<'_>,
) -> Found<(Categories, BTreeSet<String>)> {
    let former = FormerIds::read(shelf)?;
    let asked: BTreeSet<&CategoryId> = question.items.iter().map(|it| &it.category).collect();
    let mut nodes = with_narrower(shelf, &former, asked.iter().map(|it| (*it).clone()).collect())?;
    let mut kept: BTreeMap<CategoryId, Former> = BTreeMap::new();
    let mut wanted: BTreeSet<CategoryId> = asked.into_iter().filter(|it| former.0.contains_key(*it)).cloned().collect();
    loop {
        add_broader(shelf, &mut nodes)?;
        let is_there = |it: &CategoryId| nodes.contains_key(it) || kept.contains_key(it);
        let next = former
            .0
            .iter()
            .find(|(id, (_, became))| !kept.contains_key(*id) && (wanted.contains(*id) || became.iter().any(is_there)));
        let Some((id, (it, became))) = next else { break };
        for part in became {
            match find(shelf, part)? {
                Some(form) => drop(nodes.insert(part.clone(), form)),
                None => drop(wanted.insert(part.clone())),
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

/// The former ids of a release, each with what became of it.
struct FormerIds(BTreeMap<CategoryId, (Former, Vec<CategoryId>)>);

impl FormerIds {
    fn read(shelf: &dyn Shelf<CategoryItem>) -> Found<FormerIds> {
        let mut all = BTreeMap::new();
        for item in shelf.between(&(1, String::new()), &(2, String::new()))? {
            if let CategoryItem::Former(form) = item {
                let it = form.read().map_err(InvalidReceipt::value)?;
                let became = became(shelf, &it)?;
                all.insert(it.id.clone(), (it, became));
            }
        }
        Ok(FormerIds(all))
    }
}

/// Returns what became of a former id; of one that was removed the category in
/// which it lay.
fn became(shelf: &dyn Shelf<CategoryItem>, former: &Former) -> Found<Vec<CategoryId>> {
    let Fate::Removed(_) = &former.fate else { return Ok(former.fate.became().into_iter().cloned().collect()) };
    for parent in std::iter::successors(former.id.parent(), CategoryId::parent) {
        if find(shelf, &parent)?.is_some() {
            return Ok(vec![parent]);
        }
    }
    Ok(Vec::new())
}

/// Returns categories with all that is narrower, those that became of former
/// ids among them.
fn with_narrower(
    shelf: &dyn Shelf<CategoryItem>,
    former: &FormerIds,
    mut open: Vec<CategoryId>,
) -> Found<BTreeMap<CategoryId, CategoryForm>> {
    let (mut nodes, mut seen) = (BTreeMap::new(), BTreeSet::new());
    while let Some(id) = open.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        if let Some(form) = find(shelf, &id)? {
            for it in &form.narrower {
                open.push(it.parse().map_err(InvalidReceipt::value)?);
            }
            nodes.insert(id, form);
        } else if let Some((_, became)) = former.0.get(&id) {
            open.extend(became.iter().cloned());
        }
    }
    Ok(nodes)
}

fn find(shelf: &dyn Shelf<CategoryItem>, id: &CategoryId) -> Found<Option<CategoryForm>> {
    Ok(shelf.get(&(0, id.to_string()))?.and_then(|it| match it {
        CategoryItem::Category(form) => Some(form),
        CategoryItem::Former(_) => None,
    }))
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
                let memberships = memberships.map_err(InvalidReceipt::value)?.unwrap_or_default();
                reach.extend(memberships.into_iter().map(|(bloc, _)| bloc));
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

    /// Makes a release of them. Blocs that something lies in have no more than
    /// the members that say so.
    pub(super) fn read(&self, (version, published): ReleaseId<'_>) -> Found<Places> {
        let mut places = BTreeMap::new();
        for (code, item) in &self.0 {
            places.insert(code.clone(), item.read().map_err(InvalidReceipt::value)?);
        }
        for item in self.0.values() {
            for (bloc, membership) in item.memberships().map_err(InvalidReceipt::value)? {
                places.entry(bloc.clone()).or_insert_with(|| unseen(bloc)).members.push(membership);
            }
        }
        let version = version.parse().map_err(InvalidReceipt::value)?;
        let published = published.parse().map_err(InvalidReceipt::value)?;
        Places::new(version, published, places.into_values()).map_err(InvalidReceipt::value)
    }
}

/// Returns a bloc of which nothing was looked up.
fn unseen(code: Jurisdiction) -> Place {
    Place { code, kind: PlaceKind::Bloc, parent: None, members: Vec::new(), name: Text::default() }
}

/// Gathers the facts that the question states, and others; and all windows,
/// where the question names some.
pub(super) fn gather_facts(
    shelf: &dyn Shelf<FactItem>,
    question: &Question,
    others: &BTreeSet<FactId>,
    release: ReleaseId<'_>,
) -> Found<Vocabulary> {
    let mut items = Vec::new();
    if question.items.iter().any(|it| matches!(it.subjects, Some(Subjects::In(_)))) {
        items = shelf.between(&(1, String::new()), &(2, String::new()))?;
    }
    for id in question.facts.keys().chain(others).collect::<BTreeSet<_>>() {
        items.extend(shelf.get(&(0, id.to_string()))?);
    }
    let (mut facts, mut windows) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            FactItem::Fact(form) => facts.push(form.read().map_err(InvalidReceipt::value)?),
            FactItem::Window(form) => windows.push(form.read().map_err(InvalidReceipt::value)?),
        }
    }
    vocabulary(facts, windows, release)
}

/// Makes a vocabulary. The fact that counts people is in each, and of one kind:
/// it need not be shown.
fn vocabulary(mut facts: Vec<Fact>, windows: Vec<Window>, (version, published): ReleaseId<'_>) -> Found<Vocabulary> {
    if !facts.iter().any(|it| it.id.as_str() == SUBJECTS) {
        let id = SUBJECTS.parse().map_err(InvalidReceipt::value)?;
        facts.push(Fact { id, kind: FactKind::Count, role: Role::Circumstance, name: Text::default() });
    }
    let version = version.parse().map_err(InvalidReceipt::value)?;
    let published = published.parse().map_err(InvalidReceipt::value)?;
    Vocabulary::new(version, published, facts, windows).map_err(InvalidReceipt::value)
}
