//! A gate between a server and its database.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cellier_store::testing::TestPostgres;

use crate::Setup;

/// How often it is looked whether a gate that was silent lets something pass again.
const LOOK: Duration = Duration::from_millis(10);

/// A gate between a server and its database on PostgreSQL, through which everything passes that they tell each other.
#[derive(Debug)]
pub struct DatabaseGate {
    url: String,
    passage: Arc<Passage>,
}

#[derive(Debug, Default)]
struct Passage {
    state: Mutex<State>,
    inside: Mutex<Vec<TcpStream>>,
}

/// What a gate does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// It lets nobody in.
    Closed,
    /// It lets everybody in and nothing through, as a cable does that is cut: nobody is told.
    Silent,
    /// It holds everything back for a while.
    Slow(Duration),
}

impl DatabaseGate {
    /// A gate before a new database.
    pub fn new() -> Self {
        let database = TestPostgres::shared().new_database();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the gate");
        let address = listener.local_addr().expect("the port of the gate");
        let (_, rest) = database.split_once('@').expect("a URL with a user");
        let (behind, _) = rest.split_once('/').expect("a URL with a database");
        let behind = behind.to_owned();
        let url = database.replace(&behind, &address.to_string());
        let passage = Arc::new(Passage::default());
        let gate = Arc::clone(&passage);
        // The thread ends with the process: it has nothing that must be put away.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = gate.let_in(&client, &behind);
            }
        });
        Self { url, passage }
    }

    /// Lets everything pass again.
    pub fn open(&self) {
        self.passage.set(State::Open);
    }

    /// Lets nobody in, and sends out who is inside.
    pub fn close(&self) {
        self.passage.set(State::Closed);
        self.send_out();
    }

    /// Lets nothing pass, and tells nobody.
    pub fn fall_silent(&self) {
        self.passage.set(State::Silent);
    }

    /// Holds back everything that passes for so long.
    pub fn slow_down(&self, by: Duration) {
        self.passage.set(State::Slow(by));
    }

    /// Sends out who is inside. Everybody may come in again.
    pub fn send_out(&self) {
        for socket in lock(&self.passage.inside).drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Default for DatabaseGate {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// Takes the database behind a gate.
    #[must_use]
    pub fn behind(self, gate: &DatabaseGate) -> Self {
        self.on_database(&gate.url)
    }
}

impl Passage {
    fn set(&self, state: State) {
        *lock(&self.state) = state;
    }

    fn let_in(self: &Arc<Self>, client: &TcpStream, behind: &str) -> io::Result<()> {
        if *lock(&self.state) == State::Closed {
            return client.shutdown(Shutdown::Both);
        }
        let database = TcpStream::connect(behind)?;
        for (from, to) in [(client, &database), (&database, client)] {
            from.set_nodelay(true)?;
            lock(&self.inside).push(from.try_clone()?);
            let (from, to) = (from.try_clone()?, to.try_clone()?);
            let passage = Arc::clone(self);
            thread::spawn(move || passage.carry(from, to));
        }
        Ok(())
    }

    /// Carries what one side says to the other, until one of them has gone.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            self.hold_back();
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        for socket in [from, to] {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn hold_back(&self) {
        let state = *lock(&self.state);
        if let State::Slow(by) = state {
            thread::sleep(by);
        }
        while *lock(&self.state) == State::Silent {
            thread::sleep(LOOK);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
