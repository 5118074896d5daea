//! nginx, the peer for downloads.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::process;

/// A running nginx that serves a folder with `sendfile`. Killed when dropped.
pub(crate) struct Nginx {
    process: Child,
    pub(crate) url: String,
}

impl Nginx {
    pub(crate) fn start(work: &Path, root: &Path) -> Result<Self, String> {
        let port = free_port()?;
        let configuration = format!(
            "daemon off; worker_processes 2; pid {work}/nginx.pid; error_log {work}/nginx.log; user root;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000;\n\
             client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;\n\
             uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;\n\
             server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n",
            work = work.display(),
            root = root.display(),
        );
        let path = work.join("nginx.conf");
        fs::write(&path, configuration).map_err(|error| error.to_string())?;
        let process = Command::new("nginx")
            .arg("-c")
            .arg(&path)
            .spawn()
            .map_err(|error| format!("nginx: {error} (apt-get install nginx-light)"))?;
        std::thread::sleep(Duration::from_millis(500));
        Ok(Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        })
    }
}

impl Nginx {
    /// CPU seconds that its workers have used.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, String> {
        let pid = self.process.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.map_err(|error| error.to_string())?;
        let of_each = children.split_whitespace().map(|worker| {
            let worker = worker.parse().map_err(|_invalid| "not a process")?;
            process::cpu_seconds(worker)
        });
        of_each.sum()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A polite end: the master then takes its workers along.
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}

pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}
