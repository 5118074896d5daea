//! The npm tarball format
