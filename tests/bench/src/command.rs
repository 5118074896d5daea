//! Running the tools that make load: curl and wrk.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Runs a command to its end and gives what it printed and how many seconds it took.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(String, f64), String> {
    let started = Instant::now();
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let seconds = started.elapsed().as_secs_f64();
    if output.status.success() {
        return Ok((
            String::from_utf8_lossy(&output.stdout).into_owned(),
            seconds,
        ));
    }
    Err(format!(
        "{program} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Seconds that a download takes.
pub(crate) fn download(url: &str, key: &str) -> Result<f64, String> {
    run(
        "curl",
        &[
            "-sSf",
            "-o",
            "/dev/null",
            "-H",
            &format!("x-api-key: {key}"),
            url,
        ],
    )
    .map(|(_, seconds)| seconds)
}

/// Seconds that an upload as a form takes.
pub(crate) fn upload(url: &str, key: &str, file: &Path) -> Result<f64, String> {
    let part = format!("file=@{}", file.display());
    let arguments = [
        "-sSf",
        "-o",
        "/dev/null",
        "-H",
        &format!("x-api-key: {key}"),
        "-F",
        &part,
        url,
    ];
    run("curl", &arguments).map(|(_, seconds)| seconds)
}

/// What wrk says of so many seconds on 16 connections.
pub(crate) struct Load {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
}

/// Asks for the same thing over and over on 16 connections.
pub(crate) fn wrk(url: &str, key: &str, seconds: u32) -> Result<Load, String> {
    wrk_with(url, &[("x-api-key", key)], 16, seconds, None)
}

/// The same with other headers and another number of connections. A script of wrk's, if there is one, says what to ask.
pub(crate) fn wrk_with(
    url: &str,
    headers: &[(&str, &str)],
    connections: u32,
    seconds: u32,
    script: Option<&Path>,
) -> Result<Load, String> {
    let mut arguments = vec![
        "-t1".to_owned(),
        format!("-c{connections}"),
        format!("-d{seconds}s"),
        "--timeout=10s".to_owned(),
    ];
    for (name, value) in headers {
        arguments.extend(["-H".to_owned(), format!("{name}: {value}")]);
    }
    if let Some(script) = script {
        arguments.extend(["-s".to_owned(), script.display().to_string()]);
    }
    arguments.push(url.to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (said, _) = run("wrk", &arguments)?;
    if said.contains("Non-2xx") {
        return Err(format!("wrk got errors:\n{said}"));
    }
    let number = |line: &str, place: usize| {
        line.split_whitespace()
            .nth(place)
            .and_then(|text| text.parse().ok())
    };
    let requests = said
        .lines()
        .find(|line| line.contains("requests in"))
        .and_then(|line| number(line, 0));
    let per_second = said
        .lines()
        .find(|line| line.starts_with("Requests/sec:"))
        .and_then(|line| number(line, 1));
    match (requests, per_second) {
        (Some(requests), Some(per_second)) => Ok(Load {
            requests,
            per_second,
        }),
        _ => Err(format!("wrk said something else than expected:\n{said}")),
    }
}

/// Saves an answer as it came, packed if it is.
pub(crate) fn save(url: &str, headers: &[(&str, String)], path: &Path) -> Result<(), String> {
    let path = path.display().to_string();
    let headers = as_arguments(headers);
    let mut arguments = vec!["-sSf", "-o", &path];
    arguments.extend(headers.iter().map(String::as_str));
    arguments.push(url);
    run("curl", &arguments).map(drop)
}

/// A header of an answer.
pub(crate) fn header(url: &str, key: &str, name: &str) -> Result<String, String> {
    let key = format!("x-api-key: {key}");
    let wanted = format!("%header{{{name}}}");
    let arguments = ["-sSf", "-o", "/dev/null", "-w", &wanted, "-H", &key, url];
    run("curl", &arguments).map(|(value, _)| value)
}

/// Headers as curl and wrk take them.
fn as_arguments(headers: &[(&str, String)]) -> Vec<String> {
    let pairs = headers.iter();
    pairs
        .flat_map(|(name, value)| ["-H".to_owned(), format!("{name}: {value}")])
        .collect()
}

/// Makes a file of so many MiB that do not compress and repeat nowhere within reach.
pub(crate) fn make_file(path: &Path, mebibytes: usize, seed: u64) -> Result<(), String> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    let mut state = seed | 1;
    let mut piece = vec![0_u8; 1 << 20];
    for _ in 0..mebibytes {
        for word in piece.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&piece).map_err(|error| error.to_string())?;
    }
    file.sync_all().map_err(|error| error.to_string())
}
