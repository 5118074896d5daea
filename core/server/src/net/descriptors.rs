//! How many connections the system lets a server have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are no connection: the database, the log, the storage, uploads that wait for their inspection.
const BESIDE: u64 = 128;

/// What a connection takes: its socket, and the file that goes over it.
const FOR_EACH: u64 = 2;

/// Raises the limit of open files as far as this process may. The usual one, 1024, is from a time in which programs could
/// not deal with more.
///
/// Answers how many connections it leaves room for, which are at most as many as are wanted.
pub(crate) fn room_for_connections(wanted: u32) -> u32 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised: {error}");
            current
        }
    };
    let room = limit.map_or(wanted, |limit| within(limit, wanted));
    if let Some(limit) = limit.filter(|_| room < wanted) {
        let needed = needed_for(wanted);
        tracing::warn!(
            limit,
            needed,
            connections = room,
            "limits.connections = {wanted} needs {needed} open files, this process may have {limit}: \
             at most {room} connections are taken; raise the limit (LimitNOFILE of systemd, ulimit -n) or lower the number"
        );
    }
    room
}

fn needed_for(connections: u32) -> u64 {
    u64::from(connections) * FOR_EACH + BESIDE
}

/// How many of these connections so many descriptors are enough for; at least one, or nobody could be told anything.
fn within(descriptors: u64, wanted: u32) -> u32 {
    let room = descriptors.saturating_sub(BESIDE) / FOR_EACH;
    u32::try_from(room).unwrap_or(u32::MAX).clamp(1, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_as_many_as_wanted_if_there_are_descriptors_for_them() {
        assert_eq!(within(needed_for(10_000), 10_000), 10_000);
        assert_eq!(within(needed_for(10_000) - 1, 10_000), 9_999);
        assert_eq!(within(1024, 10_000), 448);
        assert_eq!(within(1024, 7), 7);
        assert_eq!(within(20, 10_000), 1);
        assert_eq!(within(u64::MAX, u32::MAX), u32::MAX);
    }
}
