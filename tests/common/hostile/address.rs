//! Addresses: of a server, and of a journal in etcd.

use neglist::client::Remote;

use self::etcd_address::EtcdAddress;
use super::is_said;

mod shared {
    pub use neglist::journal::SharedError;
}

// It is a part of the library only with the feature `etcd`, and parses all the
// same without.
#[path = "../../../src/journal/etcd_address.rs"]
mod etcd_address;

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Remote::new(text) {
        Err(error) => is_said(&error),
        Ok(remote) => assert!(Remote::is_meant(remote.address()) || text.contains("://"), "{text}"),
    }
    match text.parse::<EtcdAddress>() {
        Err(error) => is_said(&error),
        Ok(address) => {
            assert!(!address.endpoints().is_empty());
            assert_eq!(address.shown(), text);
            // No key goes out of its prefix.
            assert!(address.record(7).ends_with("/records/00000000000000000007"), "{text}");
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seeds = [
        "http://localhost:8080",
        "https://registry.example/lists/",
        "http://[::1]:80",
        "https://user:word@registry.example:443/a/../b?c#d",
        "etcd://one:2379,two:2379/law/cn?user=node&password-file=%2Fetc%2Fp&ca=ca.pem",
        "etcd://[::1]:2379",
        "etcd://one:2379/../..//?cert=a&key=%00",
    ];
    seeds.iter().map(|it| it.as_bytes().to_vec()).collect()
}
