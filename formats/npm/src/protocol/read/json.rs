//! Objects that are written entry by entry.

use std::io;

use cellier_sdk::{Body, Response};
use serde::Serialize;

/// An answer of JSON that is written already.
pub(super) fn response(body: Vec<u8>) -> Response {
    Response::new(200)
        .header("content-type", "application/json")
        .body(Body::Bytes(body))
}

/// An object in the making. It is closed by [`Object::close`].
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// Begins one behind what is written already.
    pub(super) fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self {
            out,
            is_empty: true,
        }
    }

    /// Adds an entry.
    pub(super) fn entry(&mut self, key: &str, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
        self.key(key)?;
        serde_json::to_writer(&mut *self.out, value)?;
        Ok(())
    }

    /// Adds an entry if there is a value.
    pub(super) fn optional(
        &mut self,
        key: &str,
        value: Option<&(impl Serialize + ?Sized)>,
    ) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.entry(key, value))
    }

    /// Adds an object, which is to be closed as well.
    pub(super) fn object(&mut self, key: &str) -> io::Result<Object<'_>> {
        self.key(key)?;
        Ok(Object::open(self.out))
    }

    /// Adds an entry whose value is JSON already.
    pub(super) fn written(&mut self, key: &str, value: &[u8]) -> io::Result<()> {
        self.key(key)?;
        self.out.extend_from_slice(value);
        Ok(())
    }

    /// Ends it.
    pub(super) fn close(self) {
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
        serde_json::to_writer(&mut *self.out, key)?;
        self.out.push(b':');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out);
        object.entry("a\"b", &[1, 2]).unwrap();
        object.optional("none", None::<&str>).unwrap();
        object.optional("some", Some("x\n")).unwrap();
        let mut inner = object.object("inner").unwrap();
        inner.written("raw", b"null").unwrap();
        inner.entry("é", &true).unwrap();
        inner.close();
        object.object("empty").unwrap().close();
        object.close();
        let read: Value = serde_json::from_slice(&out).unwrap();
        let expected = json!({
            "a\"b": [1, 2], "some": "x\n", "inner": { "raw": null, "é": true }, "empty": {}
        });
        assert_eq!(read, expected);
    }
}
