//! What may stand next in a registry, and what may not: each refusal, with what
//! is just allowed beside it.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "common/worlds.rs"]
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use neglist::canon::{Chains, Origin, Publication, ReadAhead, SecretKey, Statement};
use neglist::model::{Authority, Effect, Effective, Published, Revision};
use semver::Version;
use worlds::{blank, categories, date, id, places, plain, text, vocabulary};

const RECORDED: &str = "2020-01-01T00:00:00Z";
const LIST: &str = "XA/list";

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed(&[number; 32])
}

fn origin(root_key: Option<&SecretKey>) -> Publication {
    Publication::Origin(Origin { name: "neglist/chain".to_owned(), root_key: root_key.map(SecretKey::public) })
}

fn words() -> [Publication; 3] {
    [
        Publication::Categories(categories()),
        Publication::Facts(vocabulary()),
        Publication::Jurisdictions(places(BTreeMap::new())),
    ]
}

/// A revision of the list that is published on one day and binds from another.
fn revision(minor: u64, published: i8, effective: i8) -> Revision {
    let entry = plain("entry", &["personal"], Effect::Prohibited);
    let effective = Some(Effective(date(effective)));
    Revision { version: Version::new(1, minor, 0), effective, ..blank(LIST, published, vec![entry]) }
}

fn withdrawing(version: Version, revision: Revision) -> Publication {
    published(Revision { withdraws: BTreeSet::from([version]), ..revision })
}

fn published(revision: Revision) -> Publication {
    Publication::Revision(Box::new(revision))
}

/// Publishes, signed by some keys; says why not.
fn publish(chains: Chains, publication: Publication, keys: &[&SecretKey]) -> Result<Chains, String> {
    let sign = |statement: &Statement| keys.iter().map(|it| it.sign(statement)).collect();
    let record = chains.prepare_signed(publication, RECORDED, sign).map_err(|it| it.to_string())?;
    Ok(chains.append(record))
}

fn unsigned(publications: impl IntoIterator<Item = Publication>) -> Chains {
    let append = |chains, publication| publish(chains, publication, &[]).unwrap();
    publications.into_iter().fold(Chains::default(), append)
}

/// Checks what comes of a publication: nothing, or why it is refused.
fn check(chains: &Chains, publication: Publication, keys: &[&SecretKey], expected: &str) {
    let shown = format!("{publication:?}, signed by {keys:?}");
    let found = publish(chains.clone(), publication, keys).err().unwrap_or_default();
    let is_right = if expected.is_empty() { found.is_empty() } else { found.contains(expected) };
    assert!(is_right, "{shown}\nexpected: {expected}\nfound: {found}");
}

#[test]
fn a_journal_begins_with_its_name() {
    let named = |name: &str| Publication::Origin(Origin { name: name.to_owned(), root_key: None });
    let nothing = Chains::default();
    for good in ["a", "registry.example/lists", "A-1_b", &"x".repeat(200)] {
        check(&nothing, named(good), &[], "");
    }
    for bad in ["", "a b", "a\n", "登记", "a+b", &"x".repeat(201)] {
        check(&nothing, named(bad), &[], "is not a name for a registry");
    }
    check(&nothing, Publication::Facts(vocabulary()), &[], "begins with its origin");
    check(&unsigned([named("a")]), named("a"), &[], "only begins with it");
}

#[test]
fn a_revision_needs_its_words() {
    for missing in 0..3 {
        let all = words().into_iter().enumerate().filter(|(number, _)| *number != missing).map(|(_, it)| it);
        let chains = unsigned([origin(None)].into_iter().chain(all));
        check(&chains, published(revision(0, 2, 3)), &[], "needs releases of categories, facts and jurisdictions");
    }
    check(&unsigned([origin(None)].into_iter().chain(words())), published(revision(0, 2, 3)), &[], "");
}

#[test]
fn versions_rise_and_days_do_not_go_back() {
    let first = [published(revision(1, 4, 6)), published(Revision { list: id("XA/other"), ..revision(0, 2, 6) })];
    let chains = unsigned([origin(None)].into_iter().chain(words()).chain(first));
    for (publication, expected) in [
        (published(revision(2, 4, 6)), ""),
        (published(revision(1, 4, 6)), "at version 1.1.0: expected a higher one, found 1.1.0"),
        (published(revision(0, 4, 6)), "at version 1.1.0: expected a higher one, found 1.0.0"),
        (published(revision(2, 3, 6)), "last published on 2020-01-04: expected that day or a later one"),
        (published(Revision { version: "1.2.0+x".parse().unwrap(), ..revision(2, 4, 6) }), "has build metadata"),
        // What has not taken effect by the day may be withdrawn, of this list.
        (withdrawing(Version::new(1, 1, 0), revision(2, 5, 9)), ""),
        (withdrawing(Version::new(1, 1, 0), revision(2, 6, 9)), "1.1.0 cannot be withdrawn"),
        (withdrawing(Version::new(1, 1, 0), revision(2, 7, 9)), "1.1.0 cannot be withdrawn"),
        (withdrawing(Version::new(1, 0, 0), revision(2, 5, 9)), "1.0.0 cannot be withdrawn"),
        (withdrawing(Version::new(1, 2, 0), revision(2, 5, 9)), "1.2.0 cannot be withdrawn"),
    ] {
        check(&chains, publication, &[], expected);
    }
    // What has no day may be withdrawn on any.
    let dormant = published(Revision { effective: None, ..revision(2, 4, 6) });
    let chains = publish(chains, dormant, &[]).unwrap();
    check(&chains, withdrawing(Version::new(1, 2, 0), revision(3, 9, 9)), &[], "");
    for again in words() {
        check(&chains, again, &[], "is at version 1.0.0: expected a higher one");
    }
}

fn ministry(keys: &[&SecretKey], threshold: u64) -> Authority {
    Authority {
        id: id("ministry"),
        name: text("Ministry"),
        lists: BTreeSet::from(["XA/*".parse().unwrap()]),
        keys: keys.iter().map(|it| it.public()).collect(),
        threshold,
        reason: "admitted".to_owned(),
    }
}

#[test]
fn who_signs_may_publish_this_and_nobody_else_signs() {
    let (root, one, two, stranger) = (key(1), key(2), key(3), key(4));
    let admit = Publication::Authority;
    let chains = publish(Chains::default(), origin(Some(&root)), &[&root]).unwrap();
    let chains = words().into_iter().fold(chains, |chains, it| publish(chains, it, &[&root]).unwrap());
    let chains = publish(chains, admit(ministry(&[&one, &two], 2)), &[&root]).unwrap();
    let other =
        Authority { id: id("other"), lists: BTreeSet::from(["XB/*".parse().unwrap()]), ..ministry(&[&stranger], 1) };
    let chains = publish(chains, admit(other), &[&root]).unwrap();

    let of_list = || published(revision(0, 2, 3));
    let categories_again = || {
        let categories = categories();
        let nodes: Vec<_> = categories.iter().cloned().collect();
        let next = neglist::model::Categories::new(Version::new(1, 1, 0), Published(date(2)), nodes).unwrap();
        Publication::Categories(next.with_former(categories.all_former().cloned().collect::<Vec<_>>()).unwrap())
    };
    let with = |change: fn(&mut Authority)| {
        let mut changed = ministry(&[&one, &two], 2);
        change(&mut changed);
        admit(changed)
    };
    let renamed = with(|it| it.name = text("Bureau"));
    let wider = with(|it| it.lists.extend(["XC/*".parse().unwrap()]));
    let easier = with(|it| it.threshold = 1);
    let new_keys = || admit(Authority { reason: "a new key".to_owned(), ..ministry(&[&one, &key(5)], 2) });
    let only_keys = "may change its keys and nothing else";
    let cases: [(Publication, &[&SecretKey], &str); 24] = [
        (of_list(), &[&one, &two], ""),
        (of_list(), &[&one], "publishes with 2 of its keys, and 1 signed"),
        (of_list(), &[], "no authority with a key that signed"),
        (of_list(), &[&root], "no authority with a key that signed"),
        (of_list(), &[&one, &one], "is not over this publication"),
        (of_list(), &[&stranger], "the authority `other` may not publish `XA/list`"),
        (of_list(), &[&one, &two, &stranger], "may not publish `XA/list`, or not with these keys together"),
        (of_list(), &[&one, &two, &root], "may not publish `XA/list`, or not with these keys together"),
        (published(Revision { list: id("XB/list"), ..revision(0, 2, 3) }), &[&stranger], ""),
        (categories_again(), &[&root], ""),
        (categories_again(), &[], "signed by the root key"),
        (categories_again(), &[&one, &two], "signed by the root key"),
        (categories_again(), &[&root, &one], "signed by the root key"),
        // The root may change everything about an authority, and the authority
        // its keys.
        (renamed.clone(), &[&root], ""),
        (wider.clone(), &[&root], ""),
        (easier.clone(), &[&root], ""),
        (new_keys(), &[&one, &two], ""),
        (new_keys(), &[&one], "publishes with 2 of its keys, and 1 signed"),
        (new_keys(), &[], "signed by the root key"),
        (new_keys(), &[&one, &two, &stranger], "signed by the root key"),
        (new_keys(), &[&root, &one], "signed by the root key"),
        (renamed, &[&one, &two], only_keys),
        (wider, &[&one, &two], only_keys),
        (easier, &[&one, &two], only_keys),
    ];
    for (publication, keys, expected) in cases {
        check(&chains, publication, keys, expected);
    }
    // As many keys as sign there must be; one without any is revoked.
    check(&chains, admit(ministry(&[&one, &two], 3)), &[&root], "would publish with 3 of 2 keys");
    check(&chains, admit(ministry(&[&one, &two], 0)), &[&root], "would publish with 0 of 2 keys");
    let revoked = publish(chains, admit(ministry(&[], 2)), &[&root]).unwrap();
    check(&revoked, of_list(), &[&one, &two], "no authority with a key that signed");
}

#[test]
fn a_registry_without_a_root_key_is_signed_by_nobody() {
    let (one, chains) = (key(1), unsigned([origin(None)]));
    check(&chains, Publication::Facts(vocabulary()), &[&one], "has no root key");
    check(&chains, Publication::Authority(ministry(&[&one], 1)), &[], "has no root key");
    check(&chains, Publication::Authority(ministry(&[&one], 1)), &[&one], "has no root key");
    // A signature of another place is none here.
    let root = key(2);
    let signed = publish(Chains::default(), origin(Some(&root)), &[&root]).unwrap();
    let elsewhere = std::cell::RefCell::new(Vec::new());
    let keep = |statement: &Statement| {
        *elsewhere.borrow_mut() = vec![root.sign(statement)];
        elsewhere.borrow().clone()
    };
    let facts = signed.prepare_signed(Publication::Facts(vocabulary()), RECORDED, keep).unwrap();
    let signed = signed.append(facts);
    let stale = signed.prepare_signed(Publication::Categories(categories()), RECORDED, |_| elsewhere.take());
    assert!(stale.unwrap_err().to_string().contains("is not over this publication at this head"));
}

#[test]
fn what_was_read_ahead_is_believed_no_more_than_anything_else() {
    let root = key(1);
    let chains = publish(Chains::default(), origin(Some(&root)), &[&root]).unwrap();
    let line = |publication| {
        let record = chains.prepare_signed(publication, RECORDED, |it| vec![root.sign(it)]).unwrap();
        String::from_utf8(record.line().to_vec()).unwrap()
    };
    let signature = |line: &str| line.split_once("\"signature\":\"").unwrap().1.get(..128).unwrap().to_owned();
    let take = |line: &str, is_ahead: bool| {
        let ahead = ReadAhead::of(line.as_bytes()).unwrap();
        let ahead = if is_ahead { ahead.with_signatures("neglist/chain") } else { ahead };
        chains.clone().take(ahead, line.as_bytes()).map_err(|it| it.to_string())
    };
    // What the same key signed of something else, and nothing at all.
    let (facts, other) = (line(Publication::Facts(vocabulary())), line(Publication::Categories(categories())));
    for is_ahead in [false, true] {
        assert!(take(&facts, is_ahead).is_ok());
        for forged in [signature(&other), "0".repeat(128)] {
            let error = take(&facts.replace(&signature(&facts), &forged), is_ahead).unwrap_err();
            assert!(error.contains("is not over this publication"), "{error}");
        }
    }
}
