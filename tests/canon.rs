//! Format v1 to the byte: golden vectors, a second formula for every hash, and
//! the spellings that are refused.
//!
//! `tests/vectors/` holds the small registry as its journal writes it, the
//! forms that are hashed, and the hashes. They are frozen with the format: a
//! change there is another format. `tests/vectors/check.py` is an independent
//! computation of the same.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use common::{RECORDED, chains_of, small_records};
use neglist::canon::{
    CategoriesForm, Chains, EntryForm, InvalidRecord, PlacesForm, Publication, VocabularyForm, canonical, entries_root,
    entry_hash,
};
use neglist::model::Hash;
use serde_json::{Value as Json, json};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn vector(name: &str) -> String {
    fs::read_to_string(vectors().join(name)).unwrap()
}

fn journal_lines() -> Vec<String> {
    vector("journal.jsonl").lines().map(str::to_owned).collect()
}

/// Returns what the hashes of the small registry are taken over, its hashes,
/// and its journal: the vectors, by file.
fn computed() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let (mut hashes, mut journal) = (String::new(), Vec::new());
    for record in small_records().1 {
        let index = record.index();
        let line: Json = serde_json::from_slice(record.line()).unwrap();
        let mut say = |what: &str, hash: Hash| writeln!(hashes, "{hash} {what}").unwrap();
        match record.publication() {
            Publication::Origin(_) | Publication::Authority(_) => {}
            Publication::Categories(it) => {
                files.insert("categories.json".to_owned(), canonical(&CategoriesForm::from(it)));
            }
            Publication::Facts(it) => {
                files.insert("facts.json".to_owned(), canonical(&VocabularyForm::from(it)));
            }
            Publication::Jurisdictions(it) => {
                files.insert("jurisdictions.json".to_owned(), canonical(&PlacesForm::from(it)));
            }
            Publication::Revision(it) => {
                for part in ["header", "terms", "details"] {
                    files.insert(format!("{part}-{index}.json"), canonical(&line["body"]["revision"][part]));
                }
                for entry in it.entries.values() {
                    let name = format!("entry-{}.json", entry.id);
                    say(&name, entry_hash(entry));
                    files.insert(name, canonical(&EntryForm::from(entry.as_ref())));
                }
                say(&format!("entries root of record {index}"), entries_root(it).hash);
            }
        }
        say(&format!("digest of record {index}"), record.digest());
        say(&format!("record {index}"), record.hash());
        journal.extend_from_slice(record.line());
        journal.push(b'\n');
        say(&format!("lists root after record {index}"), text(&line["lists_root"]).parse().unwrap());
    }
    files.insert("hashes.txt".to_owned(), hashes.into_bytes());
    files.insert("journal.jsonl".to_owned(), journal);
    files
}

#[test]
fn the_vectors_are_what_is_written() {
    let computed = computed();
    if env::var_os("NEGLIST_WRITE_VECTORS").is_some() {
        computed.iter().for_each(|(name, bytes)| fs::write(vectors().join(name), bytes).unwrap());
        panic!("the vectors were written: look at every difference, since another vector is another format");
    }
    for (name, bytes) in &computed {
        assert_eq!(String::from_utf8_lossy(bytes), vector(name), "{name}");
    }
    let names: Vec<_> = common::files_below(&vectors()).into_keys().collect();
    let is_computed = |it: &PathBuf| computed.contains_key(it.to_str().unwrap()) || it.ends_with("check.py");
    assert!(names.iter().all(is_computed), "{names:?}");
}

#[test]
fn the_vectors_are_read_back_as_what_was_published() {
    let (head, records) = small_records();
    let mut chains = Chains::default();
    for (line, record) in journal_lines().iter().zip(&records) {
        let read = chains.read(line.as_bytes()).unwrap();
        assert_eq!(read, *record);
        chains = chains.append(read);
    }
    assert_eq!((chains.size(), chains.head()), (head.size, Some(head.hash)));
}

/// BLAKE3 in its key derivation mode over canonical bytes.
fn hash(context: &str, value: &Json) -> String {
    hex(blake3::derive_key(context, &jcs(value)))
}

/// An entry is hashed with the hash of its words in their place.
fn entry_hash_of(entry: &Json) -> String {
    let mut binding = entry.as_object().unwrap().clone();
    let words: serde_json::Map<_, _> =
        ["cite", "note", "notes"].iter().map(|it| ((*it).to_owned(), binding.shift_remove(*it).unwrap())).collect();
    binding.insert("words".to_owned(), json!(hash("neglist v1 words", &Json::Object(words))));
    hash("neglist v1 entry", &Json::Object(binding))
}

fn hex(bytes: [u8; 32]) -> String {
    blake3::Hash::from(bytes).to_string()
}

/// RFC 8785 once more, for values without numbers that are not whole and
/// without keys that are not ASCII.
fn jcs(value: &Json) -> Vec<u8> {
    match value {
        Json::Object(members) => {
            let sorted: BTreeMap<&String, &Json> = members.iter().collect();
            let members: Vec<_> =
                sorted.iter().map(|(key, value)| [jcs(&json!(key)), jcs(value)].join(&b':')).collect();
            [b"{".to_vec(), members.join(&b','), b"}".to_vec()].concat()
        }
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(jcs).collect();
            [b"[".to_vec(), items.join(&b','), b"]".to_vec()].concat()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.to_string().into_bytes(),
    }
}

/// RFC 6962 section 2.1 once more, with BLAKE3.
fn tree(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => blake3::hash(b"").into(),
        [leaf] => blake3::hash(&[&[0], leaf.as_slice()].concat()).into(),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            blake3::hash(&[&[1], tree(left).as_slice(), tree(right).as_slice()].concat()).into()
        }
    }
}

fn array(value: &Json) -> &[Json] {
    value.as_array().unwrap()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

/// In the leaf of a place, who belongs to what stands with the member.
fn place_leaf(place: &Json, all: &[Json]) -> Json {
    let mut blocs = Vec::new();
    for bloc in all {
        for it in array(&bloc["members"]).iter().filter(|it| it["place"] == place["code"]) {
            blocs.push(json!({"bloc": bloc["code"], "from": it["from"], "until": it["until"]}));
        }
    }
    let members: BTreeSet<_> = array(&place["members"]).iter().map(|it| text(&it["place"])).collect();
    let mut leaf = place.clone();
    leaf["blocs"] = json!(blocs);
    leaf["members"] = json!(members);
    leaf
}

/// What a second reader of the journal knows of it: `docs/format.md` written
/// out once more, over plain JSON.
#[derive(Default)]
struct SecondReader {
    head: Option<String>,
    releases: BTreeMap<String, String>,
    lists: BTreeMap<String, String>,
    /// Everything that a list ever claimed to speak for, or bound.
    scopes: BTreeMap<String, BTreeSet<String>>,
    /// The revisions of a list with an effective date, by it and by sequence.
    timelines: BTreeMap<String, BTreeMap<(String, u64), Json>>,
    versions: BTreeMap<(String, String), (String, u64)>,
    entries: BTreeMap<String, BTreeMap<String, Json>>,
}

impl SecondReader {
    fn read(&mut self, line: &str) {
        let record: Json = serde_json::from_str(line).unwrap();
        assert_eq!(jcs(&record), line.as_bytes());
        let kind = text(&record["kind"]);
        let body = &record["body"][kind.as_str()];
        let digest = match kind.as_str() {
            "origin" => hash("neglist v1 origin", body),
            "revision" => self.revision(body),
            _ => self.release(&kind, body),
        };
        assert_eq!(record["digest"], json!(digest), "{line}");
        let releases = self.releases.iter().map(|(kind, head)| jcs(&json!({"head": head, "release": kind})));
        let lists = self.lists.iter().map(|(list, head)| {
            let scope = &self.scopes[list];
            let lies_in_another = |id: &String| scope.iter().any(|it| id.starts_with(&format!("{it}.")));
            let least = || scope.iter().filter(|it| !lies_in_another(it)).collect::<Vec<_>>();
            let scope = if scope.contains("*") { json!(["*"]) } else { json!(least()) };
            jcs(&json!({"head": head, "list": list, "scope": scope}))
        });
        let leaves: Vec<_> = releases.chain(lists).collect();
        assert_eq!(record["lists_root"], json!(hex(tree(&leaves))), "{line}");
        assert_eq!(record["previous"], json!(self.head), "{line}");
        let mut hashed = record.clone();
        hashed.as_object_mut().unwrap().retain(|key, _| key != "body" && key != "hash");
        assert_eq!(record["hash"], json!(hash("neglist v1 record", &hashed)), "{line}");
        self.head = Some(text(&record["hash"]));
    }

    fn release(&mut self, kind: &str, body: &Json) -> String {
        let arrays: &[&str] = match kind {
            "categories" => &["categories"],
            "facts" => &["facts", "windows"],
            _ => &["places"],
        };
        let items = arrays.iter().flat_map(|it| array(&body[*it]));
        let leaves: Vec<_> = match kind {
            "jurisdictions" => items.map(|it| jcs(&place_leaf(it, array(&body["places"])))).collect(),
            _ => items.map(jcs).collect(),
        };
        let (items_root, items) = (hex(tree(&leaves)), leaves.len());
        let (version, published) = (&body["version"], &body["published"]);
        let previous = self.releases.get(kind);
        let release = json!({
            "kind": kind, "version": version, "published": published, "previous": previous, "items_root": items_root,
            "items": items,
        });
        let digest = hash("neglist v1 release", &release);
        self.releases.insert(kind.to_owned(), digest.clone());
        digest
    }

    fn revision(&mut self, body: &Json) -> String {
        let header = &body["header"];
        let list = text(&header["list"]);
        assert_eq!(header["previous"], json!(self.lists.get(&list)));
        let entries = self.entries.entry(list.clone()).or_default();
        for id in array(&body["removed"]) {
            entries.remove(&text(id)).unwrap();
        }
        entries.extend(array(&body["put"]).iter().map(|it| (text(&it["id"]), it.clone())));
        let mut leaves: Vec<_> = entries
            .iter()
            .flat_map(|(id, entry)| array(&entry["category"]).iter().map(move |it| (text(it), id, entry)))
            .collect();
        leaves.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let leaves: Vec<_> =
            leaves.iter().map(|it| jcs(&json!({"category": it.0, "entry": entry_hash_of(it.2)}))).collect();
        assert_eq!(header["entries_root"], json!(hex(tree(&leaves))));
        assert_eq!(header["entries"], json!(leaves.len()));
        for part in ["details", "terms"] {
            assert_eq!(header[part], json!(hash(&format!("neglist v1 {part}"), &body[part])));
        }
        let digest = hash("neglist v1 revision", header);
        self.date(&list, header, &digest);
        let bound = array(&body["put"]).iter().flat_map(|it| array(&it["category"]));
        let claimed = array(&header["scope"]).iter().chain(bound).map(text);
        self.scopes.entry(list.clone()).or_default().extend(claimed);
        self.lists.insert(list, digest.clone());
        digest
    }

    /// Compares what a header says of the dates before it, and adds its own.
    fn date(&mut self, list: &str, header: &Json, digest: &str) {
        let timeline = self.timelines.entry(list.to_owned()).or_default();
        for version in array(&header["withdraws"]) {
            let moment = self.versions.get(&(list.to_owned(), text(version))).and_then(|it| timeline.get_mut(it));
            if let Some(moment) = moment.filter(|it| it["withdrawn"].is_null()) {
                moment["withdrawn"] = header["published"].clone();
            }
        }
        let leaves: Vec<_> = timeline.values().map(jcs).collect();
        assert_eq!(header["earlier_root"], json!(hex(tree(&leaves))));
        assert_eq!(header["earlier"], json!(leaves.len()));
        if let Some(effective) = header["effective"].as_str() {
            let sequence = header["sequence"].as_u64().unwrap();
            let key = (effective.to_owned(), sequence);
            self.versions.insert((list.to_owned(), text(&header["version"])), key.clone());
            let moment = json!({
                "effective": effective, "published": header["published"], "revision": digest, "sequence": sequence,
                "withdrawn": null,
            });
            timeline.insert(key, moment);
        }
    }
}

#[test]
fn a_second_formula_has_the_same_hashes() {
    let mut second = SecondReader::default();
    journal_lines().iter().for_each(|it| second.read(it));
    // And what the journal does not hold: the keys of entries in the store.
    let hashes = vector("hashes.txt");
    let stated: BTreeMap<&str, &str> =
        hashes.lines().map(|it| it.split_once(' ').unwrap()).map(|(a, b)| (b, a)).collect();
    for name in ["entry-genomic.json", "entry-large.json", "entry-ciio.json", "entry-no-adequacy.json"] {
        let entry: Json = serde_json::from_str(&vector(name)).unwrap();
        assert_eq!(stated[name], entry_hash_of(&entry), "{name}");
    }
    assert_eq!(stated["lists root after record 0"], blake3::hash(b"").to_string());
    assert_eq!(Some(stated["record 10"]), second.head.as_deref());
}

#[test]
fn the_examples_of_the_format_page_are_right() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md")).unwrap();
    let record = page.lines().find(|it| it.starts_with(r#"{"body":{"origin""#)).unwrap();
    SecondReader::default().read(record);
    let record = Chains::default().read(record.as_bytes()).unwrap();
    assert!(matches!(record.publication(), Publication::Origin(it) if it.name == "neglist/example"));

    let leaf = page.lines().find(|it| it.starts_with(r#"{"category":"personal.contact","entry""#)).unwrap();
    let parsed: Json = serde_json::from_str(leaf).unwrap();
    assert_eq!(jcs(&parsed), leaf.as_bytes());
    let stated = |what: &str| page.lines().find_map(|it| it.strip_prefix(what)).unwrap().trim().to_owned();
    assert_eq!(stated("root of the leaf"), hex(tree(&[leaf.as_bytes().to_vec()])));
    let entry = page.lines().find(|it| it.starts_with(r#"{"category":["personal.contact"]"#)).unwrap();
    assert_eq!(parsed["entry"], json!(entry_hash_of(&serde_json::from_str(entry).unwrap())));
}

#[test]
fn canonical_json_is_that_of_rfc_8785() {
    let check = |json: &str, expected: &str| {
        let value: Json = serde_json::from_str(json).unwrap();
        assert_eq!(String::from_utf8(canonical(&value)).unwrap(), expected);
    };
    // Section 3.2.2, but for its numbers, which no form has.
    check(
        r#"{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
        r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    // Section 3.2.3: keys are sorted by their UTF-16 units.
    check(
        r#"{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7}"#,
        "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}",
    );
    check("[9007199254740992, 0, -0]", "[9007199254740992,0,0]");
}

/// How a line that is not the record is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Refused {
    /// It is no JSON of the form, or a value in it means nothing.
    Unreadable,
    /// It reads well, and its record does not fit here.
    Broken,
    /// It reads well, and its record has other bytes.
    Altered,
}

/// Returns what stands before a record.
fn before(index: usize) -> Chains {
    chains_of(&small_records().1[..index])
}

/// Reads a line after what stands before it, and says how it is refused.
fn refused(before: &Chains, line: &[u8]) -> Option<Refused> {
    match before.read(line) {
        Ok(_) => None,
        Err(InvalidRecord::Unreadable(_)) => Some(Refused::Unreadable),
        Err(InvalidRecord::Broken(_)) => Some(Refused::Broken),
        Err(InvalidRecord::Altered) => Some(Refused::Altered),
    }
}

/// Replaces the one occurrence of a text in the line of a record, and checks
/// how that is refused.
fn check_spellings(index: usize, spellings: &[(&str, &str, &str, Refused)]) {
    let (line, before) = (journal_lines()[index].clone(), before(index));
    assert_eq!(refused(&before, line.as_bytes()), None);
    for (what, right, wrong, expected) in spellings {
        assert!(line.contains(right), "{what}: `{right}` is not in record {index}");
        let changed = line.replacen(right, wrong, 1);
        assert_eq!(refused(&before, changed.as_bytes()), Some(*expected), "{what}: {changed}");
    }
}

use Refused::{Altered, Broken, Unreadable};

#[test]
fn a_revision_has_one_spelling() {
    // The first revision of the list, whose line has nearly everything.
    check_spellings(
        4,
        &[
            ("a space", r#""index":4"#, r#""index": 4"#, Altered),
            ("a space before", "{\"body\"", " {\"body\"", Altered),
            ("a space behind", r#""signatures":[]}"#, r#""signatures":[]} "#, Altered),
            ("a line break of Windows", r#""signatures":[]}"#, "\"signatures\":[]}\r", Altered),
            ("a line break inside", r#","index""#, ",\n\"index\"", Altered),
            ("a byte order mark", "{\"body\"", "\u{feff}{\"body\"", Unreadable),
            ("two values", r#""signatures":[]}"#, r#""signatures":[]}{}"#, Unreadable),
            ("a comma too many", r#""signatures":[]}"#, r#""signatures":[],}"#, Unreadable),
            ("order of keys", r#""index":4,"kind":"revision""#, r#""kind":"revision","index":4"#, Altered),
            ("order of keys inside", r#""at_least":101,"below":1000000"#, r#""below":1000000,"at_least":101"#, Altered),
            ("an escape that is not needed", "CAC Order 16", "CAC Order\\u002016", Altered),
            ("an escape for Chinese", "数据出境", "\\u6570据出境", Altered),
            ("an escaped slash", "CN/cross-border-transfer", "CN\\/cross-border-transfer", Altered),
            ("half a character", "CAC Order 16", "\\ud83d", Unreadable),
            ("a control character", "CAC Order 16", "CAC\tOrder 16", Unreadable),
            ("another normal form", "数据出境", "数据出境\u{301}", Altered),
            ("a repeated key", r#""index":4"#, r#""index":4,"index":4"#, Unreadable),
            ("a repeated key inside", r#""cite":"art. 1""#, r#""cite":"art. 1","cite":"art. 1""#, Unreadable),
            (
                "a repeated fact",
                r#""exporter.ciio":{"flag":false}"#,
                r#""exporter.ciio":{"flag":false},"exporter.ciio":{"flag":false}"#,
                Altered,
            ),
            ("a missing key", r#""index":4,"#, "", Unreadable),
            ("a missing key inside", r#""cite":"art. 1","#, "", Unreadable),
            ("a missing null", r#""combine":null,"#, "", Altered),
            ("an unknown key", r#""index":4"#, r#""index":4,"indices":4"#, Unreadable),
            ("an unknown key inside", r#""cite":"art. 1""#, r#""cite":"art. 1","city":"""#, Unreadable),
        ],
    );
}

#[test]
fn a_value_has_one_spelling() {
    check_spellings(
        4,
        &[
            ("null for a set", r#""exemptions":[]"#, r#""exemptions":null"#, Unreadable),
            ("null for a text", r#""cite":"art. 1""#, r#""cite":null"#, Unreadable),
            ("a number with a point", r#""at_least":101"#, r#""at_least":101.0"#, Unreadable),
            ("a number with an exponent", r#""at_least":101"#, r#""at_least":1.01e2"#, Unreadable),
            ("a number with a zero before", r#""at_least":101"#, r#""at_least":0101"#, Unreadable),
            ("a number with a sign", r#""at_least":101"#, r#""at_least":+101"#, Unreadable),
            ("a negative number", r#""at_least":101"#, r#""at_least":-101"#, Unreadable),
            ("minus zero", r#""sequence":0"#, r#""sequence":-0"#, Unreadable),
            ("a number as text", r#""at_least":101"#, r#""at_least":"101""#, Unreadable),
            ("a count above 2^53", r#""below":1000000"#, r#""below":9007199254740993"#, Unreadable),
            ("a count above 2^64", r#""below":1000000"#, r#""below":18446744073709551616"#, Unreadable),
            ("another count", r#""at_least":101"#, r#""at_least":100"#, Altered),
            ("bounds without a count", r#""below":1000000"#, r#""below":101"#, Unreadable),
            ("a flag as a number", r#""flag":false"#, r#""flag":0"#, Unreadable),
            ("a condition of two forms", r#"{"flag":false}"#, r#"{"flag":false,"choice":["retail"]}"#, Unreadable),
            ("an unknown form of condition", r#"{"flag":false}"#, r#"{"flags":false}"#, Unreadable),
            ("an unsorted set", r#"["DE","GB"]"#, r#"["GB","DE"]"#, Altered),
            ("a repeated member", r#"["DE","GB"]"#, r#"["DE","DE","GB"]"#, Altered),
            ("a hash that is too long", r#""entries_root":""#, r#""entries_root":"0"#, Altered),
            ("a date in one piece", "2024-03-22", "20240322", Unreadable),
            ("a date without zeros", "2024-03-22", "2024-3-22", Unreadable),
            ("a date with a time", "2024-03-22", "2024-03-22T00:00:00", Unreadable),
            ("a day that is not there", "2024-03-22", "2024-02-30", Unreadable),
            ("another date", "2024-03-22", "2024-03-21", Altered),
            ("a version without a patch", r#""version":"1.0.0""#, r#""version":"1.0""#, Unreadable),
            ("a version with a zero before", r#""version":"1.0.0""#, r#""version":"01.0.0""#, Unreadable),
            ("build metadata", r#""version":"1.0.0""#, r#""version":"1.0.0+1""#, Broken),
            ("a requirement without its operator", r#""catalog":"^1.0""#, r#""catalog":"1.0""#, Altered),
            ("a requirement with a space", r#""catalog":"^1.0""#, r#""catalog":"^ 1.0""#, Altered),
            ("an unknown word", r#""status":"transcribed""#, r#""status":"copied""#, Unreadable),
            ("a word in capitals", r#""status":"transcribed""#, r#""status":"Transcribed""#, Unreadable),
            ("an id in capitals", r#""id":"genomic""#, r#""id":"Genomic""#, Unreadable),
            ("a scope of all and some", r#""scope":["personal"]"#, r#""scope":["*","personal"]"#, Altered),
            (
                "destinations of both kinds",
                r#""except":["partners"],"only":null"#,
                r#""except":["partners"],"only":["DE"]"#,
                Unreadable,
            ),
            ("a prohibition with a way out", r#""requires":[]"#, r#""requires":[{"all":[],"when":{}}]"#, Unreadable),
            ("a condition without a way out", r#""effect":"conditional""#, r#""effect":"notice""#, Unreadable),
            ("removed what was not there", r#""removed":[]"#, r#""removed":["large"]"#, Altered),
            ("another index", r#""index":4"#, r#""index":5"#, Altered),
            ("another kind", r#""kind":"revision""#, r#""kind":"facts""#, Altered),
            ("an unknown kind", r#""kind":"revision""#, r#""kind":"revisions""#, Unreadable),
            ("the body of another kind", r#""revision":{"details""#, r#""facts":{"details""#, Unreadable),
            ("another revision before", r#""previous":null"#, r#""previous":"none""#, Altered),
            ("another time", RECORDED, "2026-01-01T00:00:01Z", Altered),
        ],
    );
}

#[test]
fn a_hash_is_not_written_in_capitals() {
    let (line, before) = (journal_lines()[6].clone(), before(6));
    let hashes: Vec<&str> = line.split('"').filter(|it| it.len() == 64 && !it.contains(' ')).collect();
    // Of its details, the dates before it, its entries, the revision before
    // it, its terms, the digest, itself, the lists, the record before it.
    assert_eq!(hashes.len(), 9);
    for hash in hashes {
        let capitals = hash.to_uppercase();
        assert_ne!(capitals, hash);
        assert_eq!(refused(&before, line.replacen(hash, &capitals, 1).as_bytes()), Some(Altered), "{hash}");
    }
}

#[test]
fn places_come_before_groups() {
    let ciio = r#""only":["GB","partners"]"#;
    check_spellings(6, &[("order of destinations", ciio, r#""only":["partners","GB"]"#, Altered)]);
}

#[test]
fn what_changed_against_the_revision_before_has_one_spelling() {
    let put = |line: &str| {
        let (head, rest) = line.split_once(r#""put":["#).unwrap();
        let (entries, tail) = rest.split_once(r#"],"removed""#).unwrap();
        (format!(r#"{head}"put":["#), entries.to_owned(), format!(r#"],"removed"{tail}"#))
    };
    // The second revision puts one entry. One that did not change is not put
    // again, nor is one put twice.
    let (head, entry, tail) = put(&journal_lines()[6]);
    let unchanged = vector("entry-large.json");
    for entries in
        [format!("{entry},{entry}"), format!("{entry},{unchanged}"), format!("{unchanged},{entry}"), String::new()]
    {
        let line = [head.as_str(), &entries, &tail].concat();
        assert_eq!(refused(&before(6), line.as_bytes()), Some(Altered), "{line}");
    }
    // The first one puts two, in their order.
    let (head, entries, tail) = put(&journal_lines()[4]);
    let (genomic, large) = (vector("entry-genomic.json"), vector("entry-large.json"));
    assert_eq!(entries, format!("{genomic},{large}"));
    let line = [head, format!("{large},{genomic}"), tail].concat();
    assert_eq!(refused(&before(4), line.as_bytes()), Some(Altered));
    // The third removes one.
    let index = 7;
    assert!(journal_lines()[index].contains(r#""put":[],"removed":["large"]"#));
    check_spellings(
        index,
        &[
            ("removed twice", r#""removed":["large"]"#, r#""removed":["large","large"]"#, Altered),
            ("removed what is not there", r#""removed":["large"]"#, r#""removed":["large","larger"]"#, Altered),
            ("not removed", r#""removed":["large"]"#, r#""removed":[]"#, Altered),
        ],
    );
}

#[test]
fn a_release_has_one_spelling() {
    check_spellings(
        1,
        &[
            ("an unsorted set", r#""narrower":["personal.genomic"]"#, r#""narrower":[]"#, Altered),
            ("a category without its parent", r#""id":"personal""#, r#""id":"impersonal""#, Unreadable),
            ("a category twice", r#""id":"personal""#, r#""id":"genetic""#, Unreadable),
            ("another name", "个人信息", "个人数据", Altered),
            ("a missing null", r#","note":null"#, "", Altered),
            ("an unknown key", r#""note":null"#, r#""note":null,"remark":null"#, Unreadable),
        ],
    );
    check_spellings(
        2,
        &[
            ("an unsorted set", r#"["retail","tourism"]"#, r#"["tourism","retail"]"#, Altered),
            ("a flag with values", r#""values":null"#, r#""values":[]"#, Unreadable),
            ("an exemption that counts", r#""kind":"flag""#, r#""kind":"count""#, Unreadable),
            ("an unknown role", r#""role":"duty""#, r#""role":"chore""#, Unreadable),
        ],
    );
    check_spellings(
        3,
        &[
            ("a date in one piece", "1994-01-01", "19940101", Unreadable),
            ("a member that is not there", r#""place":"GB""#, r#""place":"FR""#, Unreadable),
            ("an unsorted place", r#""code":"CN""#, r#""code":"ZZ""#, Altered),
            ("a place in small letters", r#""code":"CN""#, r#""code":"cn""#, Unreadable),
        ],
    );
}

#[test]
fn bytes_that_are_no_text_are_no_record() {
    let line = journal_lines()[4].clone().into_bytes();
    let position = line.windows(4).position(|it| it == b"CAC ").unwrap();
    // A lone continuation, an overlong slash, half a surrogate, beyond Unicode.
    for bytes in [&b"\x80"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
        let line = [&line[..position], bytes, &line[position..]].concat();
        assert_eq!(refused(&before(4), &line), Some(Unreadable), "{bytes:?}");
    }
    for line in [&b""[..], b"null", b"{}", b"[]", b"4", b"\"\""] {
        assert_eq!(refused(&before(4), line), Some(Unreadable), "{line:?}");
    }
}

#[test]
fn a_record_fits_one_place() {
    let lines = journal_lines();
    for index in 0..lines.len() {
        let before = before(index);
        for (other, line) in lines.iter().enumerate().filter(|(it, _)| *it != index) {
            assert!(refused(&before, line.as_bytes()).is_some(), "record {other} in the place of {index}");
        }
    }
    // A registry has one origin, at its beginning; a version rises.
    assert_eq!(refused(&before(0), lines[1].as_bytes()), Some(Broken));
    assert_eq!(refused(&before(4), lines[0].as_bytes()), Some(Broken));
    assert_eq!(refused(&before(4), lines[1].as_bytes()), Some(Broken));
    assert_eq!(refused(&before(3), lines[4].as_bytes()), Some(Broken));
}
