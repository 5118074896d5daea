//! What a format has answered and is given again, beside a bare handler that sends the same bytes.

use std::path::Path;

use crate::bare::Bare;
use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command, process};

/// Vector tiles of the world's countries.
const TILESET: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../fixtures/tilesets/generated/tippecanoe_countries_z0-5.mbtiles"
);

/// One thing that is asked for again and again.
struct Question {
    what: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    /// A handler that sends the same bytes.
    bare: Bare,
    ours: Samples,
    bares: Samples,
    our_rate: Samples,
    bare_rate: Samples,
}

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "held-cellier")?;
    command::upload(
        &cellier.upload_url("countries"),
        &cellier.key,
        Path::new(TILESET),
    )?;
    let ask = |what, path: &str, headers| ask(bench, &cellier, what, path, headers);
    let mut questions = [
        ask("TileJSON", "/tiles/countries", &[])?,
        ask(
            "a tile that is stored with gzip",
            "/tiles/countries@1/2/2/1",
            &[("accept-encoding", "gzip")],
        )?,
    ];
    let etag = command::header(&questions[0].url, &cellier.key, "etag")?;
    let known = [("if-none-match", etag)];
    let mut not_modified = Samples::default();
    for round in 0..6 {
        for question in &mut questions {
            question.measure(cellier.pid(), &cellier.key, round > 0)?;
        }
        let (cpu, _) = cpu_per_request(
            cellier.pid(),
            &questions[0].url,
            &with_key(&cellier.key, &known),
        )?;
        if round > 0 {
            not_modified.push(cpu);
        }
    }
    Ok(report(&questions, &not_modified))
}

/// Asks once, so that the answer is held, and starts a handler that sends what was answered.
fn ask(
    bench: &Bench,
    cellier: &Cellier,
    what: &'static str,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Result<Question, String> {
    let url = format!("{}{path}", cellier.url);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let folder = bench.folder.join(format!("held {what}"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    command::save(
        &url,
        &with_key(&cellier.key, &headers),
        &folder.join("small"),
    )?;
    Ok(Question {
        what,
        url,
        headers,
        bare: Bare::start(&folder)?,
        ours: Samples::default(),
        bares: Samples::default(),
        our_rate: Samples::default(),
        bare_rate: Samples::default(),
    })
}

impl Question {
    fn measure(&mut self, pid: u32, key: &str, counts: bool) -> Result<(), String> {
        let headers = with_key(key, &self.headers);
        let (cpu, rate) = cpu_per_request(pid, &self.url, &headers)?;
        let bare_url = format!("{}/small", self.bare.url);
        let (bare_cpu, bare_rate) = cpu_per_request(self.bare.pid(), &bare_url, &headers)?;
        if counts {
            self.ours.push(cpu);
            self.bares.push(bare_cpu);
            self.our_rate.push(rate);
            self.bare_rate.push(bare_rate);
        }
        Ok(())
    }
}

fn with_key(key: &str, headers: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut all = vec![("x-api-key", key.to_owned())];
    all.extend_from_slice(headers);
    all
}

fn cpu_per_request(
    pid: u32,
    url: &str,
    headers: &[(&'static str, String)],
) -> Result<(f64, f64), String> {
    let before = process::cpu_seconds(pid)?;
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let load = command::wrk_with(url, &headers, 16, 3, None)?;
    let used = process::cpu_seconds(pid)? - before;
    Ok((used / load.requests * 1e6, load.per_second))
}

fn report(questions: &[Question], not_modified: &Samples) -> Finding {
    let mut judged: Vec<_> = questions
        .iter()
        .map(|question| Judged {
            what: format!(
                "CPU per request for {}, Cellier : bare handler",
                question.what
            ),
            figure: question.ours.median() / question.bares.median(),
            limit: Limit::AtMost(1.5),
        })
        .collect();
    let whole = questions.first().map_or(f64::NAN, |it| it.ours.median());
    judged.push(Judged {
        what: "CPU per request, 304 : the same TileJSON as 200".to_owned(),
        figure: not_modified.median() / whole,
        limit: Limit::AtMost(1.0),
    });
    let mut told: Vec<_> = questions.iter().flat_map(Question::told).collect();
    told.push(format!(
        "304, CPU microseconds a request: {}",
        not_modified.raw()
    ));
    Finding {
        title: "Answers of formats that are held",
        method: "`wrk -t1 -c16 -d3s` with a key, after the format was asked once. Access and revision are looked at for every \
                 request. CPU is user and system time of the server's process from `/proc/…/stat` over the requests that \
                 wrk counts; the bare axum handler sends the same bytes from memory. In turns, median of five.",
        judged,
        told,
    }
}

impl Question {
    fn told(&self) -> [String; 3] {
        let what = self.what;
        [
            format!(
                "{what}, requests a second: Cellier {:.0}, bare handler {:.0}",
                self.our_rate.median(),
                self.bare_rate.median()
            ),
            format!(
                "{what}, Cellier, CPU microseconds a request: {}",
                self.ours.raw()
            ),
            format!(
                "{what}, bare handler, CPU microseconds a request: {}",
                self.bares.raw()
            ),
        ]
    }
}
