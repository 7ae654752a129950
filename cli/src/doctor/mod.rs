//! `payvost-webhooks doctor`

mod check;
mod checks;
mod effects;
mod event;
mod exam;
mod finding;
mod http;
mod leaks;
mod reply;
mod report;
mod request;
mod timing;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::PossibleValuesParser;
use hyper::Uri;
use payvost_webhooks::limits::ANSWER_TIME_LIMIT;
use payvost_webhooks::provide::Fault;
use payvost_webhooks_sandbox::deliver::Dialer;

use crate::input::{DeliveryArguments, SecretArguments, delivery_url, without_credentials};
use crate::runtime::{INTERRUPTED, block_on, interrupted};
use crate::status::{Failure, REFUSED};
use check::Probe;
use effects::{Effects, Source};
use event::Maker;
use exam::{Exam, Settings};
use report::{Entry, Format, Grade, Report, Style};
use request::Target;

/// Check a receiver: send it genuine, forged and broken requests, and grade its answers
///
/// The receiver handles the genuine ones among them: their ids begin with evt_doctor_, and liveMode is false unless --live is given. Do not
/// run it against a receiver whose effects on them would hurt. An endpoint on another machine gets at most 200 requests.
///
/// A: nothing failed. B: up to two checks failed. C: up to five. D: more, or genuine events are refused. F: something unsigned or forged
/// was accepted. The exit status is 0, or 1 if the grade is below --min-grade, 2 for wrong usage, 3 if the receiver cannot be reached.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks doctor http://127.0.0.1:3000/webhooks/payvost --secret-file secret.txt
  payvost-webhooks doctor http://127.0.0.1:3000/webhooks/payvost --effects-file app.log --effects-match paid:
  payvost-webhooks doctor https://staging.example.com/webhooks --deliver-to staging.example.com --format junit --min-grade B")]
pub(crate) struct Arguments {
    /// The URL of the receiver
    #[arg(required_unless_present = "list", value_parser = delivery_url)]
    url: Option<String>,
    #[command(flatten)]
    secret: SecretArguments,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "json")]
    format: Format,
    /// The same as --format json
    #[arg(long)]
    json: bool,
    /// End with status 1 if the grade is below this one
    #[arg(long, value_enum, value_name = "GRADE", default_value_t = Grade::A, ignore_case = true)]
    min_grade: Grade,
    /// The type of most events
    #[arg(long = "type", value_name = "TYPE", default_value = "payment.succeeded")]
    event_type: String,
    /// Send events with liveMode true
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    delivery: DeliveryArguments,
    /// How long the receiver may take for a response
    #[arg(long, value_name = "SECONDS", default_value_t = ANSWER_TIME_LIMIT.as_secs_f64())]
    time_limit: f64,
    #[command(flatten)]
    effects: EffectArguments,
    /// Run this check alone. Can be repeated; --list shows them
    #[arg(long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    only: Vec<String>,
    /// Leave this check out. Can be repeated
    #[arg(long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    skip: Vec<String>,
    /// List the checks and exit
    #[arg(long)]
    list: bool,
    /// Show the checks that passed or were skipped too
    #[arg(long, short)]
    verbose: bool,
}

/// Where the effects of events can be counted
#[derive(Debug, Args)]
struct EffectArguments {
    /// A URL that answers with the number of effects, or with {"count": number}. {id} stands for the event's id
    #[arg(long, value_name = "URL", group = "effects")]
    effects_url: Option<String>,
    /// A file with a line for each effect, which contains the event's id
    #[arg(long, value_name = "FILE", group = "effects")]
    effects_file: Option<PathBuf>,
    /// Of that file, count only lines that contain this text
    #[arg(long, value_name = "TEXT", requires = "effects_file")]
    effects_match: Option<String>,
    /// A key in Redis: a number, or a collection with an entry for each effect. {id} stands for the event's id
    #[arg(long, value_name = "KEY", group = "effects")]
    effects_redis_key: Option<String>,
    /// Where Redis listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6379", requires = "effects_redis_key")]
    effects_redis: String,
}

fn codes() -> PossibleValuesParser {
    PossibleValuesParser::new(checks::all().map(|check| check.code))
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.list {
        return list();
    }
    let url = url(arguments.url.as_deref().unwrap_or_default())?;
    let maker =
        Maker::new(arguments.secret.read()?, arguments.event_type.clone(), arguments.live).map_err(Failure::from_core)?;
    let time_limit = Duration::try_from_secs_f64(arguments.time_limit)
        .ok()
        .filter(|limit| (Duration::from_millis(10)..=Duration::from_secs(60)).contains(limit))
        .ok_or_else(|| Failure::usage("--time-limit must be a number of seconds from 0.01 to 60."))?;
    let examined = async {
        tokio::select! {
            report = examine(arguments, url, maker, time_limit) => report.map(Some),
            () = interrupted() => Ok(None),
        }
    };
    let Some(report) = block_on(examined)? else { return Ok(ExitCode::from(INTERRUPTED)) };
    let format = if arguments.json { Format::Json } else { arguments.format };
    let mut output = std::io::stdout().lock();
    report.write(&mut output, format, Style::new(arguments.verbose))?;
    output.flush()?;
    Ok(if report.grade() > arguments.min_grade { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

async fn examine(arguments: &Arguments, url: Uri, maker: Maker, time_limit: Duration) -> Result<Report, Failure> {
    let began = Instant::now();
    let dialer = Dialer::new(arguments.delivery.destinations());
    let is_local = reach(&dialer, &url, time_limit).await?;
    let effects = source(&arguments.effects)?.map(|source| Effects::new(source, dialer.clone()));
    if let Some(effects) = &effects {
        effects.count("evt_doctor").await.map_err(Failure::unreachable)?;
    }
    let target = Target { url: url.clone(), headers: arguments.delivery.headers().to_vec() };
    let exam = Exam::new(Settings { target, dialer, is_local, time_limit, effects }, maker);
    let entries = run_checks(arguments, &exam).await;
    Ok(Report { url: url.to_string(), entries, requests: exam.requests(), took: began.elapsed() })
}

/// Runs the chosen checks in order, and reviews after them.
async fn run_checks(arguments: &Arguments, exam: &Exam) -> Vec<Entry> {
    let chosen: Vec<_> = checks::GROUPS
        .iter()
        .flat_map(|group| group.checks.iter().map(|check| (group.title, check)))
        // Without the first one, nothing is known about the others.
        .filter(|(_, check)| {
            let named = |codes: &[String]| codes.iter().any(|code| code == check.code);
            check.code == "genuine" || (arguments.only.is_empty() || named(&arguments.only)) && !named(&arguments.skip)
        })
        .collect();
    let shows_progress = std::io::stderr().is_terminal();
    let mut findings: Vec<_> = chosen.iter().map(|_| None).collect();
    for reviews in [false, true] {
        for (number, ((_, check), place)) in chosen.iter().zip(&mut findings).enumerate() {
            if matches!(check.probe, Probe::Review(_)) != reviews {
                continue;
            }
            if shows_progress {
                eprint!("\r\x1b[K{}/{} {}", number + 1, chosen.len(), check.code);
            }
            *place = Some(check.run(exam).await);
        }
    }
    if shows_progress {
        eprint!("\r\x1b[K");
    }
    let entries = chosen.into_iter().zip(findings);
    entries.filter_map(|((group, check), finding)| Some(Entry { group, check, finding: finding? })).collect()
}

/// Opens one connection, to fail early. Returns whether the receiver is on this machine.
async fn reach(dialer: &Dialer, url: &Uri, time_limit: Duration) -> Result<bool, Failure> {
    let fault = match tokio::time::timeout(time_limit, dialer.dial(url)).await {
        Ok(Ok(_)) => return Dialer::is_local(url).await.map_err(|fault| unreachable(url, fault)),
        Ok(Err(fault)) => fault,
        Err(_) => Fault::TimedOut,
    };
    Err(unreachable(url, fault))
}

fn unreachable(url: &Uri, fault: Fault) -> Failure {
    let host = url.host().unwrap_or_default();
    match fault {
        Fault::DestinationNotAllowed => {
            Failure::usage(format!("{host} is not on this machine. Add --deliver-to {host} if you may test it."))
        }
        fault => Failure::unreachable(format!("{url} cannot be reached: {}.", fault.as_str())),
    }
}

fn url(text: &str) -> Result<Uri, Failure> {
    without_credentials(text)?;
    delivery_url(text).and_then(|text| text.parse::<Uri>().map_err(|error| error.to_string())).map_err(Failure::usage)
}

fn source(arguments: &EffectArguments) -> Result<Option<Source>, Failure> {
    if let Some(text) = &arguments.effects_url {
        url(&text.replace(effects::ID, "id"))?;
        return Ok(Some(Source::Url(text.clone())));
    }
    if let Some(path) = &arguments.effects_file {
        return Ok(Some(Source::File { path: path.clone(), containing: arguments.effects_match.clone() }));
    }
    let Some(key) = &arguments.effects_redis_key else { return Ok(None) };
    let server = arguments.effects_redis.trim_start_matches("redis://");
    Ok(Some(Source::Redis { server: url(&format!("http://{server}/"))?, key: key.clone() }))
}

fn list() -> Result<ExitCode, Failure> {
    let mut output = std::io::stdout().lock();
    for check in checks::all() {
        writeln!(output, "{:<28} {}", check.code, check.title)?;
    }
    Ok(ExitCode::SUCCESS)
}
