//! What lies within an upload: behind a checksum no change of the outer bytes would ever reach it.

use super::{Mutant, edit, gzip, json, tar};

/// Most files of an archive whose content is changed.
const MOST_MEMBERS: usize = 3;

/// The upload with a change in what lies within: in its JSON, its tar entries, or in what its gzip layer holds.
pub(in crate::testkit) fn inner(bytes: &[u8], count: usize) -> Vec<Mutant> {
    let mut mutants = structured(bytes);
    let Some(unpacked) = gzip::unpack(bytes) else {
        return mutants;
    };
    let within = [
        structured(&unpacked),
        edit::cuts(&unpacked, count / 2),
        edit::flips(&unpacked, count),
        edit::blocks(&unpacked, count),
        edit::frames(&unpacked),
    ];
    let packed = within.concat().into_iter().map(|mutant| {
        let label = format!("in its gzip layer: {}", mutant.label);
        Mutant::new(label, gzip::pack(&mutant.bytes))
    });
    mutants.extend(packed);
    mutants.push(Mutant::new(
        "in its gzip layer: 1 GiB of zeros behind the last byte",
        gzip::Bomb::new(&unpacked, 1024).to_vec(),
    ));
    mutants
}

/// Changes that know how the bytes are built.
fn structured(bytes: &[u8]) -> Vec<Mutant> {
    let mut mutants = json::with_hostile_values(bytes);
    mutants.extend(tar::with_hostile_entries(bytes));
    let members = tar::members(bytes);
    let documents = members
        .iter()
        .filter(|member| member.path.ends_with(b".json"));
    for member in documents.take(MOST_MEMBERS) {
        for mutant in json::with_hostile_values(&bytes[member.body.clone()]) {
            let label = format!(
                "in {}: {}",
                String::from_utf8_lossy(&member.path),
                mutant.label
            );
            mutants.push(Mutant::new(
                label,
                tar::with_body(bytes, member, &mutant.bytes),
            ));
        }
    }
    mutants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_in_a_tarball_is_reached_through_gzip_and_tar() {
        let mut archive = tar::Entry::file(b"package/package.json", br#"{"name":"a"}"#).blocks();
        archive.extend([0; 1024]);
        let mutants = inner(&gzip::pack(&archive), 8);
        let wanted = "in its gzip layer: in package/package.json: null at /name";
        let mutant = mutants
            .iter()
            .find(|mutant| mutant.label == wanted)
            .unwrap();
        let unpacked = gzip::unpack(&mutant.bytes).unwrap();
        let members = tar::members(&unpacked);
        assert_eq!(&unpacked[members[0].body.clone()], br#"{"name":null}"#);
    }

    #[test]
    fn plain_bytes_have_nothing_within() {
        assert!(inner(b"just some text", 8).is_empty());
    }
}
