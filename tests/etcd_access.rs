//! etcd that lets in those whom it knows: TLS, certificates of clients, users with
//! passwords and roles, and tokens that run out.
//!
//! `NEGLIST_ETCD` names etcd's program; `openssl` makes the certificates.

#![cfg(feature = "etcd")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "common/cluster.rs"]
mod cluster;
mod common;
#[path = "common/credentials.rs"]
mod credentials;
#[path = "common/network.rs"]
mod network;

use std::time::Duration;

use cluster::{Cluster, say};
use common::process::{Serving, program, said};
use common::sharing::{ask, health, offer, publish, registry, size_of, wait_until};
use credentials::Credentials;
use etcd_client::{Certificate, Client, ConnectOptions, Error, Identity, Permission, TlsOptions};
use neglist::canon::Chains;
use neglist::journal::open_shared;
use neglist::registry::share;
use tokio::runtime::Runtime;

const SECRET: &str = "correct horse battery staple";

/// Members that let in who shows a certificate and knows a password.
struct Guarded {
    cluster: Cluster,
    credentials: Credentials,
    /// As root, who gives and takes roles.
    admin: Client,
    runtime: Runtime,
}

impl Guarded {
    /// Starts so many members, which make tokens of a kind.
    fn start(many: usize, tokens: &[&str]) -> Option<Guarded> {
        program("NEGLIST_ETCD").or_else(|| {
            say("NOT RUN: NEGLIST_ETCD names no etcd");
            None
        })?;
        let credentials = Credentials::new();
        credentials.authority("authority");
        credentials.certificate("authority", "member", Some("IP:127.0.0.1"));
        credentials.certificate("authority", "admin", None);
        credentials.certificate("authority", "node", None);
        credentials.certificate("authority", "law-by-certificate", None);
        credentials.authority("another");
        credentials.certificate("another", "node-of-another", None);
        credentials.token_keys("tokens");
        for (name, text) in [("right", SECRET), ("wrong", "a wrong password"), ("empty", "\n")] {
            credentials.write(name, &format!("{text}\n"));
        }
        let at = |name: &str| credentials.path(name);
        let tls =
            [("cert-file", at("member.pem")), ("key-file", at("member.key")), ("trusted-ca-file", at("authority.pem"))];
        let tls = tls.into_iter().flat_map(|(name, file)| [format!("--{name}"), file]);
        let more = ["--client-cert-auth".to_owned(), "--bcrypt-cost".to_owned(), "4".to_owned()];
        let tokens = tokens.iter().map(|it| it.replace("KEYS", &at("tokens")));
        let cluster = Cluster::with(many, None, "https", &tls.chain(more).chain(tokens).collect::<Vec<_>>())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let admin = runtime.block_on(admin(&cluster, &credentials));
        Some(Guarded { cluster, credentials, admin, runtime })
    }

    /// Returns the address of the journal `law`, with what is named after `?`, in
    /// which `@` stands for the folder of the credentials.
    fn address(&self, query: &str) -> String {
        let folder = self.credentials.path("");
        format!("{}?{}", self.cluster.address("law"), query.replace('@', &folder))
    }

    /// Returns the address as a node has it that is let in.
    fn right(&self) -> String {
        self.address("ca=@authority.pem&cert=@node.pem&key=@node.key&user=law-writer&password-file=@right")
    }

    fn options(&self) -> ConnectOptions {
        ConnectOptions::new().with_tls(tls(&self.credentials)).with_timeout(Duration::from_secs(3))
    }

    /// Changes something as root. A member that started again has ended the
    /// connection before.
    fn change<T>(&self, change: impl AsyncFn(Client) -> Result<T, Error>) {
        wait_until("root is obeyed", || {
            let changed = self.runtime.block_on(change(self.admin.clone()));
            let is_lost = changed.as_ref().is_err_and(|it| it.to_string().contains("transport error"));
            assert!(is_lost || changed.is_ok(), "{:?}", changed.err());
            !is_lost
        });
    }

    /// Returns a client that has a token, and does not ask for another.
    fn with_a_token(&self) -> Client {
        let options = self.options().with_user("law-writer", SECRET);
        self.runtime.block_on(Client::connect(endpoints(&self.cluster), Some(options))).unwrap()
    }

    /// Waits until a token is good no more.
    fn wait_until_refused(&self, client: &Client) {
        wait_until("the token is refused", || {
            // One that is used runs out later.
            std::thread::sleep(Duration::from_secs(3));
            let refused = self.runtime.block_on(client.kv_client().get("law/head", None));
            refused.is_err_and(|it| it.to_string().contains("auth"))
        });
    }
}

fn endpoints(cluster: &Cluster) -> Vec<String> {
    cluster.clients().iter().map(|it| format!("https://{it}")).collect()
}

fn tls(credentials: &Credentials) -> TlsOptions {
    let read = |name: &str| std::fs::read(credentials.path(name)).unwrap();
    let identity = Identity::from_pem(read("admin.pem"), read("admin.key"));
    TlsOptions::new().ca_certificate(Certificate::from_pem(read("authority.pem"))).identity(identity)
}

/// Makes users and roles, and lets nobody else in from then on.
async fn admin(cluster: &Cluster, credentials: &Credentials) -> Client {
    let options = || ConnectOptions::new().with_tls(tls(credentials)).with_auto_token_refresh(true);
    let mut client = Client::connect(endpoints(cluster), Some(options())).await.unwrap();
    for _ in 0..100 {
        if client.status().await.is_ok() && client.get("is there a leader?", None).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let make = async {
        for (role, permission) in [
            ("law", Permission::read_write("law/").with_prefix()),
            ("reader", Permission::read("law/").with_prefix()),
            ("elsewhere", Permission::read_write("elsewhere/").with_prefix()),
        ] {
            client.role_add(role).await?;
            client.role_grant_permission(role, permission).await?;
        }
        for (user, role) in [
            ("root", "root"),
            ("law-writer", "law"),
            ("law-by-certificate", "law"),
            ("law-reader", "reader"),
            ("stranger", "elsewhere"),
        ] {
            client.user_add(user, SECRET, None).await?;
            client.user_grant_role(user, role).await?;
        }
        client.auth_enable().await?;
        Ok::<_, Error>(())
    };
    make.await.unwrap();
    Client::connect(endpoints(cluster), Some(options().with_user("root", SECRET))).await.unwrap()
}

/// Who asks, with what code the program ends, and what it says.
const ASKED: &[(&str, &str, i32, &[&str])] = &[
    (
        "a certificate and a password",
        "ca=@authority.pem&cert=@node.pem&key=@node.key&user=law-writer&password-file=@right",
        0,
        &["0 records"],
    ),
    (
        "a certificate that has the name of a user",
        "ca=@authority.pem&cert=@law-by-certificate.pem&key=@law-by-certificate.key",
        0,
        &["0 records"],
    ),
    (
        "another password",
        "ca=@authority.pem&cert=@node.pem&key=@node.key&user=law-writer&password-file=@wrong",
        1,
        &[
            "turns this program away: user `law-writer` is not known there, or has another password",
            "hint: the password is what stands in the file",
        ],
    ),
    (
        "a user who is not there",
        "ca=@authority.pem&cert=@node.pem&key=@node.key&user=nobody&password-file=@right",
        1,
        &["user `nobody` is not known there"],
    ),
    (
        "no user, and a certificate that has the name of none",
        "ca=@authority.pem&cert=@node.pem&key=@node.key",
        1,
        &["who names no user may not read and write the keys under `law/`", "hint: add `user=NAME&password-file=FILE`"],
    ),
    (
        "a user who may not",
        "ca=@authority.pem&cert=@node.pem&key=@node.key&user=stranger&password-file=@right",
        1,
        &[
            "user `stranger` may not read and write the keys under `law/`",
            "hint: `etcdctl role grant-permission ROLE readwrite --prefix=true law/`",
        ],
    ),
    (
        "no certificate",
        "ca=@authority.pem&user=law-writer&password-file=@right",
        1,
        &["a member ", "that they trust, and its key, by `cert=FILE&key=FILE`"],
    ),
    (
        "a certificate of another authority",
        "ca=@authority.pem&cert=@node-of-another.pem&key=@node-of-another.key&user=law-writer&password-file=@right",
        1,
        &["a member ", "an authority in etcd's `--trusted-ca-file`"],
    ),
    (
        "another authority for the members",
        "ca=@another.pem&cert=@node.pem&key=@node.key&user=law-writer&password-file=@right",
        1,
        &["cannot be reached: the certificate of a member is by nobody whom the file of `ca` names"],
    ),
    (
        "no TLS",
        "user=law-writer&password-file=@right",
        1,
        &["a member ended the connection", "hint: if they speak TLS, name who made"],
    ),
    (
        "the key of another certificate",
        "ca=@authority.pem&cert=@node.pem&key=@member.key&user=law-writer&password-file=@right",
        2,
        &["node.pem` cannot be read", "KeyMismatch"],
    ),
    (
        "a file that holds no certificate",
        "ca=@right&user=law-writer&password-file=@right",
        2,
        &["right` cannot be read", "it has no line `-----BEGIN … CERTIFICATE-----`"],
    ),
    ("a file that is not there", "ca=@nowhere.pem", 2, &["nowhere.pem` cannot be read", "No such file"]),
    (
        "an empty password",
        "ca=@authority.pem&cert=@node.pem&key=@node.key&user=law-writer&password-file=@empty",
        2,
        &["empty` cannot be read", "it is empty, and holds the password of `user`"],
    ),
];

/// Who is let in, and what is said to everybody else: what is wrong, what would
/// be right, and no secret.
#[test]
fn who_is_not_let_in_is_told_why() {
    let Some(guarded) = Guarded::start(1, &[]) else { return };
    let open = Cluster::start(1).unwrap();
    let at_open = |query: &str| guarded.address(query).replace(&guarded.cluster.address("law"), &open.address("law"));
    let mut asked: Vec<_> =
        ASKED.iter().map(|(who, query, code, said)| (*who, guarded.address(query), *code, *said)).collect();
    asked.extend([
        (
            "TLS where there is none",
            at_open("ca=@authority.pem"),
            1,
            &["a member does not speak TLS", "leave `ca` out"] as &[_],
        ),
        (
            "a user where there are none",
            at_open("user=law-writer&password-file=@right"),
            1,
            &["it knows no users, so that anyone may write there", "hint: run `etcdctl auth enable`"],
        ),
        (
            "a member by another name than its certificate has",
            guarded.right().replace("127.0.0.1", "localhost"),
            1,
            &[
                "the certificate of a member is not good: certificate not valid for name \"localhost\"",
                "`subjectAltName`",
            ],
        ),
        ("nobody", "etcd://127.0.0.1:9/law".to_owned(), 1, &["cannot be reached: Connection refused"]),
    ]);
    // Each waits for itself, as long as it asks again.
    std::thread::scope(|scope| {
        for (who, address, code, expected) in &asked {
            scope.spawn(move || {
                let (found, text) = said(&["journal", "show", address]);
                assert_eq!(found, *code, "{who}: {text}");
                expected.iter().for_each(|it| assert!(text.contains(it), "{who}: `{it}` is not in {text}"));
                assert!(!text.contains(SECRET) && !text.contains("a wrong password"), "{who}: {text}");
            });
        }
    });
    let mut journal = open_shared(&guarded.right()).unwrap();
    assert_eq!(journal.refresh().unwrap(), 0);
    assert!(!format!("{journal:?}").contains(SECRET));
}

/// A user who may read and not write is told so when it appends, and nothing was
/// written.
#[test]
fn who_may_only_read_is_told_so_when_it_appends() {
    let Some(guarded) = Guarded::start(1, &[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    registry(folder.path().join("node").as_path());
    let reader = guarded.right().replace("law-writer", "law-reader");
    let (code, text) = said(&["journal", "copy", folder.path().join("node").to_str().unwrap(), &reader]);
    assert!(code == 1 && text.contains("user `law-reader` may not read and write"), "{code}: {text}");
    assert_eq!(open_shared(&guarded.right()).unwrap().refresh().unwrap(), 0);
}

/// Tokens run out, are forgotten by members that start again, and are made void
/// by a change of users: whoever follows the journal asks for another one.
#[test]
fn a_token_that_is_good_no_more_is_exchanged() {
    let jwt = "jwt,pub-key=KEYS.pem,priv-key=KEYS.key,sign-method=RS256,ttl=10m";
    for (why, tokens) in [
        ("it runs out after a second", &["--auth-token-ttl", "1"] as &[_]),
        ("its member starts again from a snapshot", &["--snapshot-count", "1"]),
        ("users change, and tokens are signed", &["--auth-token", jwt]),
    ] {
        let Some(guarded) = Guarded::start(1, tokens) else { return };
        let mut journal = open_shared(&guarded.right()).unwrap();
        assert_eq!(journal.refresh().unwrap(), 0, "{why}");
        let client = guarded.with_a_token();
        if why.starts_with("its member") {
            // What was made before the snapshot, a member does not make again.
            for number in 0..10 {
                guarded.change(async |mut root| root.put("elsewhere", number.to_string(), None).await);
            }
            guarded.cluster.kill_and_restart(0);
        }
        if why.starts_with("users change") {
            guarded.change(async |mut root| root.user_add("another", SECRET, None).await);
        }
        guarded.wait_until_refused(&client);
        let root = tempfile::tempdir().unwrap();
        registry(&root.path().join("node"));
        let (_, copied) = share(&root.path().join("node"), journal.as_mut()).unwrap();
        assert_eq!((copied, journal.refresh().unwrap()), (6, 6), "{why}");
    }
}

/// Passwords and certificates are exchanged under a node that runs.
#[test]
fn what_files_say_is_read_again() {
    let Some(guarded) = Guarded::start(1, &[]) else { return };
    let mut journal = open_shared(&guarded.right()).unwrap();
    assert_eq!(journal.refresh().unwrap(), 0);
    guarded.change(async |mut root| root.user_change_password("law-writer", "another secret").await);
    let refused = journal.refresh().unwrap_err().to_string();
    assert!(refused.contains("has another password"), "{refused}");
    guarded.credentials.write("right", "another secret\n");
    assert_eq!(journal.refresh().unwrap(), 0);
    // The authority is another from here on, and so is every certificate.
    for name in ["authority", "member", "node"] {
        match name {
            "authority" => guarded.credentials.authority(name),
            "member" => guarded.credentials.certificate("authority", name, Some("IP:127.0.0.1")),
            _ => guarded.credentials.certificate("authority", name, None),
        }
    }
    guarded.cluster.kill_and_restart(0);
    wait_until("the new certificates are good", || journal.refresh().is_ok());
}

/// Two nodes publish in turn, over TLS and with passwords, while each member
/// starts again; and a node that is not let in any more answers, says why it
/// does not follow, and follows when it is let in.
#[test]
fn nodes_publish_and_follow_where_members_ask_who_they_are() {
    let Some(guarded) = Guarded::start(3, &["--auth-token-ttl", "2"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = |number: usize| folder.path().join(format!("node-{number}"));
    let (address, key) = (guarded.right(), registry(&root(0)));
    share(&root(0), open_shared(&address).unwrap().as_mut()).unwrap();
    let serving = |number: usize| {
        let root = root(number);
        let root = root.to_str().unwrap();
        let listen = ["--listen", "127.0.0.1:0", "--journal", &address, "--accept-drafts"];
        Serving::start(&[&["--registry", root, "serve"], listen.as_slice()].concat())
    };
    let nodes = [serving(0), serving(1)];
    let mut chains = Chains::default();
    for member in 0..3 {
        guarded.cluster.kill_and_restart(member);
        let through = &nodes[member % 2].address;
        wait_until("it is published", || publish(through, &key, &mut chains, &format!("{member} is back.")).is_some());
    }
    let size = size_of(&nodes[0].address).unwrap();
    wait_until("the other node hears of it", || size_of(&nodes[1].address) == Some(size));

    guarded.change(async |mut root| root.user_revoke_role("law-writer", "law").await);
    let trouble = || health(&nodes[1].address).unwrap()["original"]["trouble"].as_str().map(str::to_owned);
    wait_until("the node says that it is not let in", || trouble().is_some());
    assert!(trouble().unwrap().contains("user `law-writer` may not read and write the keys under `law/`"));
    let all = health(&nodes[1].address).unwrap().to_string();
    assert!(!all.contains("password-file") && !all.contains("node.key"), "{all}");
    assert_eq!(ask(&nodes[1].address).unwrap()["registry"]["size"], size);
    let refused = offer(&nodes[1].address, &key, &mut Chains::default(), "Nobody may.").unwrap();
    let text = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(refused.status == 503 && text.contains("may not read and write"), "{}: {text}", refused.status);
    guarded.change(async |mut root| root.user_grant_role("law-writer", "law").await);
    wait_until("the node is let in again", || trouble().is_none());
    assert!(publish(&nodes[1].address, &key, &mut Chains::default(), "It may again.").is_some());
}
