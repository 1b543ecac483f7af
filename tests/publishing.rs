//! A regulator on an empty registry, from the first key to a withdrawal, and
//! everything that must be refused on the way.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::path::Path;

use neglist::cli::{Surroundings, run};

/// A folder in which commands are run, on one day.
struct Office {
    folder: tempfile::TempDir,
    today: &'static str,
}

/// What a command came to.
#[derive(Debug)]
struct Done {
    code: u8,
    out: String,
    err: String,
}

impl Office {
    fn open() -> Office {
        let office = Office { folder: tempfile::tempdir().unwrap(), today: "2026-11-23" };
        office.run("key new root.key").succeeds();
        office.run("key new ministry.key").succeeds();
        office.run("init --origin ministry.example/lists --key root.key").succeeds();
        let public = office.public("ministry.key");
        let admit =
            format!("authority admit ministry --name Ministry --lists AF/* --public-key {public} --key root.key");
        office.run(&admit).succeeds();
        office
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn public(&self, key: &str) -> String {
        self.run(&format!("key show {key}")).succeeds().out.trim().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs a command line. Words that name files of the office become their
    /// paths.
    fn run(&self, line: &str) -> Done {
        let is_file = |word: &&str| [".key", ".toml"].iter().any(|it| word.ends_with(it));
        let word = |word: &str| if is_file(&word) { self.path(word).into_os_string() } else { OsString::from(word) };
        let registry = self.path("registry").into_os_string();
        let arguments = ["neglist".into(), "--registry".into(), registry].into_iter().chain(line.split(' ').map(word));
        let surroundings = Surroundings {
            clock: || 0,
            pause: |_| {},
            log: |_| {},
            today: self.today.parse::<neglist::model::date::Date>().unwrap().into(),
            now: format!("{}T08:00:00Z", self.today),
            passphrase: None,
            data_folder: None,
            registry: None,
            is_err_terminal: false,
            width: 100,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(arguments, &surroundings, &mut out, &mut err);
        Done { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }

    /// Returns every byte of the journal, to see that nothing was written.
    fn journal(&self) -> Vec<u8> {
        let folder = self.path("registry/journal");
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        names.sort();
        names.iter().flat_map(|it| std::fs::read(it).unwrap()).collect()
    }

    /// Runs a command that must be refused, with these words in the message,
    /// and without a trace in the journal.
    fn refuses(&self, line: &str, said: &str) {
        let before = self.journal();
        let done = self.run(line);
        assert_eq!(done.code, 2, "{line}: {done:?}");
        assert!(done.err.contains(said), "{line}: expected `{said}` in\n{}", done.err);
        assert_eq!(self.journal(), before, "{line}: something was written");
        self.run("fsck").succeeds();
    }
}

impl Done {
    #[track_caller]
    fn succeeds(self) -> Done {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    #[track_caller]
    fn says(self, word: &str) -> Done {
        assert!(self.out.contains(word), "expected `{word}` in\n{}", self.out);
        self
    }
}

/// A list with one threshold.
fn list(version: &str, effective: &str, at_least: u64) -> String {
    format!(
        r#"
list      = "AF/data-export"
version   = "{version}"
title     = {{ en = "Data export rules", zh = "数据出境规则" }}
authority = "Ministry of Data"
published = 2026-11-23
effective = {effective}
catalog   = "^1.0"
status    = "official"
scope     = ["personal"]
summary   = {{ en = "Health data from {at_least} people on.", zh = "健康数据自{at_least}人起。" }}

[source]
title      = "Data Export Act"
citation   = "Act 1 of 2026"
url        = "https://ministry.example/act-1-2026"
checked    = 2026-11-23
confidence = "high"

[[entry]]
id = "health-in-numbers"
category = ["personal.health"]
when = {{ subjects = {{ at-least = {at_least} }} }}
effect = "conditional"
requires = ["regulator-approval"]
objective = "privacy"
cite = "Act 1 of 2026, s. 3"
note = {{ en = "Health data of {at_least} people or more needs approval.", zh = "{at_least}人以上健康数据须经批准。" }}
"#
    )
}

const ASK: &str = "ask --from AF --to DE --category personal.health --ordinary";

#[test]
fn a_regulator_publishes_and_withdraws() {
    let mut office = Office::open();
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000));
    office.run("publish 1.0.0.toml --key ministry.key --dry-run").succeeds();
    office.run("publish 1.0.0.toml --key ministry.key").succeeds().says("AF/data-export 1.0.0");
    assert_eq!(office.run(&format!("{ASK} --subjects 999 --at 2026-12-23")).code, 0);
    assert_eq!(office.run(&format!("{ASK} --subjects 1000 --at 2026-12-23")).code, 10);
    // The day before it takes effect no list was in force.
    assert_eq!(office.run(&format!("{ASK} --subjects 1000 --at 2026-12-22")).code, 12);

    // Tightened, and declared as a patch: refused, with a question that shows it.
    office.write("1.0.1.toml", &list("1.0.1", "2027-01-10", 500));
    office.refuses("publish 1.0.1.toml --key ministry.key", "the answers make it a major");
    let refused = office.run("publish 1.0.1.toml --key ministry.key").err;
    assert!(refused.contains("permitted before and conditional after: `neglist ask"), "{refused}");
    assert!(refused.contains("call it 2.0.0"), "{refused}");
    office.write("2.0.0.toml", &list("2.0.0", "2027-01-10", 500));
    office.run("publish 2.0.0.toml --key ministry.key").succeeds();
    office.write("2.1.0.toml", &list("2.1.0", "2027-06-01", 5000));
    office.run("publish 2.1.0.toml --key ministry.key").succeeds();
    assert_eq!(office.run(&format!("{ASK} --subjects 1000 --at 2027-06-01")).code, 0);

    office.today = "2027-02-01";
    office.run("withdraw AF/data-export@2.1.0 --reason reconsidered --key ministry.key").succeeds().says("2.1.1");
    assert_eq!(office.run(&format!("{ASK} --subjects 1000 --at 2027-06-01")).code, 10);
    let again = "withdraw AF/data-export@2.1.0 --reason reconsidered --key ministry.key";
    office.refuses(again, "`AF/data-export` 2.1.0 was withdrawn by 2.1.1");
    // As it was known before.
    assert_eq!(office.run(&format!("{ASK} --subjects 1000 --at 2027-06-01 --known-on 2027-01-31")).code, 0);
    office.run("history AF/data-export").succeeds().says("withdrawn").says("in-force");
    office.run("fsck").succeeds().says("9 records verified");
}

#[test]
fn what_must_not_be_published_is_refused() {
    let office = Office::open();
    office.run("key new stranger.key").succeeds();
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000));
    office.refuses("publish 1.0.0.toml --key stranger.key", "no authority with a key that signed may publish");
    office.refuses("publish 1.0.0.toml --key root.key", "no authority with a key that signed may publish");
    office.write("elsewhere.toml", &list("1.0.0", "2026-12-23", 1000).replace("AF/", "DE/"));
    office.refuses("publish elsewhere.toml --key ministry.key", "may not publish `DE/data-export`");
    office.write("unknown.toml", &list("1.0.0", "2026-12-23", 1000).replace("personal.health", "personal.helth"));
    office.refuses("publish unknown.toml --key ministry.key", "did you mean `personal.health`");
    office.write("broken.toml", "list = ");
    office.refuses("publish broken.toml --key ministry.key", "broken.toml");
    let expects = "[[expect]]\nfrom = \"AF\"\nto = \"DE\"\ncategory = \"personal.health\"\nsubjects = 1000\nat = 2026-12-23\nordinary = true\noutcome = \"permitted\"\n";
    office.write("expects.toml", &(list("1.0.0", "2026-12-23", 1000) + expects));
    office.refuses(
        "publish expects.toml --key ministry.key",
        "expected permitted, and the registry would answer conditional",
    );
    office.refuses(
        "authority admit other --name Other --lists AF/* --public-key 00 --key root.key",
        "is not a public key",
    );
    let public = office.public("stranger.key");
    let admit = format!("authority admit other --name Other --lists AF/* --public-key {public} --key stranger.key");
    office.refuses(&admit, "signed by the root key");
    office.refuses("withdraw AF/data-export@1.0.0 --reason none --key ministry.key", "unknown list");

    office.run("publish 1.0.0.toml --key ministry.key").succeeds();
    // Of two who publish on the same head, one is told.
    office.refuses("publish 1.0.0.toml --key ministry.key", "expected a higher one");
    let overtaken = list("3.0.0", "2027-06-01", 10).replacen("title ", "follows = \"0.9.0\"\ntitle ", 1);
    office.write("overtaken.toml", &overtaken);
    office.refuses("publish overtaken.toml --key ministry.key", "follows 0.9.0 of `AF/data-export`, and 1.0.0 was");
}

#[test]
fn a_clock_that_jumps_loses_nothing_and_changes_no_answer() {
    // What a clock says is written down, and no rule depends on it: the order is
    // that of the records. Where a day is taken from it, the chain refuses one
    // that cannot be.
    let mut office = Office::open();
    office.today = "2027-02-01";
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000));
    office.run("publish 1.0.0.toml --key ministry.key").succeeds();
    office.write("2.0.0.toml", &list("2.0.0", "2027-01-10", 500));
    office.today = "1970-01-01";
    office.refuses("publish 2.0.0.toml --key ministry.key", "checked on `2026-11-23`, and today is 1970-01-01");
    office.today = "2026-11-24";
    office.run("publish 2.0.0.toml --key ministry.key").succeeds();
    office.today = "2106-02-07";
    let later = list("2.1.0", "2027-06-01", 5000).replace("published = 2026-11-23", "published = 2027-02-01");
    office.write("2.1.0.toml", &later);
    office.run("publish 2.1.0.toml --key ministry.key").succeeds();
    let journal = String::from_utf8(office.journal()).unwrap();
    let recorded = |line: &str| line.split_once("\"recorded\":\"").unwrap().1.split_once('T').unwrap().0.to_owned();
    let recorded: Vec<_> = journal.lines().skip(5).map(recorded).collect();
    assert_eq!(recorded, ["2027-02-01", "2026-11-24", "2106-02-07"]);
    for today in ["1970-01-01", "2026-11-23", "2106-02-07"] {
        office.today = today;
        office.run("fsck").succeeds().says("8 records verified");
        for (subjects, at, code) in [(500, "2027-01-09", 0), (500, "2027-01-10", 10), (500, "2027-06-01", 0)] {
            assert_eq!(office.run(&format!("{ASK} --subjects {subjects} --at {at}")).code, code, "{today}: {at}");
        }
    }
    for (today, said) in [
        ("1970-01-01", "nothing of `AF/data-export` is in force on 1970-01-01"),
        ("2027-01-15", "was last published on 2027-02-01: expected that day or a later one, found 2027-01-15"),
        ("2106-02-07", "expected an earlier version that has not taken effect by 2106-02-07"),
    ] {
        office.today = today;
        office.refuses("withdraw AF/data-export@2.1.0 --reason reconsidered --key ministry.key", said);
    }
    office.today = "2027-02-02";
    office.run("withdraw AF/data-export@2.1.0 --reason reconsidered --key ministry.key").succeeds().says("2.1.1");
}

#[test]
fn keys_rotate_and_are_revoked() {
    let office = Office::open();
    office.run("key new next.key").succeeds();
    let (old, new) = (office.public("ministry.key"), office.public("next.key"));
    office
        .run(&format!("key rotate ministry --old {old} --new {new} --reason yearly --key ministry.key"))
        .succeeds()
        .says(&new);
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000));
    office.refuses("publish 1.0.0.toml --key ministry.key", "no authority with a key that signed may publish");
    office.run("publish 1.0.0.toml --key next.key").succeeds();
    office.run(&format!("key revoke ministry --old {new} --reason lost --key root.key")).succeeds().says("revoked");
    office.write("1.0.1.toml", &list("1.0.1", "2026-12-23", 1000));
    office.refuses("publish 1.0.1.toml --key next.key", "no authority may");
}

#[test]
fn two_of_three_keys_sign_together() {
    let office = Office::open();
    let names = ["a.key", "b.key", "c.key"];
    names.iter().for_each(|it| drop(office.run(&format!("key new {it}")).succeeds()));
    let keys: Vec<_> = names.iter().map(|it| format!("--public-key {}", office.public(it))).collect();
    let admit =
        format!("authority admit board --name Board --lists DE/* {} --threshold 2 --key root.key", keys.join(" "));
    office.run(&admit).succeeds().says("2 / 3");
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000).replace("AF/", "DE/"));
    office.refuses("publish 1.0.0.toml --key a.key", "`board` publishes with 2 of its keys, and 1 signed");
    office.refuses("publish 1.0.0.toml --key a.key --key a.key", "is not over this publication");
    office.run("publish 1.0.0.toml --key a.key --key c.key").succeeds();
}

#[test]
#[cfg(unix)]
fn a_private_key_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&office.path("ministry.key")), 0o600);
    let again = office.run("key new ministry.key");
    assert!(again.code == 2 && again.err.contains("never overwritten"), "{again:?}");
    std::fs::set_permissions(office.path("ministry.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    office.write("1.0.0.toml", &list("1.0.0", "2026-12-23", 1000));
    office.refuses("publish 1.0.0.toml --key ministry.key", "can be read by others");
}
