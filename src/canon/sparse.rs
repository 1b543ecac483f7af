//! The sparse spelling of forms, as receipts show them: a key that says nothing
//! is left out, and hashes are in base64.
//!
//! Left out is what is `null`, `false`, `[]` or `{}`, and only under the keys
//! of forms: of an object from names to values every name stays. What is read
//! is written again and compared, and so it has one spelling here too.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::canon::digest::HashForm;

/// What has a sparse spelling.
pub(crate) trait Sparse {
    /// Writes it as JSON.
    fn write(&self, out: &mut Vec<u8>);

    /// Returns whether it says nothing, so that its key is left out.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// Writes JSON that has the one spelling already.
pub(crate) fn write_json(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("because writing to memory does not fail, and keys are texts");
}

/// Writes a key of an object and its value, unless it says nothing.
pub(crate) fn write_member(key: &str, value: &(impl Sparse + ?Sized), out: &mut Vec<u8>) {
    if value.is_left_out() {
        return;
    }
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    // Keys of forms are names in ASCII, which nothing has to be escaped in.
    out.push(b'"');
    out.extend(key.as_bytes());
    out.extend(b"\":");
    value.write(out);
}

/// Gives forms their sparse spelling. All their keys are named, in the order of
/// their names.
macro_rules! sparse {
    ($($form:ty { $($key:ident),+ $(,)? })+) => {$(
        impl $crate::canon::Sparse for $form {
            fn write(&self, out: &mut Vec<u8>) {
                let Self { $($key),+ } = self;
                out.push(b'{');
                $($crate::canon::write_member(stringify!($key), $key, out);)+
                out.push(b'}');
            }

            fn is_left_out(&self) -> bool {
                let Self { $($key),+ } = self;
                true $(&& $crate::canon::Sparse::is_left_out($key))+
            }
        }
    )+};
}

pub(crate) use sparse;

impl Sparse for bool {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(self, out);
    }

    fn is_left_out(&self) -> bool {
        !self
    }
}

impl Sparse for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(self, out);
    }
}

impl Sparse for String {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(self, out);
    }
}

impl Sparse for HashForm {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(&self.said().as_ref().map(HashForm::base64), out);
    }

    fn is_left_out(&self) -> bool {
        self.said().is_none()
    }
}

impl<T: Sparse> Sparse for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(it) => it.write(out),
            None => out.extend(b"null"),
        }
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl<T: Sparse> Sparse for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (place, it) in self.iter().enumerate() {
            if place != 0 {
                out.push(b',');
            }
            it.write(out);
        }
        out.push(b']');
    }

    fn is_left_out(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Sparse> Sparse for BTreeMap<String, T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (place, (key, it)) in self.iter().enumerate() {
            if place != 0 {
                out.push(b',');
            }
            write_json(key, out);
            out.push(b':');
            it.write(out);
        }
        out.push(b'}');
    }

    fn is_left_out(&self) -> bool {
        self.is_empty()
    }
}
