//! Words that somebody may write where a format expects a name, a title or a version.

/// Texts that must never become a header, a path, a log line or a script.
pub(in crate::testkit) const HOSTILE_TEXTS: [&str; 12] = [
    "",
    "a\r\nset-cookie: a=b",
    "a\0b",
    "\u{1b}[31mred",
    "../../../etc/passwd",
    "C:\\Windows\\win.ini",
    "<script>alert(1)</script>",
    "\u{202e}gpj.exe",
    "é\u{301}地図\u{1f5fa}",
    "%2e%2e%2f",
    "'; DROP TABLE artefacts; --",
    "__proto__",
];

/// Names of files that pass the host's checks and still are no names that anybody would choose.
pub(in crate::testkit) const HOSTILE_FILE_NAMES: [&str; 8] = [
    "a",
    "....x",
    "\"quoted\"; filename=evil.exe",
    "con.tgz",
    "-rf *",
    "%2e%2e%2fpasswd",
    "été 地図.mbtiles",
    "no extension at all, and rather long, as if somebody had typed a whole sentence into the field",
];
