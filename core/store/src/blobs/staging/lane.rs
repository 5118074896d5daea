//! Work on the pieces of an upload, in their order, off the threads that serve connections.

use std::io;

use bytes::Bytes;
use cellier_sdk::Digest;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::blobs::digest::Hasher;
use crate::blobs::staging::writing::Writing;

/// How many pieces may wait while those before them are worked on. A piece is what the network gave at once, some ten to
/// some hundred KiB: this bounds the memory of an upload whatever its size.
const WAITING: usize = 8;

/// Takes the pieces of an upload, a batch at a time.
///
/// A thread works on a batch and is free again: none is held while a client sends nothing. A client that is faster than
/// the work fills the next batch meanwhile.
pub(super) struct Lane {
    waiting: Vec<Bytes>,
    state: State,
}

enum State {
    Rests(Work),
    Works(JoinHandle<io::Result<Work>>),
    Failed,
}

/// What is done with every piece.
pub(super) struct Work {
    pub(super) hashers: Vec<Hasher>,
    pub(super) file: Option<Writing>,
}

impl Lane {
    pub(super) fn new(work: Work) -> Self {
        Self {
            waiting: Vec::new(),
            state: State::Rests(work),
        }
    }

    /// Takes a piece; waits while too many wait already. An error may be that of a piece before.
    pub(super) async fn push(&mut self, piece: Bytes) -> io::Result<()> {
        self.waiting.push(piece);
        let works = matches!(&self.state, State::Works(batch) if !batch.is_finished());
        if works && self.waiting.len() < WAITING {
            return Ok(());
        }
        self.begin_batch().await
    }

    /// The digests of all pieces.
    pub(super) async fn finish(mut self) -> io::Result<Vec<Digest>> {
        if !self.waiting.is_empty() {
            self.begin_batch().await?;
        }
        let Work { hashers, .. } = self.rest().await?;
        Ok(hashers.into_iter().filter_map(Hasher::finish).collect())
    }

    async fn begin_batch(&mut self) -> io::Result<()> {
        let mut work = self.rest().await?;
        let batch = std::mem::take(&mut self.waiting);
        self.state = State::Works(spawn_blocking(move || {
            for piece in batch {
                work.take(&piece)?;
            }
            Ok(work)
        }));
        Ok(())
    }

    /// Waits until the batch before is done. Whoever stops waiting for this loses nothing: the state is changed after it.
    async fn rest(&mut self) -> io::Result<Work> {
        if let State::Works(batch) = &mut self.state {
            let done = batch.await.map_err(io::Error::other).flatten();
            self.state = State::Failed;
            return done;
        }
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Rests(work) => Ok(work),
            State::Works(_) | State::Failed => Err(io::Error::other("its thread has stopped")),
        }
    }
}

impl Work {
    fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.append(piece)?;
        }
        for hasher in &mut self.hashers {
            hasher.update(piece);
        }
        Ok(())
    }
}
