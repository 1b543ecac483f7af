//! The server as others find it: what it answers is what the command line
//! answers, and what it refuses it refuses as a problem document.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use common::lossy::{Lost, lossy};
use common::process::{Served, Serving, bundled, neglist};
use neglist::canon::Publication;
use neglist::client::{Remote, Reply};
use neglist::registry::Publisher;
use neglist::server::{Limits, Service};
use serde_json::{Value as Json, json};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What the command line says of what is served, as JSON.
fn command_line(served: &Served, arguments: &[&str]) -> Json {
    let arguments = [&["--registry", text(&served.root), "--format", "json"], arguments].concat();
    serde_json::from_slice(&neglist(&arguments).output().unwrap().stdout).unwrap()
}

fn json_of(reply: &Reply) -> Json {
    let text = String::from_utf8_lossy(&reply.body);
    serde_json::from_str(&text).expect(&text)
}

#[test]
fn the_server_says_what_the_command_line_says() {
    let served = bundled(&[]);
    let list = "CN/cross-border-transfer";
    for (path, arguments) in [
        (
            "/v1/ask?from=CN&to=US&category=personal.contact&subjects=50000&fact=sector%3Dretail&ordinary=true&at=2024-04-01",
            "ask --from CN --to US --category personal.contact --subjects 50000 --fact sector=retail --ordinary --at 2024-04-01",
        ),
        (
            "/v1/ask?from=DE&item=personal,subjects=5&item=personal.health&at=2025-07-15&known_on=2025-05-01&with=standard-contract",
            "ask --from DE --item personal,subjects=5 --item personal.health --at 2025-07-15 --known-on 2025-05-01 --with standard-contract",
        ),
        ("/v1/coverage?at=2024-01-01", "coverage --at 2024-01-01"),
        ("/v1/lists?at=2024-01-01&place=CN-TJ-FTZ", "lists CN-TJ-FTZ --at 2024-01-01"),
        ("/v1/lists/CN/cross-border-transfer?at=2024-01-01", &format!("history {list} --at 2024-01-01")),
        ("/v1/lists/CN/cross-border-transfer/revisions/5.0.0", &format!("show {list} 5.0.0")),
        ("/v1/lists/CN/cross-border-transfer/revisions/@2024-04-01", &format!("show {list} --at 2024-04-01")),
        ("/v1/diff/CN/cross-border-transfer/4.0.2/5.0.0", &format!("diff {list} 4.0.2 5.0.0")),
        (
            "/v1/diff/CN/cross-border-transfer/@2024-03-21/5.0.0?verdicts=true",
            &format!("diff {list} 4.0.2 5.0.0 --verdicts"),
        ),
    ] {
        let reply = served.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
        let arguments: Vec<_> = arguments.split(' ').collect();
        assert_eq!(json_of(&reply), command_line(&served, &arguments), "{path}");
    }
    let question =
        r#"{"from":"CN","to":"SG","items":[{"category":"personal.contact","subjects":500}],"at":"2025-01-01"}"#;
    let reply = served.post("/v1/ask", "application/json", question.as_bytes());
    let asked = command_line(
        &served,
        &["ask", "--from", "CN", "--to", "SG", "--item", "personal.contact,subjects=500", "--at", "2025-01-01"],
    );
    assert_eq!(json_of(&reply), asked);
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let served = bundled(&[]);
    let questions = fs::read("tests/cli/questions.ndjson").unwrap();
    let many = questions.repeat(200);
    let expected =
        neglist(&["--registry", text(&served.root), "batch", "tests/cli/questions.ndjson"]).output().unwrap().stdout;
    let reply = served.post("/v1/batch", "application/x-ndjson", &questions);
    assert_eq!(reply.status, 200);
    assert_eq!(String::from_utf8(reply.body).unwrap(), String::from_utf8(expected.clone()).unwrap());
    // Lines are counted on: the rest is the same.
    let reply = served.post("/v1/batch?verdict_only=true", "application/x-ndjson", &many);
    let (lines, expected) =
        (reply.body.split(|it| *it == b'\n').count() - 1, expected.split(|it| *it == b'\n').count() - 1);
    assert_eq!(lines, 200 * expected);
}

#[test]
fn what_is_wrong_is_a_problem_document() {
    let served = bundled(&[]);
    let ask = "/v1/ask?from=CN&to=US&category=personal.contact&at=2024-04-01";
    for (path, status, detail) in [
        ("/v1/ask", 400, "`from` is missing"),
        ("/v1/ask?from=CN&category=personal", 400, "`at` is missing"),
        ("/v1/ask?from=CN&at=2024-04-01", 400, "`category` is missing"),
        (&format!("{ask}&form=CN"), 400, "unknown parameter `form`"),
        (&format!("{ask}&from=CN"), 400, "`from` is given twice"),
        (&format!("{ask}&subjects=many"), 400, "`many` is not a number of people"),
        (&format!("{ask}&fact=sector"), 400, "`sector` has no value"),
        (&format!("{ask}&fact=exporter.ciio%3Dmaybe"), 400, "`exporter.ciio` is a flag"),
        (&format!("{ask}&fact=%ff"), 400, "not UTF-8"),
        ("/v1/ask?from=UK&category=personal&at=2024-04-01", 400, "unknown place `UK`"),
        ("/v1/ask?from=CN&category=personal&at=2024-02-30", 400, "at: "),
        ("/v1/ask?from=CN&category=personal&at=2024-04-01&ordinary=perhaps", 400, "`ordinary` is `true` or `false`"),
        ("/v1/lists/CN/cross-border-transfre", 404, "there is no list"),
        ("/v1/lists/CN/cross-border-transfer/revisions/9.9.9", 404, "has no revision 9.9.9"),
        ("/v1/lists/CN/cross-border-transfer/revisions/nine", 400, "is not a version"),
        ("/v1/lists?at=yesterday", 400, "at: "),
        ("/v1/nothing", 404, "there is nothing at this address"),
        ("/v1/batch", 405, "this address has other methods"),
        ("/log/tile/../../checkpoint", 404, "there is no"),
        ("/log/tile/0/%2e%2e/%2e%2e/%2e%2e/checkpoint", 404, "there is no"),
        ("/log/records/9999", 404, "there are no records"),
    ] {
        let reply = served.get(path);
        assert_eq!(reply.status, status, "{path}: {}", String::from_utf8_lossy(&reply.body));
        let problem = json_of(&reply);
        assert_eq!(problem["status"], json!(status), "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{path}: {problem}");
    }
    let item = r#"{"category":"personal"}"#;
    let many = format!(r#"{{"from":"CN","items":[{}],"at":"2024-04-01"}}"#, vec![item; 101].join(","));
    for (body, status) in [
        (many.as_bytes(), 400),
        (b"".as_slice(), 400),
        (b"{}", 400),
        (b"{\"from\":\"CN\",\"from\":\"CN\"}", 400),
        (b"\xff\xfe", 400),
        (&b"[".repeat(100_000), 400),
        (&b" ".repeat(2_000_000), 413),
    ] {
        let reply = served.post("/v1/ask", "application/json", body);
        assert_eq!((reply.status, json_of(&reply)["status"].clone()), (status, json!(status)));
    }
    // Nobody publishes here.
    let reply = served.post("/v1/lists/CN/cross-border-transfer/revisions", "application/json", b"{}");
    assert_eq!((reply.status, json_of(&reply)["status"].clone()), (403, json!(403)));
}

#[test]
fn receipts_come_from_the_server_and_need_it_no_more() {
    let served = bundled(&[]);
    let reply = served
        .get("/v1/receipt?from=CN-TJ-FTZ&to=SG&category=commercial&at=2024-06-01&fact=sector%3Dretail&ordinary=true");
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    let receipt = served.root.join("r.json");
    fs::write(&receipt, &reply.body).unwrap();
    let verified = neglist(&["verify", text(&receipt), "--key", "snapshots/bundled.vkey"]).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn the_server_takes_up_what_is_published_beside_it_and_ends_when_it_is_asked() {
    let served = bundled(&[]);
    let size = || json_of(&served.get("/healthz"))["registry"]["size"].as_u64().unwrap();
    let before = size();
    let mut publisher = Publisher::open(&served.root).unwrap();
    let revision = common::next_revision(publisher.chains(), common::LIST);
    publisher.publish(Publication::Revision(Box::new(revision)), "2027-01-01T00:00:00Z").unwrap();
    drop(publisher);
    // It looks once a second; how long that takes is not the point.
    while size() == before {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(size(), before + 1);
    // The head of before was signed, and this one is not.
    assert_eq!(json_of(&served.get("/healthz"))["signed"], json!(before));
    let reply = served.get("/v1/receipt?from=CN&category=personal&at=2024-06-01");
    assert_eq!(reply.status, 503, "{}", String::from_utf8_lossy(&reply.body));
    let metrics = String::from_utf8(served.get("/metrics").body).unwrap();
    assert!(
        metrics.contains("neglist_requests_total{method=\"GET\",route=\"/v1/receipt\",status=\"503\"} 1"),
        "{metrics}"
    );
    served.serving.end();
}

/// Of two that looked for news at once, one after a publication and one because
/// a second was over, the slower put an older head in the place of a newer one.
#[test]
fn what_is_served_never_goes_back_when_two_look_for_news_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let mut publisher = common::small_registry(&root);
    let service = Service::open(&root, false, Limits::default(), || 0).unwrap();
    let is_over = AtomicBool::new(false);
    let look = || {
        let mut seen = 0;
        while !is_over.load(Ordering::Relaxed) {
            service.refresh();
            let size = service.head().size;
            assert!(seen <= size, "went back from {seen} records to {size}");
            seen = size;
        }
    };
    std::thread::scope(|scope| {
        (0..3).for_each(|_| drop(scope.spawn(look)));
        for _ in 0..100 {
            let revision = common::next_revision(publisher.chains(), common::LIST);
            publisher.publish(Publication::Revision(Box::new(revision)), common::RECORDED).unwrap();
            publisher.settle();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    service.refresh();
    assert_eq!(Some(service.head()), publisher.chains().position());
}

#[test]
fn the_description_of_the_interface_names_what_there_is() {
    let served = bundled(&[]);
    let description = json_of(&served.get("/openapi.json"));
    assert_eq!(description["openapi"], json!("3.1.0"));
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let text = description.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    for path in ["/v1/ask", "/v1/lists/{jurisdiction}/{name}/revisions", "/log/tile/{path}", "/metrics"] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
}

/// A list with one threshold, as its authority writes it.
fn draft(version: &str, effective: &str, at_least: u64) -> String {
    fs::read_to_string("tests/drafting/data-export.toml")
        .unwrap()
        .replace("VERSION", version)
        .replace("EFFECTIVE", effective)
        .replace("AT-LEAST", &at_least.to_string())
}

/// A ministry that publishes from afar, and the server that it publishes at.
struct Ministry {
    folder: tempfile::TempDir,
    serving: Serving,
}

impl Ministry {
    /// Makes a registry with a root key, which admits the ministry, and serves
    /// it signed.
    fn new() -> Ministry {
        let folder = tempfile::tempdir().unwrap();
        let registry = folder.path().join("registry");
        let here = text(&registry);
        let succeeds = |line: &str| {
            let (code, said) = run(folder.path(), here, line);
            assert_eq!(code, 0, "{line}: {said}");
            said
        };
        for key in ["root.key", "ministry.key", "stranger.key", "log.key"] {
            succeeds(&format!("key new {key}"));
        }
        succeeds("init --origin registry.example/lists --key root.key");
        let public = succeeds("key show ministry.key");
        let admit = format!(
            "authority admit ministry --name Ministry --lists AF/* --public-key {} --key root.key",
            public.trim()
        );
        succeeds(&admit);
        succeeds("log sign --key log.key --first");
        let log_key = folder.path().join("log.key");
        let arguments =
            ["--registry", here, "serve", "--listen", "127.0.0.1:0", "--accept-drafts", "--log-key", text(&log_key)];
        Ministry { serving: Serving::start(&arguments), folder }
    }

    /// Writes a draft, and publishes it at an address.
    fn publish(&self, address: &str, (version, effective, at_least): (&str, &str, u64), key: &str) -> (i32, String) {
        let draft = draft(version, effective, at_least);
        fs::write(self.folder.path().join(format!("{version}.toml")), draft).unwrap();
        self.run(address, &format!("publish {version}.toml --key {key}"))
    }

    fn run(&self, registry: &str, line: &str) -> (i32, String) {
        run(self.folder.path(), registry, line)
    }
}

/// Runs a command that names files in a folder, and keeps mirrors there.
fn run(folder: &Path, registry: &str, line: &str) -> (i32, String) {
    let is_file = |word: &&str| [".key", ".toml"].iter().any(|it| word.ends_with(it));
    let words = line.split(' ').map(|it| if is_file(&it) { text(&folder.join(it)).to_owned() } else { it.to_owned() });
    let words: Vec<_> = ["--registry", registry].into_iter().map(str::to_owned).chain(words).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let output = neglist(&words).env("XDG_DATA_HOME", folder.join("home")).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn who_serves_with_a_key_that_cannot_sign_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, log_key) = (folder.path().join("registry"), folder.path().join("log.key"));
    for line in ["key new root.key", "key new log.key", "init --origin registry.example/lists --key root.key"] {
        let (code, said) = run(folder.path(), text(&registry), line);
        assert_eq!(code, 0, "{line}: {said}");
    }
    let arguments = ["--registry", text(&registry), "serve", "--listen", "127.0.0.1:0", "--log-key", text(&log_key)];
    let serving = Serving::start(&arguments);
    let unsigned: Vec<_> = serving.said.iter().filter(|it| it.contains("served without a signature")).collect();
    let [told] = &*unsigned else { panic!("{:?}", serving.said) };
    assert!(told.contains("nothing says what this key signed before") && told.contains("`--first`"), "{told}");
    // Asked for, it is served all the same.
    let remote = Remote::new(&serving.address).unwrap();
    assert_eq!(json_of(&remote.get("healthz").unwrap())["signed"], json!(null));
    // What mends it is seen without starting anew.
    let (code, said) = run(folder.path(), text(&registry), "log sign --key log.key --first");
    assert_eq!(code, 0, "{said}");
    while json_of(&remote.get("healthz").unwrap())["signed"].is_null() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn signed_drafts_are_published_from_afar_once_and_by_those_who_may() {
    let ministry = Ministry::new();
    let there = ministry.serving.address.clone();
    let first = ("1.0.0", "2027-12-23", 1000);
    let (code, said) = ministry.publish(&there, first, "stranger.key");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no authority with a key that signed may publish"), "{said}");
    let (code, said) = ministry.publish(&there, first, "ministry.key");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("AF/data-export 1.0.0"), "{said}");
    assert_eq!(ministry.run(&there, "show AF/data-export 1.0.0").0, 0);
    // The server answers from it, and signs its head within a moment.
    let ask = "v1/ask?from=AF&to=DE&category=personal.health&subjects=1000&ordinary=true&at=2027-12-23";
    let remote = Remote::new(&there).unwrap();
    assert_eq!(json_of(&remote.get(ask).unwrap())["outcome"], json!("conditional"));
    while remote.get(&ask.replace("v1/ask", "v1/receipt")).unwrap().status != 200 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // What was sent once is not taken a second time.
    let records = remote.get("log/records/000.p/6").unwrap().body;
    let last = records.split(|it| *it == b'\n').rfind(|it| !it.is_empty()).unwrap();
    let path = "v1/lists/AF/data-export/revisions";
    let again = remote.post(path, "application/json", last).unwrap();
    assert_eq!(again.status, 409, "{}", String::from_utf8_lossy(&again.body));
    let elsewhere = remote.post("v1/lists/AF/other/revisions", "application/json", last).unwrap();
    assert_eq!(elsewhere.status, 409, "{}", String::from_utf8_lossy(&elsewhere.body));
    // A version that says less than it does.
    let (code, said) = ministry.publish(&there, ("1.0.1", "2028-01-10", 500), "ministry.key");
    assert_eq!(code, 2, "{said}");
    let (code, said) = ministry.publish(&there, ("2.0.0", "2028-01-10", 500), "ministry.key");
    assert_eq!(code, 0, "{said}");
    // Beside the server, nobody else writes.
    let registry = ministry.folder.path().join("registry");
    let here = text(&registry);
    let (code, said) = ministry.publish(here, ("3.0.0", "2028-06-01", 50), "ministry.key");
    assert_ne!(code, 0, "{said}");
    assert!(said.contains("is held by"), "{said}");
    let Ministry { folder, serving } = ministry;
    serving.end();
    let (code, said) = run(folder.path(), here, "fsck");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("7 records verified"), "{said}");
}

#[test]
fn who_publishes_and_is_told_nothing_looks_whether_it_is_there() {
    let ministry = Ministry::new();
    let there = &ministry.serving.address;
    let (loses_replies, loses_requests) = (lossy(there, Lost::Reply), lossy(there, Lost::Request));
    let (code, said) = ministry.publish(&loses_replies, ("1.0.0", "2027-12-23", 1000), "ministry.key");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("AF/data-export 1.0.0"), "{said}");
    let next = ("2.0.0", "2028-01-10", 500);
    let (code, said) = ministry.publish(&loses_requests, next, "ministry.key");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("it is not published so far"), "{said}");
    // To run it again is right, and once is enough.
    assert_eq!(ministry.publish(there, next, "ministry.key").0, 0);
    assert_eq!(ministry.publish(there, next, "ministry.key").0, 2);
    let health = json_of(&Remote::new(there).unwrap().get("healthz").unwrap());
    assert_eq!(health["registry"]["size"], json!(7));
}

#[test]
fn a_node_that_is_behind_does_not_make_a_publication_fail() {
    let ministry = Ministry::new();
    let there = &ministry.serving.address;
    let behind = ministry.folder.path().join("behind");
    assert_eq!(ministry.run(there, &format!("mirror {there} {}", text(&behind))).0, 0);
    let node = Serving::start(&["--registry", text(&behind), "serve", "--listen", "127.0.0.1:0"]);
    let leads_astray = |requests| lossy(there, Lost::Server(node.address.clone(), requests));
    // The node has as many records as the copy, and then fewer.
    let (for_some_time, for_ever) = (leads_astray(2), leads_astray(usize::MAX));
    for draft in [("1.0.0", "2027-12-23", 1000), ("2.0.0", "2028-01-10", 500)] {
        let (code, said) = ministry.publish(&for_some_time, draft, "ministry.key");
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(&format!("AF/data-export {}", draft.0)), "{said}");
    }
    let (code, said) = ministry.publish(&for_ever, ("3.0.0", "2028-06-01", 50), "ministry.key");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("says that it published the revision, and does not show it"), "{said}");
}

/// Judges of the interface that are not ours: a validator of its description,
/// and one that asks as the description says, and otherwise (`NEGLIST_PYTHON`
/// names an interpreter that has both).
///
/// Words that no catalog has are well-formed and refused, so that what the
/// description lets through need not be accepted.
#[test]
fn strangers_find_no_fault_in_the_interface() {
    let Some(python) = common::process::program("NEGLIST_PYTHON") else { return };
    let served = bundled(&[]);
    let description = served.root.join("openapi.json");
    fs::write(&description, served.get("/openapi.json").body).unwrap();
    let address = format!("{}/openapi.json", served.serving.address);
    let judges: [&[&str]; 2] = [
        &["-m", "openapi_spec_validator", text(&description)],
        &[
            "-m",
            "schemathesis.cli",
            "run",
            &address,
            "--max-examples",
            "20",
            "--seed",
            "1",
            "--exclude-checks",
            "positive_data_acceptance",
            // Events never end.
            "--exclude-path",
            "/events",
        ],
    ];
    for judge in judges {
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi");
        let output = std::process::Command::new(&python)
            .args(judge)
            .current_dir(&served.root)
            .env("PYTHONPATH", hooks)
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    let reply = served.get("/metrics");
    assert!(!String::from_utf8(reply.body).unwrap().contains("status=\"500\""));
}
