//! Releases of the catalog: what each is by semantic versioning, which are
//! refused, and that old ids go on meaning what they meant.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::path::Path;

use common::{files_below, small_catalog, small_registry};
use neglist::canon::{CategoriesForm, Chains, Origin, Publication, canonical, question_from_json};
use neglist::catalog::{self, Words, read_categories, read_places, read_vocabulary};
use neglist::cli::{Surroundings, run};
use neglist::evaluate::answer;
use neglist::model::{Categories, State};
use neglist::registry::{ReleaseError, Step, records_of};

/// The categories of most releases here, by id and what each is linked to.
const NODES: &str = "personal; personal.contact; personal.health; personal.health.genomic; research; research.genome < personal.health.genomic";

/// Writes a release: its version, its categories, and what became of others.
fn toml(version: &str, nodes: &str, more: &str) -> String {
    let mut text = format!("version = \"{version}\"\npublished = 2024-01-01\n");
    for node in nodes.split("; ") {
        let (id, broader) = node.split_once(" < ").map_or((node, String::new()), |(id, it)| (id, format!("\"{it}\"")));
        let head = format!("[[category]]\nid = \"{id}\"\nname = {{ en = \"{id}\", zh = \"文\" }}\n");
        text += &(head + &format!("broader = [{broader}]\n"));
    }
    text + more
}

fn release(version: &str, nodes: &str, more: &str) -> Categories {
    read_categories(&toml(version, nodes, more)).unwrap()
}

/// Says what a step came to: its class and what became of ids, or why it is
/// refused.
fn said(step: Result<Step, ReleaseError>) -> String {
    match step {
        Ok(step) => {
            let one = |it: &neglist::registry::Alteration| match it.others.as_slice() {
                [] => format!("; {} {}", it.what.word(), it.id),
                others => format!("; {} {} {}", it.what.word(), it.id, others.join("+")),
            };
            step.class.word().to_owned() + &step.alterations.iter().map(one).collect::<String>()
        }
        Err(error) => format!("refused: {error}"),
    }
}

#[test]
fn releases_of_categories_are_classed_by_what_they_do_to_old_ids() {
    let without_contact = NODES.replace("personal.contact; ", "");
    let renamed = NODES.replace("personal.contact", "personal.reach");
    let moved = "[[moved]]\nfrom = \"personal.contact\"\nto = \"personal.reach\"\n";
    let removed = "[[removed]]\nid = \"personal.contact\"\nwhy = { en = \"Nobody used it.\", zh = \"无人使用。\" }\n";
    let split = "[[split]]\nfrom = \"personal.contact\"\nto = [\"personal.mail\", \"personal.phone\"]\n";
    let parts = format!("{without_contact}; personal.mail; personal.phone");
    let merged = "[[merged]]\nfrom = [\"personal.contact\", \"personal.health\"]\nto = \"personal.health\"\n";
    for (version, nodes, more, expected) in [
        ("1.0.1", NODES, "", "patch"),
        (
            "1.0.1",
            &NODES.replace("research; ", "research; other; "),
            "",
            "refused: categories 1.0.1 declares a patch after 1.0.0, and what it changes makes it a minor",
        ),
        ("1.1.0", &NODES.replace("research; ", "research; research.notes; "), "", "minor; added research.notes"),
        // What is new may join branches that had nothing in common.
        (
            "1.1.0",
            &format!("{NODES}; personal.contact.lab < research"),
            "",
            "refused: categories 1.1.0 declares a minor after 1.0.0, and what it changes makes it a major",
        ),
        (
            "2.0.0",
            &format!("{NODES}; personal.contact.lab < research"),
            "",
            "major; added personal.contact.lab; covers personal research; covers personal.contact research; covers research personal+personal.contact",
        ),
        // Below what they share already it changes nothing.
        ("1.1.0", &format!("{NODES}; research.genome.raw < personal.health"), "", "minor; added research.genome.raw"),
        // A link that goes, or comes.
        (
            "2.0.0",
            &NODES.replace(" < personal.health.genomic", ""),
            "",
            "major; covers personal research+research.genome; covers personal.health research+research.genome; covers personal.health.genomic research+research.genome; covers research personal+personal.health+personal.health.genomic",
        ),
        (
            "1.0.1",
            &NODES.replace(" < personal.health.genomic", ""),
            "",
            "refused: categories 1.0.1 declares a patch after 1.0.0, and what it changes makes it a major",
        ),
        // An id that is gone.
        ("2.0.0", &without_contact, "", "refused: categories 2.0.0 does not say what became of `personal.contact`"),
        ("2.0.0", &renamed, "", "refused: categories 2.0.0 does not say what became of `personal.contact`"),
        ("2.0.0", &renamed, moved, "major; added personal.reach; gone personal.contact personal.reach"),
        (
            "1.1.0",
            &renamed,
            moved,
            "refused: categories 1.1.0 declares a minor after 1.0.0, and what it changes makes it a major",
        ),
        ("2.0.0", &without_contact, removed, "major; gone personal.contact"),
        (
            "2.0.0",
            &parts,
            split,
            "major; added personal.mail; added personal.phone; gone personal.contact personal.mail+personal.phone",
        ),
        ("2.0.0", &without_contact, merged, "major; gone personal.contact personal.health"),
    ] {
        let found = said(Step::of_categories(&release("1.0.0", NODES, ""), &release(version, nodes, more)));
        assert_eq!(found, expected, "{version} {nodes} {more}");
    }
    let reworded = toml("1.0.1", NODES, "").replacen("zh = \"文\"", "zh = \"字\"", 1);
    let found = Step::of_categories(&release("1.0.0", NODES, ""), &read_categories(&reworded).unwrap());
    assert_eq!(said(found), "patch; reworded personal");
}

#[test]
fn later_releases_go_on_saying_what_became_of_ids() {
    let moved = |from: &str, to: &str, release: &str| {
        format!("[[moved]]\nfrom = \"{from}\"\nto = \"{to}\"\nrelease = \"{release}\"\n")
    };
    let first = release("2.0.0", "a; b", &moved("old", "a", "2.0.0"));
    let chain = moved("old", "a", "2.0.0") + &moved("a", "c", "3.0.0");
    for (version, nodes, more, expected) in [
        ("2.1.0", "a; b; c", moved("old", "a", "2.0.0"), "minor; added c"),
        ("2.1.0", "a; b; c", String::new(), "refused: categories 2.1.0 does not say what became of `old`"),
        // The way may be told in steps, or at once.
        ("3.0.0", "b; c", chain.clone(), "major; added c; gone a c"),
        (
            "3.0.0",
            "b; c",
            moved("old", "c", "2.0.0") + &moved("a", "c", "3.0.0"),
            "major; reworded old; added c; gone a c",
        ),
        // It may not lead elsewhere without a word.
        (
            "2.0.1",
            "a; b",
            moved("old", "b", "2.0.0"),
            "refused: categories 2.0.1 declares a patch after 2.0.0, and what it changes makes it a major",
        ),
        ("3.0.0", "a; b", moved("old", "b", "2.0.0"), "major; covers old b"),
    ] {
        assert_eq!(said(Step::of_categories(&first, &release(version, nodes, &more))), expected, "{version} {more}");
    }
    let last = release("3.0.0", "b; c", &chain);
    let [now] = last.meaning(&"old".parse().unwrap())[..] else { unreachable!("it means one thing") };
    assert_eq!(now.as_str(), "c");
}

#[test]
fn releases_of_facts_and_places_are_classed_too() {
    let read = |name: &str| std::fs::read_to_string(small_catalog().join(name)).unwrap();
    let (facts, places) = (read("facts/1.0.0.toml"), read("jurisdictions.toml"));
    let choice = "[[fact]]\nid = \"trade\"\nkind = \"choice\"\nrole = \"circumstance\"\nvalues = [\"mining\", \"retail\"]\nname = { en = \"Sector\", zh = \"行业\" }\n";
    let before = read_vocabulary(&(facts.clone() + choice)).unwrap();
    for (text, expected) in [
        (facts.clone() + choice, "patch"),
        (facts.clone() + &choice.replace("行业", "部门"), "patch; reworded trade"),
        (facts.clone() + &choice.replace("\"retail\"", "\"retail\", \"banking\""), "major; values trade"),
        (
            facts.clone() + &choice.replace("choice\"", "flag\"").replace("values = [\"mining\", \"retail\"]\n", ""),
            "major; kind trade",
        ),
        (facts.clone(), "major; gone trade"),
        (facts.clone() + choice + &choice.replace("trade", "craft"), "minor; added craft"),
    ] {
        let after = text.replacen("version = \"1.0.0\"", "version = \"2.0.0\"", 1);
        assert_eq!(said(Step::of_facts(&before, &read_vocabulary(&after).unwrap())), expected);
    }
    let before = read_places(&places).unwrap();
    let country = "[[place]]\ncode = \"ZZ\"\nkind = \"country\"\nname = { en = \"Zed\", zh = \"末\" }\n";
    for (text, expected) in [
        (places.clone() + country, "minor; added ZZ"),
        (
            places.replacen("[[place]]\ncode = \"CN\"", "[[place]]\nparent = \"DE\"\ncode = \"CN\"", 1),
            "major; parent CN",
        ),
    ] {
        let after = text.replacen("version = \"1.0.0\"", "version = \"2.0.0\"", 1);
        assert_eq!(said(Step::of_places(&before, &read_places(&after).unwrap())), expected);
    }
}

/// What is wrong in a release is shown where it stands.
#[test]
fn mistakes_in_what_became_of_ids_are_found() {
    for (nodes, more, expected, at) in [
        (
            "a; b",
            "[[moved]]\nfrom = \"a\"\nto = \"b\"\n",
            "category `a` is there, and also said to be moved, split, merged or removed",
            "a",
        ),
        ("a", "[[moved]]\nfrom = \"b\"\nto = \"c\"\n", "category `b` became `c`, which is not in the catalog", "c"),
        (
            "a",
            "[[split]]\nfrom = \"b\"\nto = [\"a\"]\n",
            "category `b` is said to be split: expected two parts or more",
            "b",
        ),
        (
            "a",
            "[[moved]]\nfrom = \"b\"\nto = \"a\"\nrelease = \"2.0.0\"\n",
            "category `b` is gone since release 2.0.0: expected 1.0.0 or an earlier one",
            "b",
        ),
        (
            "a",
            "[[moved]]\nfrom = \"b\"\nto = \"B\"\n",
            "`B` is not a category: expected names joined by dots, such as `personal.health.genomic`",
            "B",
        ),
    ] {
        let text = toml("1.0.0", nodes, more);
        let found = read_categories(&text).unwrap_err();
        assert_eq!(found.message, expected);
        assert_eq!(text.get(found.span.unwrap()), Some(format!("\"{at}\"").as_str()));
    }
}

/// The small catalog, its category of genomes under another id in a second
/// release, which lists and questions of before know nothing of.
#[test]
fn lists_and_questions_go_on_in_old_words() {
    let folder = tempfile::tempdir().unwrap();
    common::copy_folder(&small_catalog(), folder.path());
    let first = std::fs::read_to_string(folder.path().join("categories/1.0.0.toml")).unwrap();
    let second = first.replace("personal.genomic", "personal.sequence").replace("1.0.0", "2.0.0")
        + "\n[[moved]]\nfrom = \"personal.genomic\"\nto = \"personal.sequence\"\n";
    let file = folder.path().join("categories/2.0.0.toml");
    std::fs::write(&file, &second).unwrap();
    let sources = catalog::read_folder(folder.path()).unwrap();
    let (_, records) = records_of(&sources).unwrap();
    let chains = common::chains_of(&records);
    let (before, after) = (small_state(), chains.state().unwrap());
    let ask = |state: &State, category: &str| {
        let text = format!(r#"{{"from":"CN","to":"DE","items":[{{"category":"{category}"}}],"at":"2025-06-01"}}"#);
        let question = question_from_json(&text).unwrap();
        assert_eq!(state.mistakes(&question), Vec::new(), "{category}");
        let answer = answer(state, &question);
        (answer.outcome, answer.floor, answer.matches.iter().map(|it| it.entry.id.to_string()).collect::<Vec<_>>())
    };
    let expected = ask(&before, "personal.genomic");
    assert!(expected.2.iter().any(|it| it.contains("genom")), "{expected:?}");
    assert_eq!(ask(&after, "personal.genomic"), expected);
    assert_eq!(ask(&after, "personal.sequence"), expected);
    assert_eq!(ask(&after, "personal"), ask(&before, "personal"));

    // What is written for this release has its words.
    let revision = chains.lists()[common::LIST].head().unwrap().revision.clone();
    let lists = after.lists.keys().cloned().collect();
    let words =
        Words { categories: &after.categories, vocabulary: &after.vocabulary, places: &after.places, lists: &lists };
    assert_eq!(words.unknown(&revision), Vec::new());
    let mut anew = revision.clone();
    anew.catalog = "^2.0".parse().unwrap();
    let unknown = words.unknown(&anew);
    assert!(unknown.iter().any(|it| it.message == "category `personal.genomic` was moved in release 2.0.0"));
    assert!(unknown.iter().all(|it| it.help.as_deref() == Some("write `personal.sequence`")), "{unknown:?}");

    // A release that takes the id away without a word is refused.
    std::fs::write(&file, second.split("\n[[moved]]").next().unwrap()).unwrap();
    let findings = catalog::read_folder(folder.path()).unwrap_err();
    assert!(findings.iter().all(|it| it.diagnostic.message == "unknown category `personal.genomic`"));
}

fn small_state() -> State {
    common::chains_of(&common::small_records().1).state().unwrap()
}

#[test]
fn what_was_removed_is_said_to_whoever_asks() {
    let more = "[[removed]]\nid = \"a.gone\"\nwhy = { en = \"Nobody used it.\", zh = \"无人使用。\" }\n[[moved]]\nfrom = \"b\"\nto = \"a.gone\"\n";
    let state = State { categories: release("2.0.0", "a", more), ..small_state() };
    for id in ["a.gone", "b"] {
        let mistake = state.category_mistake(&id.parse().unwrap()).unwrap();
        assert_eq!(mistake.message, format!("category `{id}` was removed from the catalog in release 2.0.0"));
        assert_eq!(mistake.hint.as_deref(), Some("Nobody used it."));
    }
}

/// A release without former ids has the bytes that it had before there could
/// be any; with them, every byte is read back and hashed.
#[test]
fn former_ids_are_part_of_what_is_hashed() {
    let plain = release("1.0.0", NODES, "");
    assert!(!String::from_utf8(canonical(&CategoriesForm::from(&plain))).unwrap().contains("former"));
    let moved = release("1.0.0", NODES, "[[moved]]\nfrom = \"old\"\nto = \"research\"\n");
    let text = String::from_utf8(canonical(&CategoriesForm::from(&moved))).unwrap();
    assert!(text.contains(r#""former":[{"fate":{"moved":"research"},"id":"old","release":"1.0.0"}]"#), "{text}");
    assert_ne!(CategoriesForm::hash(&plain, None), CategoriesForm::hash(&moved, None));
    let origin = Publication::Origin(Origin { name: "neglist/releases".to_owned(), root_key: None });
    let mut chains = Chains::default();
    for publication in [origin, Publication::Categories(moved)] {
        let record = chains.prepare(publication, common::RECORDED).unwrap();
        assert_eq!(chains.read(record.line()).unwrap(), record);
        chains = chains.append(record);
    }
}

#[test]
fn a_registry_refuses_a_release_that_lists_cannot_live_with() {
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = small_registry(&folder.path().join("registry"));
    let state = publisher.chains().state().unwrap();
    let before = files_below(&folder.path().join("registry/journal"));
    let facts = std::fs::read_to_string(small_catalog().join("facts/1.0.0.toml")).unwrap();
    let without = facts.replace("exporter.ciio", "exporter.other").replacen("1.0.0", "2.0.0", 1);
    let refused = [
        Publication::Categories(release("2.0.0", "personal", "")),
        Publication::Facts(read_vocabulary(&without).unwrap()),
        Publication::Categories(
            read_categories(&category_file().replacen("1.0.0", "1.0.1", 1).replace("broader", "dpv")).unwrap(),
        ),
    ];
    for (publication, said) in
        refused.into_iter().zip(["does not say what became of", "would not be understood any more", "makes it a major"])
    {
        let error = publisher.publish(publication, common::RECORDED).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(publisher.chains().state().unwrap(), state);
    assert_eq!(files_below(&folder.path().join("registry/journal")), before, "something was written");
}

fn category_file() -> String {
    std::fs::read_to_string(small_catalog().join("categories/1.0.0.toml")).unwrap()
}

/// Runs a command line in a folder.
fn neglist(folder: &Path, line: &str) -> (u8, String, String) {
    let is_file = |word: &str| folder.join(word).exists() || [".key", "registry"].iter().any(|it| word.ends_with(it));
    let word = |word: &str| if is_file(word) { folder.join(word).into_os_string() } else { word.into() };
    let surroundings = Surroundings {
        clock: || 0,
        pause: |_| {},
        today: "2026-11-23".parse::<neglist::model::date::Date>().unwrap().into(),
        now: "2026-11-23T08:00:00Z".to_owned(),
        passphrase: None,
        data_folder: None,
        registry: Some(folder.join("registry").display().to_string()),
        is_err_terminal: false,
        width: 100,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("neglist".into()).chain(line.split(' ').map(word));
    let code = run(arguments, &surroundings, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn releases_are_published_by_the_root_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let run = |line: &str| neglist(path, line);
    assert_eq!(run("key new root.key").0, 0);
    assert_eq!(run("key new stranger.key").0, 0);
    assert_eq!(run("init --origin ministry.example/lists --key root.key").0, 0);
    let bundled = std::fs::read_to_string("catalog/categories/1.0.0.toml").unwrap();
    std::fs::create_dir_all(path.join("words/categories")).unwrap();
    std::fs::write(path.join("words/categories/1.0.0.toml"), &bundled).unwrap();
    let (code, out, err) = run("catalog diff words");
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("the registry has every release"), "{err}");

    let renamed =
        bundled.replace("\"personal.authentication\"", "\"personal.credentials\"").replacen("1.0.0", "1.1.0", 1)
            + "\n[[moved]]\nfrom = \"personal.authentication\"\nto = \"personal.credentials\"\n";
    let file = path.join("words/categories/1.1.0.toml");
    std::fs::write(&file, &renamed).unwrap();
    let (code, _, err) = run("catalog publish words --key root.key");
    assert_eq!(code, 2);
    for said in
        ["declares a minor after 1.0.0", "`personal.authentication` became `personal.credentials`", "call it 2.0.0"]
    {
        assert!(err.contains(said), "expected `{said}` in\n{err}");
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::write(path.join("words/categories/2.0.0.toml"), renamed.replacen("1.1.0", "2.0.0", 1)).unwrap();
    let (code, out, err) = run("catalog publish words --dry-run");
    let shown = "categories 1.0.0 → 2.0.0: major\n  added  personal.credentials\n  gone  personal.authentication  → personal.credentials\n";
    assert_eq!((code, out.as_str()), (0, shown), "{err}");
    assert!(err.contains("nothing was written"));
    let (code, _, err) = run("catalog publish words --key stranger.key");
    assert!(code == 2 && err.contains("signed by the root key"), "{err}");
    let (code, out, err) = run("catalog publish words --key root.key");
    assert!(code == 0 && out.contains("major, published"), "{out}{err}");
    assert!(run("fsck").1.contains("5 records verified"));

    // What is published is not changed.
    std::fs::write(path.join("words/categories/2.0.0.toml"), renamed.replacen("1.1.0", "2.0.0", 1) + "# again\n")
        .unwrap();
    assert_eq!(run("catalog diff words").0, 0, "a comment says nothing else");
    let reworded = renamed.replacen("1.1.0", "2.0.0", 1).replace("Personal data", "Data of persons");
    std::fs::write(path.join("words/categories/2.0.0.toml"), reworded).unwrap();
    let (code, _, err) = run("catalog diff words");
    assert!(code == 2 && err.contains("categories 2.0.0 is published, and says something else"), "{err}");

    // Who looks for the old id is told.
    let (code, _, err) = run("catalog show personal.authentication");
    assert!(code == 2 && err.contains("now it is `personal.credentials`"), "{err}");
    let (code, _, err) = run("ask --from CN --to US --category personal.authentication --at 2026-01-01");
    assert!(code == 12 && !err.contains("unknown category"), "{err}");
}
