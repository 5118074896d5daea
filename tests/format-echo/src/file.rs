//! Files: a text whose first line says which version it is.

use cellier_sdk::{
    Finding, Inspection, OrderKey, ReadAt, ReadAtExt as _, Rejection, Upload, Version,
};

use crate::{hooks, lines, settings};

/// What every file starts with.
pub(crate) const MAGIC: &[u8] = b"echo ";

/// How much of a file is looked at.
const HEAD: usize = 64 * 1024;

pub(crate) fn inspect(upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
    let head = content.read_head(HEAD)?;
    if !head.starts_with(MAGIC) {
        let reason = Finding::error("ECHO001", "the file does not start with the word echo");
        let reason = reason.fix("write a first line like: echo spring 2026");
        return Err(Rejection::not_this_format(reason));
    }
    hooks::on_upload(&upload.settings, &head);
    let text = String::from_utf8_lossy(&head);
    let first = text.lines().next().unwrap_or_default();
    let mut findings = Vec::new();
    let inspection = if let Some((version, order)) = version_and_order(first) {
        Inspection::new().version(version).order(order)
    } else {
        let message = format!("the first line {} names no version", lines::quote(first));
        let finding = Finding::error("ECHO002", message);
        findings.push(finding.fix("write a first line like: echo spring 2026"));
        Inspection::new()
    };
    if let Some(word) = settings::banned(&upload.settings, &text) {
        let message = format!("the file has the banned word {}", lines::quote(word));
        findings.push(Finding::error("ECHO003", message).fix("say it in other words"));
    }
    if !findings.is_empty() {
        return Err(Rejection::invalid(findings));
    }
    let inspection = inspection
        .media_type("text/x-echo; charset=utf-8")
        .metadata("lines", text.lines().count());
    if text.lines().count() < 2 {
        let silence = Finding::info("ECHO010", "the file says nothing after its first line");
        return Ok(inspection.finding(silence));
    }
    Ok(inspection)
}

/// `echo spring 2026`: the version `spring`, at the place 2026.
fn version_and_order(line: &str) -> Option<(String, OrderKey)> {
    let mut words = line.trim_end().split(' ').skip(1);
    let version = Version::opaque(words.next()?).ok()?;
    let number: u32 = words.next()?.parse().ok()?;
    let order = OrderKey::new(format!("{number:010}")).ok()?;
    words.next().is_none().then(|| (version.to_string(), order))
}
