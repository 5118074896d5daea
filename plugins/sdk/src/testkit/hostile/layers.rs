//! What lies within an upload: behind a checksum no change of the outer bytes would ever reach it.

use std::sync::Arc;

use super::{Mutant, edit, gzip, json, tar};

/// Most files of an archive whose content is changed.
const MOST_MEMBERS: usize = 3;

/// How many bytes the changes of one kind may have together.
const MEMORY: usize = 64 << 20;

/// The upload with a change in what lies within: in its JSON, its tar entries, or in what its gzip layer holds. Each is
/// made when it is its turn: all of them together may be more than memory holds.
pub(in crate::testkit) fn inner(
    bytes: &Arc<[u8]>,
    count: usize,
) -> Box<dyn Iterator<Item = Mutant>> {
    let outer = structured(Arc::clone(bytes));
    let Some(unpacked) = gzip::unpack(bytes) else {
        return Box::new(outer);
    };
    let unpacked: Arc<[u8]> = unpacked.into();
    let bomb = Mutant::new(
        "in its gzip layer: 1 GiB of zeros behind the last byte",
        gzip::Bomb::new(&unpacked, 1024).to_vec(),
    );
    let within = structured(Arc::clone(&unpacked)).chain(edited(unpacked, count));
    let packed = within.map(|mutant| {
        let label = format!("in its gzip layer: {}", mutant.label);
        Mutant::new(label, gzip::pack(&mutant.bytes))
    });
    Box::new(outer.chain(packed).chain([bomb]))
}

/// A way to change bytes, a number of times.
type Way = fn(&[u8], usize) -> Vec<Mutant>;

/// Changes that know nothing of how the bytes are built.
fn edited(bytes: Arc<[u8]>, count: usize) -> impl Iterator<Item = Mutant> {
    let count = count.min((MEMORY / bytes.len().max(1)).max(4));
    let ways: [Way; 4] = [edit::cuts, edit::flips, edit::blocks, |bytes, _| {
        edit::frames(bytes)
    }];
    ways.into_iter().flat_map(move |way| way(&bytes, count))
}

/// Changes that know how the bytes are built.
fn structured(bytes: Arc<[u8]>) -> impl Iterator<Item = Mutant> {
    let documents = tar::members(&bytes).into_iter();
    let documents = documents.filter(|member| member.path.ends_with(b".json"));
    json::with_hostile_values(&bytes)
        .chain(tar::with_hostile_entries(Arc::clone(&bytes)))
        .chain(documents.take(MOST_MEMBERS).flat_map(move |member| {
            let bytes = Arc::clone(&bytes);
            json::with_hostile_values(&bytes[member.body.clone()]).map(move |mutant| {
                let path = String::from_utf8_lossy(&member.path);
                let label = format!("in {path}: {}", mutant.label);
                Mutant::new(label, tar::with_body(&bytes, &member, &mutant.bytes))
            })
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_in_a_tarball_is_reached_through_gzip_and_tar() {
        let mut archive = tar::Entry::file(b"package/package.json", br#"{"name":"a"}"#).blocks();
        archive.extend([0; 1024]);
        let mutants: Vec<_> = inner(&gzip::pack(&archive).into(), 8).collect();
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
        let text: Arc<[u8]> = b"just some text".as_slice().into();
        assert_eq!(inner(&text, 8).count(), 0);
    }
}
