//! tar: entries that no archive should have, and archives with one of them added.

use std::ops::Range;
use std::sync::Arc;

use super::Mutant;

const BLOCK: usize = 512;

/// An entry in the making: POSIX, with a right checksum.
pub(super) struct Entry {
    header: [u8; BLOCK],
    body: Vec<u8>,
}

impl Entry {
    /// An ordinary file.
    pub(super) fn file(path: &[u8], body: &[u8]) -> Self {
        let mut header = [0; BLOCK];
        header[257..265].copy_from_slice(b"ustar\x0000");
        let entry = Self {
            header,
            body: body.to_vec(),
        };
        let length = path.len().min(100);
        entry
            .with(0, &path[..length])
            .with(100, b"0000644\0")
            .with(124, format!("{:011o}\0", body.len()).as_bytes())
            .with(156, b"0")
    }

    /// A link to somewhere.
    fn link(path: &[u8], flag: u8, target: &[u8]) -> Self {
        Self::file(path, b"").with(156, &[flag]).with(157, target)
    }

    /// An extension header of PAX.
    fn pax(record: &[u8]) -> Self {
        Self::file(b"PaxHeader", record).with(156, b"x")
    }

    fn with(mut self, at: usize, bytes: &[u8]) -> Self {
        self.header[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Its blocks.
    pub(super) fn blocks(&self) -> Vec<u8> {
        let mut header = self.header;
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut blocks = header.to_vec();
        blocks.extend(&self.body);
        blocks.resize(blocks.len().next_multiple_of(BLOCK), 0);
        blocks
    }
}

/// Whole archives of one hostile entry each.
pub(super) fn archives() -> Vec<Mutant> {
    let whole = |(label, mut blocks): (&str, Vec<u8>)| {
        blocks.extend([0; 2 * BLOCK]);
        Mutant::new(format!("a tar archive with {label}"), blocks)
    };
    hostile_entries().into_iter().map(whole).collect()
}

/// The archive with one hostile entry before its first and behind its last, if these bytes are an archive.
pub(super) fn with_hostile_entries(bytes: Arc<[u8]>) -> impl Iterator<Item = Mutant> {
    let end = members(&bytes).last().map(|member| member.end);
    end.into_iter().flat_map(move |end| {
        let bytes = Arc::clone(&bytes);
        hostile_entries()
            .into_iter()
            .flat_map(move |(label, blocks)| {
                let last = [&bytes[..end], &blocks, &bytes[end..]].concat();
                let first = [blocks.as_slice(), &bytes].concat();
                [
                    Mutant::new(format!("{label} behind the last entry"), last),
                    Mutant::new(format!("{label} before the first entry"), first),
                ]
            })
    })
}

fn hostile_entries() -> Vec<(&'static str, Vec<u8>)> {
    let file = |path: &[u8]| Entry::file(path, b"x").blocks();
    let link = |flag: u8, target: &[u8]| Entry::link(b"package/link", flag, target).blocks();
    let long_path = vec![b'a'; 100];
    let many = |entry: Vec<u8>| entry.repeat(3000);
    vec![
        ("a path with ..", file(b"package/../../../etc/passwd")),
        ("an absolute path", file(b"/etc/passwd")),
        ("a drive letter", file(b"C:\\Windows\\win.ini")),
        ("a backslash in a path", file(b"package\\..\\x")),
        ("a NUL-filled path", file(b"")),
        ("a control character in a path", file(b"package/a\r\nb")),
        ("a path that is not UTF-8", file(b"package/\xff\xfe")),
        (
            "a path that turns its direction",
            file("package/\u{202e}gpj.exe".as_bytes()),
        ),
        ("a path of a hundred characters", file(&long_path)),
        ("a symbolic link to /etc/passwd", link(b'2', b"/etc/passwd")),
        (
            "a symbolic link out of the archive",
            link(b'2', b"../../outside"),
        ),
        ("a hard link", link(b'1', b"/etc/shadow")),
        ("a character device", link(b'3', b"")),
        ("a block device", link(b'4', b"")),
        ("a pipe", link(b'6', b"")),
        ("an entry of an unknown kind", link(b'Z', b"")),
        (
            "the same path a thousand times",
            many(file(b"package/package.json")),
        ),
        (
            "a setuid bit",
            Entry::file(b"package/a", b"x")
                .with(100, b"0004755\0")
                .blocks(),
        ),
        (
            "a size beyond its end",
            Entry::file(b"package/a", b"x")
                .with(124, b"77777777777\0")
                .blocks(),
        ),
        (
            "a negative size",
            Entry::file(b"package/a", b"x")
                .with(124, &[0xff; 12])
                .blocks(),
        ),
        (
            "a size that is no number",
            Entry::file(b"package/a", b"x")
                .with(124, b"very large \0")
                .blocks(),
        ),
        (
            "a PAX header that lies about its length",
            Entry::pax(b"99999999 path=x\n").blocks(),
        ),
        (
            "a PAX size",
            Entry::pax(b"26 size=18446744073709551615\n").blocks(),
        ),
        (
            "a PAX path",
            [
                Entry::pax(b"30 path=../../../etc/passwd00\n").blocks(),
                file(b"package/a"),
            ]
            .concat(),
        ),
        (
            "a PAX header without an entry",
            Entry::pax(b"12 path=abc\n").blocks(),
        ),
        ("a sparse file", link(b'S', b"")),
        (
            "a GNU long name without an end",
            Entry::file(b"././@LongLink", &[b'a'; 5000])
                .with(156, b"L")
                .blocks(),
        ),
    ]
}

/// A file of an archive.
pub(super) struct Member {
    /// Its path, as it stands in the header.
    pub(super) path: Vec<u8>,
    /// Where its body is.
    pub(super) body: Range<usize>,
    /// Where the next header is.
    end: usize,
}

/// The entries of an archive; none if these bytes are none.
pub(super) fn members(bytes: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + BLOCK) {
        if &header[257..262] != b"ustar" {
            break;
        }
        let digits: String = header[124..135]
            .iter()
            .map(|&byte| char::from(byte))
            .collect();
        let Ok(size) = usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8) else {
            break;
        };
        let start = at + BLOCK;
        let end = start + size.next_multiple_of(BLOCK);
        if end > bytes.len() {
            break;
        }
        let path = header[..100]
            .split(|&byte| byte == 0)
            .next()
            .unwrap_or_default();
        members.push(Member {
            path: path.to_vec(),
            body: start..start + size,
            end,
        });
        at = end;
    }
    members
}

/// The archive with another body for one of its files.
pub(super) fn with_body(bytes: &[u8], member: &Member, body: &[u8]) -> Vec<u8> {
    let entry = Entry::file(&member.path, body).blocks();
    [
        &bytes[..member.body.start - BLOCK],
        &entry,
        &bytes[member.end..],
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut archive = Entry::file(b"package/package.json", b"{}").blocks();
        archive.extend(Entry::file(b"package/a", b"hello").blocks());
        archive.extend([0; 2 * BLOCK]);
        archive
    }

    #[test]
    fn an_archive_is_walked_to_its_end() {
        let archive = archive();
        let members = members(&archive);
        let paths: Vec<_> = members
            .iter()
            .map(|member| member.path.as_slice())
            .collect();
        assert_eq!(paths, [&b"package/package.json"[..], b"package/a"]);
        assert_eq!(&archive[members[1].body.clone()], b"hello");
        assert!(super::members(b"no archive").is_empty());
    }

    #[test]
    fn a_body_is_exchanged_and_everything_else_stays() {
        let archive = archive();
        let changed = with_body(&archive, &members(&archive)[0], &[b'x'; 600]);
        let members = members(&changed);
        assert_eq!(members.len(), 2);
        assert_eq!(members[0].body.len(), 600);
        assert_eq!(&changed[members[1].body.clone()], b"hello");
    }

    #[test]
    fn every_hostile_entry_stands_at_both_ends() {
        let mutants: Vec<_> = with_hostile_entries(archive().into()).collect();
        assert_eq!(mutants.len(), 2 * hostile_entries().len());
        let with_link = mutants
            .iter()
            .find(|mutant| mutant.label.contains("hard link behind"));
        assert_eq!(members(&with_link.unwrap().bytes).len(), 3);
    }
}
