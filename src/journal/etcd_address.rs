//! The address of a journal in etcd:
//! `etcd://HOST:PORT[,HOST:PORT…][/PREFIX][?KEY=VALUE&…]`.

use std::fs;
use std::io;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::shared::SharedError;

/// Where the keys begin, unless the address says.
const PREFIX: &str = "neglist";

/// What is named after `?`.
const NAMES: [&str; 5] = ["user", "password-file", "ca", "cert", "key"];

/// An address. Secrets are in files that it names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct EtcdAddress {
    shown: String,
    members: Vec<String>,
    prefix: String,
    user: Option<String>,
    password_file: Option<String>,
    ca: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

impl FromStr for EtcdAddress {
    type Err = SharedError;

    fn from_str(text: &str) -> Result<EtcdAddress, SharedError> {
        let wrong = |why: &str| SharedError::Address { address: without_secrets(text), why: why.to_owned() };
        let rest = text.strip_prefix("etcd://").ok_or_else(|| wrong("it begins with `etcd://`"))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (members, prefix) = place.split_once('/').unwrap_or((place, PREFIX));
        if members.contains('@') {
            return Err(wrong("a user is named after `?`, by `user=NAME&password-file=FILE`"));
        }
        let members: Vec<String> = members.split(',').map(str::to_owned).collect();
        if members
            .iter()
            .any(|it| it.rsplit_once(':').is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err()))
        {
            return Err(wrong("members are `HOST:PORT`, with commas between them"));
        }
        if prefix.is_empty() || !prefix.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_./".contains(&it)) {
            return Err(wrong("the prefix of the keys is letters, digits, `-`, `_`, `.` and `/`"));
        }
        let (shown, prefix) = (text.to_owned(), prefix.trim_end_matches('/').to_owned());
        let mut address =
            EtcdAddress { shown, members, prefix, user: None, password_file: None, ca: None, cert: None, key: None };
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8().map_err(|_| wrong("it is not UTF-8"))?;
            let place = match name {
                "user" => &mut address.user,
                "password-file" => &mut address.password_file,
                "ca" => &mut address.ca,
                "cert" => &mut address.cert,
                "key" => &mut address.key,
                _ => return Err(wrong("after `?` there are `user`, `password-file`, `ca`, `cert` and `key`")),
            };
            if value.is_empty() || place.replace(value.into_owned()).is_some() {
                return Err(wrong(&format!("`{name}` has one value")));
            }
        }
        if address.user.is_some() != address.password_file.is_some() {
            return Err(wrong("`user` and `password-file` go together"));
        }
        if address.cert.is_some() != address.key.is_some() || (address.cert.is_some() && address.ca.is_none()) {
            return Err(wrong("`cert` and `key` go together, and with `ca`"));
        }
        Ok(address)
    }
}

impl EtcdAddress {
    /// Returns it as it was written.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns the members as etcd's clients name them. They speak TLS where
    /// the address names a certificate authority.
    pub(super) fn endpoints(&self) -> Vec<String> {
        let scheme = if self.is_tls() { "https" } else { "http" };
        self.members.iter().map(|it| format!("{scheme}://{it}")).collect()
    }

    pub(super) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    /// Returns the key of a record. Keys are sorted as numbers are.
    pub(super) fn record(&self, index: u64) -> String {
        self.key(&format!("records/{index:020}"))
    }

    /// Returns it without what is named after `?`, which is nobody's business but
    /// this program's.
    pub(super) fn place(&self) -> &str {
        self.shown.split_once('?').map_or(&self.shown, |(place, _)| place)
    }

    /// Returns where the keys begin.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns whether members are spoken to over TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.ca.is_some()
    }

    /// Returns the user that it names.
    pub(super) fn user_name(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Returns the user and the password, as its file says now.
    pub(super) fn user(&self) -> Result<Option<(String, String)>, SharedError> {
        let Some((user, file)) = self.user.as_ref().zip(self.password_file.as_ref()) else { return Ok(None) };
        let text = String::from_utf8(read(file)?).map_err(|_| unfit(file, "a password is text in UTF-8"))?;
        let password = text.trim_end_matches(['\n', '\r']);
        if password.is_empty() {
            return Err(unfit(file, "it is empty, and holds the password of `user`"));
        }
        Ok(Some((user.clone(), password.to_owned())))
    }

    /// Returns the certificates of those who vouch for the members.
    pub(super) fn authority(&self) -> Result<Option<Vec<u8>>, SharedError> {
        self.ca.as_deref().map(|it| read_pem(it, "CERTIFICATE-----")).transpose()
    }

    /// Returns the certificate and the key of a client.
    pub(super) fn identity(&self) -> Result<Option<[Vec<u8>; 2]>, SharedError> {
        let Some((certificate, key)) = self.cert.as_deref().zip(self.key.as_deref()) else { return Ok(None) };
        Ok(Some([read_pem(certificate, "CERTIFICATE-----")?, read_pem(key, "PRIVATE KEY-----")?]))
    }

    /// Says that what it names is not fit for a connection.
    pub(super) fn unfit(&self, why: &str) -> SharedError {
        match self.cert.as_deref().or(self.ca.as_deref()) {
            Some(file) => unfit(file, why),
            None => SharedError::Address { address: self.shown.clone(), why: why.to_owned() },
        }
    }
}

/// Reads a file that an address names.
fn read(path: &str) -> Result<Vec<u8>, SharedError> {
    fs::read(path).map_err(|source| SharedError::File { path: path.to_owned(), source })
}

/// Reads a file that holds something in PEM, with how its first line ends.
fn read_pem(path: &str, first: &str) -> Result<Vec<u8>, SharedError> {
    let bytes = read(path)?;
    let is_there =
        String::from_utf8_lossy(&bytes).lines().any(|it| it.starts_with("-----BEGIN ") && it.ends_with(first));
    if is_there { Ok(bytes) } else { Err(unfit(path, &format!("it has no line `-----BEGIN … {first}`"))) }
}

fn unfit(path: &str, why: &str) -> SharedError {
    SharedError::File { path: path.to_owned(), source: io::Error::other(why.to_owned()) }
}

/// Returns what is no address without what may be a secret in it.
fn without_secrets(text: &str) -> String {
    let (place, query) = text.split_once('?').map_or((text, None), |(place, query)| (place, Some(query)));
    let place = place.rsplit_once('@').map_or_else(|| place.to_owned(), |(_, it)| format!("etcd://…@{it}"));
    let Some(query) = query else { return place };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !NAMES.contains(&name) => format!("{name}=…"),
        _ => pair.to_owned(),
    });
    format!("{place}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_members_a_prefix_and_files() {
        let address: EtcdAddress =
            "etcd://one:2379,two:2379/law/cn?user=node&password-file=%2Fetc%2Fp&ca=ca.pem".parse().unwrap();
        assert_eq!(address.endpoints(), ["https://one:2379", "https://two:2379"]);
        assert_eq!(address.record(7), "law/cn/records/00000000000000000007");
        assert_eq!(address.password_file.as_deref(), Some("/etc/p"));
        let plain: EtcdAddress = "etcd://[::1]:2379".parse().unwrap();
        assert_eq!(
            (plain.endpoints(), plain.key("head")),
            (vec!["http://[::1]:2379".to_owned()], "neglist/head".to_owned())
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_would_be_right() {
        for (address, why) in [
            ("http://one:2379", "begins with"),
            ("etcd://", "HOST:PORT"),
            ("etcd://one", "HOST:PORT"),
            ("etcd://one:2379,", "HOST:PORT"),
            ("etcd://one:port", "HOST:PORT"),
            ("etcd://one:2379/", "prefix"),
            ("etcd://one:2379/a b", "prefix"),
            ("etcd://one:2379?password=secret", "after `?`"),
            ("etcd://node:secret@one:2379", "by `user=NAME&password-file=FILE`"),
            ("etcd://one:2379,node:secret@two:2379/law?ca=a", "by `user=NAME&password-file=FILE`"),
            ("etcd://one:2379?user=a", "go together"),
            ("etcd://one:2379?cert=a&key=b", "go together"),
            ("etcd://one:2379?ca=a&ca=b", "one value"),
        ] {
            let error = address.parse::<EtcdAddress>().unwrap_err().to_string();
            assert!(error.contains(why), "{address}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
