//! What is left after a power cut.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cellier_model::Random as _;
use cellier_model::testing::SeededRandom;

use super::journal::{Event, Journal};

/// How much of what was not synced is left all the same.
#[derive(Clone, Copy, Debug)]
pub(super) enum Luck {
    /// Nothing.
    None,
    /// Everything, as if the power had never been cut.
    All,
    /// Some of it, drawn from a seed.
    Some(u64),
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Folder,
    /// The file of this number.
    File(usize),
}

/// A file, whatever its names are.
#[derive(Clone, Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    /// How many of them are on the disk.
    synced: usize,
}

/// A file system as those see it who work on it, and as it is on the disk.
#[derive(Debug, Default)]
struct Disk {
    files: Vec<Content>,
    seen: BTreeMap<PathBuf, Entry>,
    synced: BTreeMap<PathBuf, Entry>,
}

impl Disk {
    fn do_again(&mut self, event: Event) {
        match event {
            Event::Created(path) => {
                self.files.push(Content::default());
                self.seen.insert(path, Entry::File(self.files.len() - 1));
            }
            Event::Appended(path, bytes) => self.file(&path).bytes.extend_from_slice(&bytes),
            Event::Synced(path) => {
                let file = self.file(&path);
                file.synced = file.bytes.len();
            }
            Event::Linked(from, to) => {
                let entry = self.seen[&from];
                self.seen.insert(to, entry);
            }
            Event::Removed(path) => drop(self.seen.remove(&path)),
            Event::MadeFolder(path) => drop(self.seen.insert(path, Entry::Folder)),
            Event::SyncedFolder(folder) => {
                let is_in = |path: &Path| path.parent() == Some(&folder);
                self.synced.retain(|path, _| !is_in(path));
                let now = self.seen.iter().filter(|(path, _)| is_in(path));
                let now: Vec<_> = now.map(|(path, entry)| (path.clone(), *entry)).collect();
                self.synced.extend(now);
            }
            Event::Answered(_) => {}
        }
    }

    fn file(&mut self, path: &Path) -> &mut Content {
        match self.seen[path] {
            Entry::File(number) => &mut self.files[number],
            Entry::Folder => panic!("{} is a folder", path.display()),
        }
    }
}

/// What is left after a power cut.
#[derive(Debug)]
pub(super) struct Left {
    folders: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Left {
    /// What is left when the power is cut after the first so many events.
    pub(super) fn after(journal: &Journal, events: usize, luck: Luck) -> Self {
        let mut disk = Disk::default();
        for event in journal.first(events) {
            disk.do_again(event);
        }
        let mut draw = Draw::new(luck);
        let contents: Vec<_> = disk.files.iter().map(|file| draw.bytes(file)).collect();
        let names: BTreeSet<_> = disk.seen.keys().chain(disk.synced.keys()).collect();
        let mut left = Self {
            folders: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        // A folder stands before what is in it, so what lies in one that is lost is passed over.
        for path in names {
            let (seen, synced) = (disk.seen.get(path), disk.synced.get(path));
            let entry = if seen == synced || draw.is_lucky() {
                seen
            } else {
                synced
            };
            let is_reachable = path.parent().is_some_and(|folder| {
                folder.as_os_str().is_empty() || left.folders.contains(folder)
            });
            match entry {
                Some(Entry::Folder) if is_reachable => drop(left.folders.insert(path.clone())),
                Some(Entry::File(number)) if is_reachable => {
                    left.files.insert(path.clone(), contents[*number].clone());
                }
                _ => {}
            }
        }
        left
    }

    /// The bytes of a file, if it is left.
    pub(super) fn file(&self, path: &Path) -> Option<&Vec<u8>> {
        self.files.get(path)
    }

    /// Makes real files and folders of it.
    pub(super) fn put_into(&self, base: &Path) {
        for folder in &self.folders {
            fs::create_dir(base.join(folder)).unwrap();
        }
        for (path, bytes) in &self.files {
            fs::write(base.join(path), bytes).unwrap();
        }
    }
}

/// Draws what survives.
struct Draw {
    luck: Luck,
    random: SeededRandom,
}

impl Draw {
    fn new(luck: Luck) -> Self {
        let seed = if let Luck::Some(seed) = luck { seed } else { 0 };
        Self {
            luck,
            random: SeededRandom::new(seed),
        }
    }

    fn byte(&self) -> u8 {
        let mut byte = [0];
        self.random.fill(&mut byte);
        byte[0]
    }

    fn is_lucky(&mut self) -> bool {
        match self.luck {
            Luck::None => false,
            Luck::All => true,
            Luck::Some(_) => self.byte().is_multiple_of(2),
        }
    }

    /// What a file holds: at least what was synced of it. The rest is there, or missing, or was never filled.
    fn bytes(&mut self, file: &Content) -> Vec<u8> {
        if self.is_lucky() {
            return file.bytes.clone();
        }
        let mut bytes = file.bytes[..file.synced].to_vec();
        if matches!(self.luck, Luck::Some(_)) {
            bytes.resize(file.synced.max(usize::from(self.byte())), 0);
        }
        bytes
    }
}
