//! Private keys in files that only their owner may read.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::canon::{InvalidKey, SecretKey, key_from_pem, key_to_pem};
use crate::catalog::read_text;
use crate::cli::Screen;
use crate::cli::failure::{Failure, of_file};
use crate::journal::sync_folder_of;

/// Makes a key and writes it to a file that does not exist yet.
pub(super) fn create(path: &Path, has_passphrase: bool, screen: &Screen<'_>) -> Result<SecretKey, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|it| Failure::from(io::Error::other(it)))?;
    let key = SecretKey::from_seed(&seed);
    let passphrase = if has_passphrase { Some(new_passphrase(screen)?) } else { None };
    let pem = key_to_pem(&key, passphrase.as_deref()).map_err(|it| Failure::input(it.to_string()))?;
    // What is signed with a key outlasts a loss of power, and so must its name.
    write(path, &pem).and_then(|()| sync_folder_of(path)).map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return of_file(path, &error);
        }
        Failure::input(format!("`{}` exists, and nothing was written", path.display()))
            .hint("a key is never overwritten: name another file")
    })?;
    Ok(key)
}

/// Reads the keys that are to sign.
pub(super) fn read_all(paths: &[PathBuf], screen: &Screen<'_>) -> Result<Vec<SecretKey>, Failure> {
    paths.iter().map(|it| read(it, screen)).collect()
}

/// Reads a key. One that others may read is refused.
pub(super) fn read(path: &Path, screen: &Screen<'_>) -> Result<SecretKey, Failure> {
    let text = read_text(path).map_err(|it| of_file(path, &it))?;
    check_mode(path)?;
    let key = match key_from_pem(&text, screen.surroundings.passphrase.as_deref()) {
        Err(InvalidKey::Encrypted) => {
            let prompt = format!("passphrase of {}: ", path.display());
            let passphrase = rpassword::prompt_password(prompt).map_err(|_| {
                Failure::input(format!("`{}`: {}", path.display(), InvalidKey::Encrypted))
                    .hint("type it on a terminal, or set NEGLIST_PASSPHRASE")
            })?;
            key_from_pem(&text, Some(&passphrase))
        }
        key => key,
    };
    key.map_err(|it| Failure::input(format!("`{}`: {it}", path.display())).hint("`neglist key new FILE` makes a key"))
}

fn new_passphrase(screen: &Screen<'_>) -> Result<String, Failure> {
    if let Some(passphrase) = &screen.surroundings.passphrase {
        return Ok(passphrase.clone());
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|_| {
            Failure::input("a passphrase was asked for, and there is no terminal to type it on")
                .hint("set NEGLIST_PASSPHRASE, or leave `--passphrase` out")
        })
    };
    let passphrase = ask("passphrase: ")?;
    if passphrase.is_empty() {
        return Err(Failure::input("the passphrase is empty").hint("leave `--passphrase` out for a key without one"));
    }
    if passphrase != ask("the same again: ")? {
        return Err(Failure::input("the two passphrases differ, and nothing was written"));
    }
    Ok(passphrase)
}

#[cfg(unix)]
fn write(path: &Path, pem: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write(path: &Path, pem: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|it| of_file(path, &it))?.permissions().mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let message = format!("`{}` can be read by others (mode {:o})", path.display(), mode & 0o777);
    Err(Failure::input(message).hint(format!("`chmod 600 {}`", path.display())))
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), Failure> {
    Ok(())
}
