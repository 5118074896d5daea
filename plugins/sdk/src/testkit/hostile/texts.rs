//! Texts in the encodings and of the kinds that are sent by mistake.

use std::fmt::Write as _;

use super::Mutant;

pub(super) fn texts() -> Vec<Mutant> {
    let utf16 = |bom: [u8; 2], order: fn(u16) -> [u8; 2]| {
        let words = "{\"name\":\"widget\"}".encode_utf16().flat_map(order);
        bom.into_iter().chain(words).collect::<Vec<_>>()
    };
    let html =
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    let alias = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n".to_owned();
    let made = [
        ("the error page of a proxy", html.into()),
        (
            "plain words",
            b"this is not the file that you are looking for\n".to_vec(),
        ),
        ("a million line breaks", vec![b'\n'; 1 << 20]),
        ("one line of 4 MiB", vec![b'x'; 4 << 20]),
        (
            "UTF-16 with its mark, little end first",
            utf16([0xff, 0xfe], u16::to_le_bytes),
        ),
        (
            "UTF-16 with its mark, big end first",
            utf16([0xfe, 0xff], u16::to_be_bytes),
        ),
        ("a mark of UTF-8 and nothing else", b"\xef\xbb\xbf".to_vec()),
        ("Latin-1", b"caf\xe9, na\xefve\n".to_vec()),
        (
            "a character cut in two at the end",
            "caf\u{e9}".as_bytes()[..4].to_vec(),
        ),
        ("NULs between letters", b"t\0e\0x\0t\0".to_vec()),
        ("XML that expands without end", laughs().into_bytes()),
        ("YAML with aliases of aliases", alias.into_bytes()),
        ("a script", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("a table of 100 000 columns", b",".repeat(100_000)),
        (
            "a pointer to a large file instead of the file",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".to_vec(),
        ),
    ];
    made.into_iter()
        .map(|(label, bytes): (&str, Vec<u8>)| Mutant::new(label, bytes))
        .collect()
}

/// An entity of ten entities of ten entities …
fn laughs() -> String {
    let mut document = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY l0 \"ha\">".to_owned();
    for level in 1..10 {
        let below = format!("&l{};", level - 1).repeat(10);
        let _ = write!(document, "<!ENTITY l{level} \"{below}\">");
    }
    document.push_str("]><x>&l9;</x>");
    document
}
