//! One story for each attack: what npm's own client would do with the archive is why it is refused.

use cellier_format_npm::codes::{
    AMBIGUOUS_ARCHIVE, DAMAGED, DUPLICATE_PATH, INVALID_PATH, MANIFEST_AMBIGUOUS,
    MANIFEST_NOT_JSON, MANIFEST_TOO_LARGE, MORE_FINDINGS, OUTSIDE_PACKAGE, SECOND_MANIFEST,
    TOO_MANY_ENTRIES, TRAILING_DATA, UNPACKED_TOO_LARGE, UNSAFE_MODE, UNSUPPORTED_ENTRY,
};
use cellier_format_npm::limits;

use crate::support::{Archive, Header, MANIFEST, gzip, gzip_with_zeros, record, refusal};

#[test]
fn a_plain_package_is_taken() {
    assert!(refusal(&Archive::package().file("package/index.js", b"x").tgz()).is_empty());
}

#[test]
fn a_bomb_in_a_file_is_refused_long_before_its_end() {
    let size = 6_u64 << 30;
    let header = Header::new(b"package/zeros", b'0', size);
    let start = Archive::package().header(header, b"").unfinished();
    // The header alone promises too much: that the zeros never come does not matter.
    assert_eq!(refusal(&gzip(&start)), [UNPACKED_TOO_LARGE.id]);
}

#[test]
fn a_bomb_that_keeps_within_the_size_is_refused_by_its_ratio() {
    let size = 80_u64 << 20;
    let header = Header::new(b"package/zeros", b'0', size);
    let start = Archive::package().header(header, b"").unfinished();
    let bomb = gzip_with_zeros(&start, size + 1024);
    assert_eq!(refusal(&bomb), [UNPACKED_TOO_LARGE.id]);
}

#[test]
fn a_bomb_behind_the_end_of_the_archive_is_refused() {
    let bomb = gzip_with_zeros(&Archive::package().tar(), 80 << 20);
    assert_eq!(refusal(&bomb), [UNPACKED_TOO_LARGE.id]);
}

#[test]
fn a_second_gzip_member_is_refused() {
    let two = [Archive::package().tgz(), Archive::package().tgz()].concat();
    assert_eq!(refusal(&two), [TRAILING_DATA.id]);
}

#[test]
fn an_archive_in_two_members_is_refused() {
    let tar = Archive::package().tar();
    let (start, end) = tar.split_at(512);
    let codes = refusal(&[gzip(start), gzip(end)].concat());
    assert_eq!(codes, [DAMAGED.id], "npm's client reads on, others do not");
}

#[test]
fn bytes_behind_the_gzip_member_are_refused() {
    let trailing = [Archive::package().tgz(), b"more".to_vec()].concat();
    assert_eq!(refusal(&trailing), [TRAILING_DATA.id]);
}

#[test]
fn an_archive_behind_the_end_of_the_archive_is_refused() {
    let hidden = Archive::new().file("package/package.json", b"{}").tar();
    let codes = refusal(&Archive::package().raw(&[0; 1024]).raw(&hidden).tgz());
    assert_eq!(codes, [TRAILING_DATA.id]);
}

#[test]
fn a_lone_block_of_zeros_is_no_end() {
    let codes = refusal(
        &Archive::package()
            .raw(&[0; 512])
            .file("package/a", b"")
            .tgz(),
    );
    assert_eq!(codes, [TRAILING_DATA.id]);
}

#[test]
fn an_archive_without_its_end_is_damaged() {
    let whole = Archive::package();
    assert_eq!(refusal(&gzip(&whole.clone().unfinished())), [DAMAGED.id]);
    assert_eq!(
        refusal(&gzip(&whole.raw(&[0; 512]).unfinished())),
        [DAMAGED.id]
    );
}

#[test]
fn unsafe_paths_are_refused_all_at_once() {
    let archive = Archive::package()
        .file("package/../../../etc/passwd", b"")
        .file("/etc/passwd", b"")
        .file("C:/Windows/a", b"")
        .file("package\\a", b"")
        .file("package/a\u{1}", b"")
        .file("package/a.", b"")
        .file("package/nul.js", b"")
        .entry(b"package/\xff", b'0', b"");
    assert_eq!(refusal(&archive.tgz()), [INVALID_PATH.id; 8]);
}

#[test]
fn a_path_that_is_too_long_or_too_deep_is_refused() {
    let long = format!("package/{}", "x".repeat(limits::COMPONENT + 1));
    let deep = format!("package{}", "/d".repeat(limits::DEPTH));
    let archive = Archive::package()
        .pax(&[("path", &long)])
        .file("package/short", b"")
        .file(&deep, b"");
    assert_eq!(refusal(&archive.tgz()), [INVALID_PATH.id; 2]);
}

#[test]
fn every_entry_that_is_neither_file_nor_folder_is_refused() {
    for flag in *b"123467DKMNVXaz\xff" {
        let codes = refusal(&Archive::package().entry(b"package/a", flag, b"").tgz());
        assert_eq!(codes, [UNSUPPORTED_ENTRY.id], "{:?}", char::from(flag));
    }
    let sparse = Archive::package().entry(b"package/a", b'S', b"").tgz();
    assert_eq!(refusal(&sparse), [AMBIGUOUS_ARCHIVE.id]);
}

#[test]
fn a_symlink_in_the_place_of_the_manifest_is_refused() {
    let link = Header::new(b"package/package.json", b'2', 0).with(157, b"/etc/passwd");
    assert_eq!(
        refusal(&Archive::new().header(link, b"").tgz()),
        [UNSUPPORTED_ENTRY.id]
    );
}

#[test]
fn a_folder_or_link_that_claims_a_size_is_ambiguous() {
    for flag in *b"12345" {
        let hidden = Archive::new().file("package/hidden", b"").unfinished();
        let codes = refusal(&Archive::package().entry(b"package/a", flag, &hidden).tgz());
        assert_eq!(codes, [AMBIGUOUS_ARCHIVE.id], "{:?}", char::from(flag));
    }
}

#[test]
fn a_global_header_may_only_hold_a_comment() {
    let comment = record("comment", "0123456789abcdef");
    let archive = |body: &str| {
        Archive::new()
            .entry(b"pax_global_header", b'g', body.as_bytes())
            .file("package/package.json", MANIFEST)
            .tgz()
    };
    assert!(refusal(&archive(&comment)).is_empty());
    let path = record("path", "package/package.json");
    assert_eq!(refusal(&archive(&path)), [UNSUPPORTED_ENTRY.id]);
}

#[test]
fn a_size_that_differs_between_header_and_pax_header_is_ambiguous() {
    // A reader that believes the header meets the hidden file, one that believes the extension skips it.
    let hidden = Archive::new().file("package/hidden", b"").unfinished();
    let archive = Archive::package()
        .pax(&[("size", "512")])
        .file("package/a", b"")
        .raw(&hidden);
    assert_eq!(refusal(&archive.tgz()), [AMBIGUOUS_ARCHIVE.id]);
    let same = Archive::package()
        .pax(&[("size", "3")])
        .file("package/a", b"abc");
    assert!(refusal(&same.tgz()).is_empty());
}

#[test]
fn a_malformed_or_doubled_pax_record_is_ambiguous() {
    for records in [
        "99 path=package/b\n",
        "path=package/b\n",
        "18 path=package/b\n18 path=package/c\n",
        "11 size=-5\n",
    ] {
        let archive = Archive::package()
            .entry(b"PaxHeader", b'x', records.as_bytes())
            .file("package/a", b"");
        assert_eq!(refusal(&archive.tgz()), [AMBIGUOUS_ARCHIVE.id], "{records}");
    }
}

#[test]
fn a_pax_key_that_clients_copy_onto_the_entry_is_refused() {
    for key in ["mode", "type", "linkpath", "GNU.sparse.realsize"] {
        let archive = Archive::package()
            .pax(&[(key, "4755")])
            .file("package/a", b"");
        assert_eq!(refusal(&archive.tgz()), [UNSUPPORTED_ENTRY.id], "{key}");
    }
    let harmless = Archive::package()
        .pax(&[("mtime", "1.5"), ("LIBARCHIVE.xattr.user.x", "y")])
        .file("package/a", b"");
    assert!(refusal(&harmless.tgz()).is_empty());
}

#[test]
fn a_path_from_a_pax_header_obeys_the_same_rules() {
    let archive = Archive::package()
        .pax(&[("path", "package/../a")])
        .file("package/a", b"");
    assert_eq!(refusal(&archive.tgz()), [INVALID_PATH.id]);
    let second = Archive::package()
        .pax(&[("path", "package/package.json")])
        .file("package/a", b"{}");
    assert_eq!(refusal(&second.tgz()), [SECOND_MANIFEST.id]);
}

#[test]
fn a_negative_size_is_ambiguous() {
    let header = Header::new(b"package/a", b'0', 0).with(124, &[0xff; 12]);
    let codes = refusal(&Archive::package().header(header, b"").tgz());
    assert_eq!(codes, [AMBIGUOUS_ARCHIVE.id]);
}

#[test]
fn a_long_name_and_a_pax_path_on_one_entry_are_ambiguous() {
    let archive = Archive::package()
        .entry(b"././@LongLink", b'L', b"package/one\0")
        .pax(&[("path", "package/other")])
        .file("package/a", b"");
    assert_eq!(refusal(&archive.tgz()), [AMBIGUOUS_ARCHIVE.id]);
    let long = Archive::package()
        .entry(b"././@LongLink", b'L', b"package/one\0")
        .file("package/a", b"");
    assert!(refusal(&long.tgz()).is_empty());
}

#[test]
fn extension_headers_without_an_entry_or_twice_are_ambiguous() {
    let path = [("path", "package/b")];
    let twice = Archive::package()
        .pax(&path)
        .pax(&path)
        .file("package/a", b"");
    assert_eq!(refusal(&twice.tgz()), [AMBIGUOUS_ARCHIVE.id]);
    let dangling = Archive::package().pax(&path);
    assert_eq!(refusal(&dangling.tgz()), [AMBIGUOUS_ARCHIVE.id]);
}

#[test]
fn an_enormous_extension_header_is_refused_unread() {
    let long = vec![b'x'; limits::EXTENSION_HEADER + 1];
    let archive = Archive::package().entry(b"PaxHeader", b'x', &long);
    assert_eq!(refusal(&archive.tgz()), [AMBIGUOUS_ARCHIVE.id]);
}

#[test]
fn a_second_manifest_is_refused_however_it_is_written() {
    for (other, code) in [
        ("package/package.json", SECOND_MANIFEST),
        ("package/Package.json", SECOND_MANIFEST),
        ("package/./package.json", INVALID_PATH),
        ("package//package.json", INVALID_PATH),
        ("zzz/package.json", OUTSIDE_PACKAGE),
        ("Package/package.json", OUTSIDE_PACKAGE),
        ("package.json", OUTSIDE_PACKAGE),
    ] {
        let codes = refusal(&Archive::package().file(other, b"{}").tgz());
        assert_eq!(codes, [code.id], "{other}");
    }
}

#[test]
fn paths_that_meet_on_some_file_system_are_refused() {
    for (one, other) in [
        ("package/a", "package/a"),
        ("package/README.md", "package/readme.md"),
        ("package/straße", "package/STRASSE"),
        ("package/ﬁ", "package/fi"),
        ("package/a", "package/A/b"),
        ("package/a/b", "package/a"),
    ] {
        let archive = Archive::package().file(one, b"").file(other, b"");
        assert_eq!(
            refusal(&archive.tgz()),
            [DUPLICATE_PATH.id],
            "{one} {other}"
        );
    }
}

#[test]
fn a_setuid_setgid_or_sticky_bit_is_refused() {
    for mode in [b"0004755", b"0002755", b"0001755"] {
        let header = Header::new(b"package/a", b'0', 0).with(100, mode);
        let codes = refusal(&Archive::package().header(header, b"").tgz());
        assert_eq!(codes, [UNSAFE_MODE.id]);
    }
    let whole_mode = Header::new(b"package/a", b'0', 0).with(100, b"0100755");
    assert!(refusal(&Archive::package().header(whole_mode, b"").tgz()).is_empty());
}

#[test]
fn too_many_entries_are_refused() {
    let mut archive = Archive::package();
    for number in 0..limits::ENTRIES {
        archive = archive.file(&format!("package/{number}"), b"");
    }
    assert_eq!(refusal(&archive.tgz()), [TOO_MANY_ENTRIES.id]);
}

#[test]
fn a_manifest_that_parsers_read_differently_is_refused() {
    for manifest in [
        r#"{"name":"widget","name":"gadget","version":"1.0.0","license":"MIT"}"#,
        r#"{"name":"widget","version":"1.0.0","license":"MIT","__proto__":{"bin":"x"}}"#,
        "\u{feff}{\"name\":\"widget\",\"version\":\"1.0.0\",\"license\":\"MIT\"}",
    ] {
        let archive = Archive::new().file("package/package.json", manifest.as_bytes());
        assert_eq!(
            refusal(&archive.tgz()),
            [MANIFEST_AMBIGUOUS.id],
            "{manifest}"
        );
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(500_000), "]".repeat(500_000));
    let archive = Archive::new().file("package/package.json", deep.as_bytes());
    assert_eq!(refusal(&archive.tgz()), [MANIFEST_NOT_JSON.id]);
}

#[test]
fn a_manifest_that_is_too_large_is_refused_unread() {
    let large = vec![b' '; limits::MANIFEST + 1];
    let archive = Archive::new().file("package/package.json", &large);
    assert_eq!(refusal(&archive.tgz()), [MANIFEST_TOO_LARGE.id]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_but_not_without_end() {
    let link = Header::new(b"package/link", b'2', 0).with(100, b"0004755");
    let archive = Archive::package()
        .header(link, b"")
        .file("package/A", b"")
        .file("package/a", b"")
        .file("other/a", b"")
        .file("other/b", b"");
    let codes = refusal(&[archive.tgz(), vec![0]].concat());
    let expected = [
        UNSUPPORTED_ENTRY.id,
        UNSAFE_MODE.id,
        DUPLICATE_PATH.id,
        OUTSIDE_PACKAGE.id,
        TRAILING_DATA.id,
    ];
    assert_eq!(codes, expected);

    let mut archive = Archive::package();
    for _ in 0..1000 {
        archive = archive.file("package/..", b"");
    }
    let codes = refusal(&archive.tgz());
    assert_eq!(codes.len(), limits::FINDINGS + 1);
    assert_eq!(codes.last().unwrap(), MORE_FINDINGS.id);
}
