//! Stories: a real server process, real sockets, real clients
