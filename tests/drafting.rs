//! Drafts, starters and tables: what is written reads back as what it was.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use neglist::catalog::lint::{Place, Setting, Severity, lint};
use neglist::catalog::table::{
    Column, Limits, Sheet, changes, read_csv, read_entries, read_xlsx, write_csv, write_xlsx,
};
use neglist::catalog::{
    Sources, Words, draft, read_draft, read_folder, read_revision, splice, starter, write_revision,
};
use neglist::cli::{self, Surroundings};
use neglist::model::date::Date;
use neglist::model::{Entries, Entry, Language, List, ListId, Revision};

use common::Dice;

/// Today, wherever a test needs one.
const TODAY: &str = "2026-11-23";
const LANGUAGES: [Language; 2] = [Language::En, Language::Zh];

struct World {
    sources: Sources,
    lists: BTreeSet<ListId>,
}

impl World {
    fn real() -> World {
        World::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog"))
    }

    fn of(folder: &Path) -> World {
        let sources = read_folder(folder).unwrap();
        let lists = sources.revisions.iter().map(|it| it.list.clone()).collect();
        World { sources, lists }
    }

    fn words(&self) -> Words<'_> {
        Words {
            categories: self.sources.categories.last().unwrap(),
            vocabulary: self.sources.vocabularies.last().unwrap(),
            places: &self.sources.places,
            lists: &self.lists,
        }
    }

    /// The last revision of each list.
    fn heads(&self) -> Vec<&Revision> {
        let mut heads = BTreeMap::new();
        for it in &self.sources.revisions {
            heads.insert(&it.list, it);
        }
        heads.into_values().collect()
    }
}

fn today() -> Date {
    neglist::model::date::read(TODAY).unwrap()
}

// Texts.

#[test]
fn every_revision_reads_back_as_it_was_written() {
    let world = World::real();
    let vocabulary = world.words().vocabulary;
    for revision in &world.sources.revisions {
        let text = write_revision(revision, vocabulary);
        let read = read_revision(&text, vocabulary, |_| None).unwrap();
        assert_eq!(&read, revision, "{text}");
    }
    assert!(300 < world.sources.revisions.len());
}

#[test]
fn a_draft_is_the_golden_one() {
    let state = neglist::canon::Chains::state(&common::chains_of(&common::small_records().1)).unwrap();
    let list = &state.lists[&common::LIST.parse::<ListId>().unwrap()];
    // Once while 2.0.0 is published and waits for its day, once after all.
    for (known, day, version, language, golden) in [
        (2, "2024-06-15", "1.0.0", Language::En, include_str!("golden/draft.en.toml")),
        (4, "2025-06-01", "2.0.0", Language::Zh, include_str!("golden/draft.zh.toml")),
    ] {
        let list = List { revisions: list.revisions.iter().take(known).cloned().collect(), ..List::clone(list) };
        let from = list.revisions.iter().find(|it| it.revision.version.to_string() == version).unwrap();
        let day = neglist::model::date::read(day).unwrap();
        let drafted = draft(&list, from, day, &state.vocabulary, language);
        assert_eq!(read_revision(&drafted.text, &state.vocabulary, |_| None).unwrap(), drafted.revision);
        assert!(drafted.text == golden, "{}", drafted.text);
    }
}

/// A summary that nobody has written is the only error of a fresh draft.
#[test]
fn every_list_can_be_drafted() {
    let world = World::real();
    let records = neglist::registry::records_of(&world.sources).unwrap().1;
    let state = common::chains_of(&records).state().unwrap();
    let published: Vec<_> = world.sources.revisions.iter().collect();
    let setting = Setting { words: world.words(), published: &published, today: today() };
    for list in state.lists.values() {
        let from = list.head().unwrap();
        let drafted = draft(list, from, today(), &state.vocabulary, Language::En);
        let read = read_revision(&drafted.text, &state.vocabulary, |_| None).unwrap();
        assert_eq!(read, drafted.revision);
        assert!(list.revisions.iter().all(|it| it.revision.version < read.version), "{}", list.id);
        assert!(from.revision.published <= read.published && today() <= read.published.0, "{}", list.id);
        assert_eq!((read.source.checked, &read.entries), (today(), &from.revision.entries));
        let remarks = lint(drafted.text.as_bytes(), Place::Alone, setting);
        let errors: Vec<_> = remarks.iter().filter(|it| it.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{}: {errors:?}", list.id);
        assert_eq!(errors[0].diagnostic.rule, "placeholder-text", "{}", list.id);
    }
}

#[test]
fn a_starter_lints_without_a_word() {
    let world = World::real();
    let published: Vec<_> = world.sources.revisions.iter().collect();
    let setting = Setting { words: world.words(), published: &published, today: today() };
    // A country, a bloc, a zone, a state of the second row of examples.
    for list in ["ZM/data-transfers", "EEA/new", "CN-BJ-FTZ/new", "BR/new", "CA-BC/new", "SG/new"] {
        for language in LANGUAGES {
            let text = starter(&list.parse().unwrap(), &world.sources.places, today(), language);
            assert!(!text.contains('{') || !text.contains("{list}"), "{text}");
            let draft = read_draft(&text, setting.words.vocabulary, |_| None).unwrap();
            assert_eq!(draft.expectations.len(), 1);
            let remarks = lint(text.as_bytes(), Place::Alone, setting);
            assert!(remarks.is_empty(), "{list}: {remarks:#?}");
        }
    }
}

// Tables.

/// Puts the rows below the headings in another order.
fn shuffle(sheet: &mut Sheet, dice: &mut Dice) {
    let numbers: Vec<_> = sheet.rows.iter().map(|it| it.0).collect();
    for last in (2..sheet.rows.len()).rev() {
        let other = 1 + usize::try_from(dice.below(last as u64)).unwrap();
        sheet.rows.swap(last, other);
    }
    for (row, number) in sheet.rows.iter_mut().zip(numbers) {
        row.0 = number;
    }
}

/// Empties the cells of a column.
fn forget(sheet: &mut Sheet, column: Column) {
    let index = sheet.rows[0].1.iter().position(|it| Column::find(it) == Some(column)).unwrap();
    for (_, cells) in sheet.rows.iter_mut().skip(1) {
        if let Some(cell) = cells.get_mut(index) {
            cell.clear();
        }
    }
}

fn read(sheet: &Sheet, draft: &Revision, words: Words<'_>) -> Entries {
    read_entries(sheet, draft, words).unwrap_or_else(|it| unreachable!("{}: {it:#?}", draft.list))
}

#[test]
fn every_revision_comes_back_from_a_table() {
    let world = World::real();
    let words = world.words();
    let mut dice = Dice(7);
    for revision in world.sources.revisions.iter().filter(|it| !it.entries.is_empty()) {
        // Nothing is taken from the draft: it has no entries.
        let bare = Revision { entries: Entries::new(), ..revision.clone() };
        for language in LANGUAGES {
            let table = write_csv(revision, words.vocabulary, language);
            let mut sheet = read_csv(table.as_bytes(), Limits::USUAL).unwrap();
            assert_eq!(read(&sheet, &bare, words), revision.entries, "{table}");
            shuffle(&mut sheet, &mut dice);
            assert_eq!(read(&sheet, &bare, words), revision.entries);
        }
    }
}

#[test]
fn every_list_comes_back_from_a_workbook() {
    let world = World::real();
    let words = world.words();
    let mut dice = Dice(8);
    for revision in world.heads().into_iter().filter(|it| !it.entries.is_empty()) {
        let bare = Revision { entries: Entries::new(), ..revision.clone() };
        for language in LANGUAGES {
            let table = write_xlsx(revision, words.vocabulary, today(), language).unwrap();
            let mut sheet = read_xlsx(&table, None, Limits::USUAL).unwrap();
            shuffle(&mut sheet, &mut dice);
            assert_eq!(read(&sheet, &bare, words), revision.entries);
        }
    }
}

#[test]
fn a_workbook_is_the_same_bytes_each_time() {
    let world = World::real();
    let revision = world.heads()[0];
    let write = || write_xlsx(revision, world.words().vocabulary, today(), Language::En).unwrap();
    assert!(write() == write());
}

/// Rows without ids are the entries of the draft that say the same; and where
/// the draft has none, they get the same ids in any order.
#[test]
fn rows_without_ids_keep_and_get_the_same_ones() {
    let world = World::real();
    let words = world.words();
    let mut dice = Dice(9);
    let kept = Cell::new(0);
    for revision in world.heads().into_iter().filter(|it| !it.entries.is_empty()) {
        let table = write_csv(revision, words.vocabulary, Language::Zh);
        let mut sheet = read_csv(table.as_bytes(), Limits::USUAL).unwrap();
        forget(&mut sheet, Column::Id);
        shuffle(&mut sheet, &mut dice);
        assert_eq!(read(&sheet, revision, words), revision.entries, "{}", revision.list);
        kept.set(kept.get() + revision.entries.len());

        let bare = Revision { entries: Entries::new(), ..revision.clone() };
        let made = read(&sheet, &bare, words);
        assert_eq!(made.len(), revision.entries.len());
        shuffle(&mut sheet, &mut dice);
        assert_eq!(read(&sheet, &bare, words), made, "{}", revision.list);
        // And once they are in the draft, nothing changes any more.
        let filled = Revision { entries: made.clone(), ..revision.clone() };
        assert_eq!(read(&sheet, &filled, words), made);
    }
    assert!(300 < kept.get(), "{}", kept.get());
}

/// A table of two columns changes what it has, and nothing else.
#[test]
fn what_the_table_has_no_column_for_stays() {
    let world = World::real();
    let words = world.words();
    let list = "CN/cross-border-transfer";
    let revision = world.heads().into_iter().find(|it| it.list.as_str() == list).unwrap();
    let mut table = "id,cite\n".to_owned();
    for (index, id) in revision.entries.keys().enumerate() {
        writeln!(table, "{id},Art. {index}").unwrap();
    }
    let sheet = read_csv(table.as_bytes(), Limits::USUAL).unwrap();
    let entries = read(&sheet, revision, words);
    for (index, (id, it)) in entries.iter().enumerate() {
        let before = revision.entries[id].as_ref();
        assert_eq!(it.as_ref(), &Entry { cite: format!("Art. {index}"), ..before.clone() });
    }
    let changed = changes(&revision.entries, &entries, words.vocabulary, Language::En);
    assert_eq!((changed.changed.len(), changed.unchanged), (entries.len(), 0));
    assert!(changed.changed.iter().all(|it| it.cells.len() == 1 && it.cells[0].0 == Column::Cite));
}

/// Texts that mean something to CSV, workbooks, spreadsheets or TOML.
#[test]
fn no_text_is_lost_on_the_way() {
    let world = World::real();
    let words = world.words();
    let revision = world.heads().into_iter().find(|it| !it.entries.is_empty()).unwrap();
    let one = revision.entries.values().next().unwrap();
    for text in [
        "a, \"b\"; c | d",
        "=1+1",
        "'=1+1",
        "-",
        "+49",
        "@x",
        "two\nlines",
        " spaces ",
        "_x000D_ and _x0041_",
        "<b>&amp;</b>",
        "é 中文 𠀀 🙂",
        "#REF!",
        "TRUE",
        "007",
        "2024-03-22",
        "\\u0041 \\ '''",
    ] {
        let mut entry = one.as_ref().clone();
        entry.cite = text.to_owned();
        entry.note.en = text.to_owned();
        entry.notes = vec![neglist::model::EntryNote {
            kind: neglist::model::EntryNoteKind::Grace,
            text: neglist::model::Text { en: text.to_owned(), zh: text.to_owned() },
        }];
        let entries = Entries::unit(entry.id.clone(), Arc::new(entry));
        let revision = Revision { entries, ..revision.clone() };
        let bare = Revision { entries: Entries::new(), ..revision.clone() };
        let table = write_csv(&revision, words.vocabulary, Language::En);
        let sheet = read_csv(table.as_bytes(), Limits::USUAL).unwrap();
        assert_eq!(read(&sheet, &bare, words), revision.entries, "{table}");
        let table = write_xlsx(&revision, words.vocabulary, today(), Language::En).unwrap();
        let sheet = read_xlsx(&table, None, Limits::USUAL).unwrap();
        assert_eq!(read(&sheet, &bare, words), revision.entries, "{text}");
        let written = write_revision(&revision, words.vocabulary);
        assert_eq!(read_revision(&written, words.vocabulary, |_| None).unwrap(), revision);
    }
}

// Tables into drafts.

#[test]
fn a_draft_takes_new_entries_and_keeps_its_words() {
    let world = World::real();
    let words = world.words();
    let text = starter(&"ZM/data-transfers".parse().unwrap(), &world.sources.places, today(), Language::En);
    let before = read_draft(&text, words.vocabulary, |_| None).unwrap();
    let same = splice(&text, &before.revision, &before.revision.entries, words.vocabulary).unwrap();
    assert_eq!(same, text);

    let mut entries = before.revision.entries.clone();
    let [gone, last] = [entries.get_min(), entries.get_max()].map(|it| it.unwrap().1.clone());
    entries.remove(&gone.id);
    let mut changed = last.as_ref().clone();
    changed.cite = "s. 66".to_owned();
    let new = Entry { id: "a-new-one".parse().unwrap(), ..gone.as_ref().clone() };
    entries.extend([changed.clone(), new].map(|it| (it.id.clone(), Arc::new(it))));
    let after = splice(&text, &before.revision, &entries, words.vocabulary).unwrap();
    let read = read_draft(&after, words.vocabulary, |_| None).unwrap();
    assert_eq!(read.revision, Revision { entries, ..before.revision.clone() });
    assert_eq!(read.expectations, before.expectations);
    let lines: BTreeSet<_> = text.lines().collect();
    let new: Vec<_> = after.lines().filter(|it| !lines.contains(it)).collect();
    // What did not change is not even written anew.
    let cites: Vec<_> = new.iter().filter(|it| it.starts_with("cite")).collect();
    assert_eq!(cites, [&"cite = \"s. 66\"", &"cite = \"s. 5\""], "{after}");
    assert!(after.contains("# Golden questions") && after.contains("# Notice: no gate"), "{after}");
    let order =
        ["id = \"small-sets-free\"", "id = \"a-new-one\"", "# Golden questions"].map(|it| after.find(it).unwrap());
    assert!(order.is_sorted(), "{after}");
}

#[test]
fn every_revision_can_be_emptied_and_filled() {
    let world = World::real();
    let vocabulary = world.words().vocabulary;
    for revision in world.heads() {
        let text = write_revision(revision, vocabulary);
        let bare = Revision { entries: Entries::new(), ..revision.clone() };
        let emptied = splice(&text, revision, &Entries::new(), vocabulary).unwrap();
        assert_eq!(read_revision(&emptied, vocabulary, |_| None).unwrap(), bare, "{emptied}");
        let filled = splice(&emptied, &bare, &revision.entries, vocabulary).unwrap();
        assert_eq!(&read_revision(&filled, vocabulary, |_| None).unwrap(), revision, "{filled}");
    }
}

/// Runs a command, and returns its exit code with what it wrote.
fn run(registry: &Path, arguments: &[&str]) -> (u8, String, String) {
    let surroundings = Surroundings {
        clock: || 0,
        pause: |_| {},
        today: today().into(),
        data_folder: None,
        now: common::RECORDED.to_owned(),
        passphrase: None,
        registry: Some(registry.display().to_string()),
        is_err_terminal: false,
        width: 100,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("neglist").chain(arguments.iter().copied()).map(OsString::from);
    let code = cli::run(arguments, &surroundings, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn a_regulator_edits_a_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let registry = folder.path().join("registry");
    drop(common::small_registry(&registry));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (draft, table, other) = (file("draft.toml"), file("entries.xlsx"), file("other.toml"));

    let (code, out, _) = run(&registry, &["draft", common::LIST, "-o", &draft, "--table", &table]);
    assert_eq!((code, out.as_str()), (0, ""));
    let written = fs::read_to_string(&draft).unwrap();
    // Neither is written over, and where one is in the way the other stays away.
    let csv = file("entries.csv");
    let (code, _, err) = run(&registry, &["draft", common::LIST, "-o", &draft, "--table", &csv]);
    assert!(code == 2 && err.contains("exists, and nothing was written"), "{err}");
    assert!(!Path::new(&csv).exists());

    // As it came out, it changes nothing.
    let (code, out, err) = run(&registry, &["import-table", &table, "--into", &draft]);
    assert_eq!((code, out.as_str()), (0, "0 added, 0 removed, 0 changed, 3 unchanged\n"), "{err}");

    // Somebody changes one cell.
    run(&registry, &["draft", common::LIST, "--table", &csv]);
    let text = fs::read_to_string(&csv).unwrap();
    fs::write(&csv, text.replace(">=101 <1000000 (calendar-year)", "1001以上不满100万（calendar-year）")).unwrap();
    let (code, out, _) = run(&registry, &["import-table", &csv, "--into", &draft]);
    assert!(code == 0 && out.ends_with("0 added, 0 removed, 1 changed, 2 unchanged\n"), "{out}");
    assert!(out.contains("- >=101 <1000000 (calendar-year)\n      + >=1001 <1000000 (calendar-year)\n"), "{out}");
    assert_eq!(fs::read_to_string(&draft).unwrap(), written, "it was only shown");

    let (code, _, _) = run(&registry, &["import-table", &csv, "--into", &draft, "-o", &other]);
    assert_eq!((code, fs::read_to_string(&draft).unwrap()), (0, written.clone()));
    let (code, _, err) = run(&registry, &["import-table", &csv, "--into", &draft, "-o", &other]);
    assert!(code == 2 && err.contains("exists, and nothing was written"), "{err}");
    let (code, _, err) = run(&registry, &["import-table", &csv, "--into", &draft, "--write"]);
    assert_eq!(code, 0, "{err}");
    let after = fs::read_to_string(&draft).unwrap();
    assert_eq!(after, fs::read_to_string(&other).unwrap());
    assert_eq!(after, written.replace("at-least = 101,", "at-least = 1001,"));

    // A mistake leaves the draft as it is.
    fs::write(&csv, text.replace(",ciio,", ",CIIO,")).unwrap();
    let (code, out, err) = run(&registry, &["import-table", &csv, "--into", &draft, "--write"]);
    assert!(code == 2 && out.is_empty() && err.contains("column B (`id`)"), "{err}");
    assert_eq!(fs::read_to_string(&draft).unwrap(), after);
    // And nothing lies about that was only on its way.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
}

// Mistakes.

#[test]
fn every_mistake_says_where_it_is_and_what_would_be_right() {
    let world = World::real();
    let words = world.words();
    let list: ListId = "ZM/data-transfers".parse().unwrap();
    let text = starter(&list, &world.sources.places, today(), Language::En);
    let draft = read_revision(&text, words.vocabulary, |_| None).unwrap();
    let cases = include_str!("drafting/mistakes.txt");
    let mut found = String::new();
    for case in cases.split_inclusive("\n\n") {
        let (table, _) = case.split_once("--\n").unwrap();
        let sheet = read_csv(table.as_bytes(), Limits::USUAL).unwrap();
        let mistakes = match read_entries(&sheet, &draft, words) {
            Ok(entries) => unreachable!("{table}: {entries:#?}"),
            Err(mistakes) => mistakes.named,
        };
        writeln!(found, "{table}--").unwrap();
        for it in mistakes {
            writeln!(found, "{it}").unwrap();
            found.extend(it.help.map(|it| format!("  {it}\n")));
        }
        found.push('\n');
    }
    assert!(found == cases, "{found}");
}

/// A cell of a workbook: row, column, text.
type Written<'a> = (u32, u16, &'a str);

/// Writes a workbook whose cells are these, and whose merged cells are those.
fn workbook(sheets: &[(&str, &[Written<'_>])], merged: Option<(u32, u32, u16, &str)>) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, cells) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, column, text) in *cells {
            sheet.write_string(*row, *column, *text).unwrap();
        }
        if let Some((first, last, column, text)) = merged {
            sheet.merge_range(first, column, last, column, text, &rust_xlsxwriter::Format::new()).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn refused(bytes: &[u8], sheet: Option<&str>, limits: Limits) -> String {
    let mistakes = read_xlsx(bytes, sheet, limits).unwrap_err();
    assert_eq!((mistakes.named.len(), mistakes.more), (1, 0));
    mistakes.named[0].to_string()
}

/// As ministries write them: a title above, cells merged over several rows.
#[test]
fn merged_cells_count_for_every_row_that_they_cover() {
    let cells: &[Written<'_>] =
        &[(0, 0, "附件一"), (2, 0, "数据类别"), (2, 1, "条目编号"), (3, 1, "a"), (4, 1, "b"), (5, 1, "c")];
    let bytes = workbook(&[("Sheet1", cells)], Some((3, 4, 0, "联系方式")));
    let sheet = read_xlsx(&bytes, None, Limits::USUAL).unwrap();
    let rows: Vec<_> = sheet.rows.iter().map(|(number, cells)| (*number, cells.join("|"))).collect();
    let expected = [(1, "附件一"), (3, "数据类别|条目编号"), (4, "联系方式|a"), (5, "联系方式|b"), (6, "|c")];
    assert_eq!(rows, expected.map(|(number, cells)| (number, cells.to_owned())));
}

#[test]
fn a_sheet_is_named_or_there_is_no_choice() {
    let cells: &[Written<'_>] = &[(0, 0, "x")];
    let two = workbook(&[("2024", cells), ("2025", cells)], None);
    let message = "the workbook has several sheets, and none is called `entries` or `条目`";
    assert_eq!(refused(&two, None, Limits::USUAL), message);
    assert_eq!(refused(&two, Some("2026"), Limits::USUAL), "the workbook has no sheet `2026`");
    assert_eq!(read_xlsx(&two, Some("2025"), Limits::USUAL).unwrap().name.as_deref(), Some("2025"));
    let with_help = workbook(&[("help", cells), ("条目", cells)], None);
    assert_eq!(read_xlsx(&with_help, None, Limits::USUAL).unwrap().name.as_deref(), Some("条目"));
}

#[test]
fn a_workbook_from_a_stranger_has_limits() {
    let text = "x".repeat(10_000);
    let cells: &[Written<'_>] = &[(0, 0, "id"), (9, 9, &text)];
    let bytes = workbook(&[("Sheet1", cells)], None);
    let usual = Limits::USUAL;
    assert!(read_xlsx(&bytes, None, usual).is_ok());
    let size = bytes.len() as u64;
    for (limits, expected) in [
        (Limits { file: size - 1, ..usual }, "the file is larger than 0 MB"),
        // It says of itself how small it is; what it unpacks to counts.
        (Limits { unpacked: 10_000, ..usual }, "the workbook unpacks to more than 0 MB"),
        (Limits { rows: 9, ..usual }, "sheet `Sheet1`, row 10, column J: the table has more than 9 rows"),
        (Limits { columns: 9, ..usual }, "sheet `Sheet1`, row 10, column J: the table has more than 9 columns"),
        (
            Limits { cell: 9_999, ..usual },
            "sheet `Sheet1`, row 10, column J: the cell has 10000 characters, and 9999 is the most",
        ),
        (Limits { text: 10_001, ..usual }, "sheet `Sheet1`, row 10, column J: the table holds more than 0 MB of text"),
    ] {
        assert_eq!(refused(&bytes, None, limits), expected);
    }
    let at_the_limit = Limits { file: size, rows: 10, columns: 10, cell: 10_000, text: 10_002, ..usual };
    assert!(read_xlsx(&bytes, None, at_the_limit).is_ok());
    assert_eq!(refused(b"id,category\n", None, usual), "the file is no workbook");
    // Cut off anywhere, it is refused and not half read.
    for length in (0..bytes.len()).step_by(97) {
        assert!(read_xlsx(&bytes[..length], None, usual).is_err(), "{length}");
    }
}
