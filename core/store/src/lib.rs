//! The adapters: SQLite and PostgreSQL, blobs on disk
