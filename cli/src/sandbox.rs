//! `payvost-webhooks sandbox`

use core::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use clap::{Args, ValueEnum};
use payvost_webhooks_sandbox::{ClockKind, Endpoint, Options, RateLimit, Report, Sandbox, Scenario, StartError};
use serde_json::json;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use crate::status::{Failure, REFUSED};

/// Run a local Payvost: its API, its deliveries and its retries
///
/// PAYVOST_SANDBOX_SECRET gives every webhook the same secret until it is rotated.
/// A command after -- gets PAYVOST_BASE_URL, PAYVOST_API_KEY, and WEBHOOK_SECRET of the first endpoint; in the scenario rotation also
/// WEBHOOK_SECRET_NEXT. Its status is the sandbox's. At the end, a report says what was delivered and answered.
#[derive(Args)]
#[command(after_help = "Examples:
  payvost-webhooks sandbox --endpoint http://127.0.0.1:3000/webhooks/payvost
  payvost-webhooks sandbox --clock virtual --scenario duplicates --endpoint http://127.0.0.1:5000/webhooks -- pytest")]
pub(crate) struct Arguments {
    /// Where to listen. Port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Keep everything in this SQLite file, instead of in memory
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// The API key that clients send. It begins with sk_test_
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// Fix ids and secrets
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The machine's clock, or one that stands still until it is advanced
    #[arg(long, value_enum, default_value_t = ClockArgument::Real)]
    clock: ClockArgument,
    /// How fast the pauses between attempts pass: 60 makes an hour a minute
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    speed: f64,
    /// What goes wrong on the way; --list-scenarios shows them. Can be repeated
    #[arg(long, value_name = "NAME")]
    scenario: Vec<Scenario>,
    /// List the scenarios and exit
    #[arg(long)]
    list_scenarios: bool,
    /// Register a URL for every event. Can be repeated
    #[arg(long, value_name = "URL")]
    endpoint: Vec<String>,
    /// For how many seconds a webhook's old secret still signs after a rotation
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    rotation_overlap: u64,
    /// Disable a webhook when no delivery to it has succeeded for this many seconds
    #[arg(long, value_name = "SECONDS")]
    disable_after: Option<u64>,
    /// How many requests the management API takes in how many seconds, such as 100/60
    #[arg(long, value_name = "N/SECONDS")]
    rate_limit: Option<RateLimit>,
    /// Deliver to this host too, beside loopback. Can be repeated
    #[arg(long, value_name = "HOST")]
    deliver_to: Vec<String>,
    /// Answer to this name in a Host header too, beside loopback. Can be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Print one line of JSON when it is ready, and with a command a report in JSON at the end
    #[arg(long)]
    json: bool,
    /// A command to run beside it
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments").field("listen", &self.listen).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ClockArgument {
    Real,
    Virtual,
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unreachable(format!("cannot start: {error}")))?
        .block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Result<ExitCode, Failure> {
    if arguments.list_scenarios {
        return list_scenarios();
    }
    let sandbox = Sandbox::start(options(&arguments)?).await.map_err(start_failure)?;
    let mut endpoints = Vec::new();
    for url in &arguments.endpoint {
        endpoints
            .push(sandbox.add_endpoint(url).await.map_err(|message| Failure::usage(format!("--endpoint {url}: {message}")))?);
    }
    announce(&sandbox, &arguments, &endpoints)?;
    let (status, drains) = if arguments.command.is_empty() {
        (ExitCode::SUCCESS, stopped().await? == Stop::Terminated)
    } else {
        let ended = run_beside(&sandbox, &arguments, endpoints.first()).await?;
        if let Some(report) = sandbox.report().await {
            print_report(&report, arguments.json)?;
        }
        ended
    };
    if drains {
        tokio::select! {
            () = sandbox.stop() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    Ok(status)
}

fn options(arguments: &Arguments) -> Result<Options, Failure> {
    let mut options = Options::default();
    options.listen = arguments.listen;
    options.database.clone_from(&arguments.database);
    options.api_key.clone_from(&arguments.api_key);
    options.secret = std::env::var("PAYVOST_SANDBOX_SECRET").ok();
    options.seed = arguments.seed;
    options.clock = match arguments.clock {
        ClockArgument::Real => ClockKind::Real,
        ClockArgument::Virtual => ClockKind::Virtual,
    };
    options.pace = payvost_webhooks::provide::Pace::new(arguments.speed)
        .ok_or_else(|| Failure::usage("--speed must be a number from 0.001 to 1000000."))?;
    options.scenarios.clone_from(&arguments.scenario);
    options.rotation_overlap = Duration::from_secs(arguments.rotation_overlap);
    options.disable_after = arguments.disable_after.map(Duration::from_secs);
    options.rate_limit = arguments.rate_limit;
    options.deliver_to.clone_from(&arguments.deliver_to);
    options.allow_host.clone_from(&arguments.allow_host);
    Ok(options)
}

fn start_failure(error: StartError) -> Failure {
    match error {
        StartError::Listen(..) | StartError::Database(_) => Failure::unreachable(error.to_string()),
        _ => Failure::usage(error.to_string()),
    }
}

fn announce(sandbox: &Sandbox, arguments: &Arguments, endpoints: &[Endpoint]) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    if arguments.json {
        let endpoints: Vec<_> = endpoints
            .iter()
            .zip(&arguments.endpoint)
            .map(|(endpoint, url)| json!({ "id": endpoint.id, "url": url, "secret": endpoint.secret }))
            .collect();
        let ready = json!({
            "ready": true, "baseUrl": sandbox.base_url(), "apiKey": sandbox.api_key(), "dashboardUrl": sandbox.dashboard_url(),
            "endpoints": endpoints,
        });
        writeln!(output, "{ready}")?;
    } else if arguments.command.is_empty() {
        writeln!(output, "Payvost sandbox: {}", sandbox.base_url())?;
        writeln!(output, "API key:         {}", sandbox.api_key())?;
        writeln!(output, "Dashboard:       {}", sandbox.dashboard_url())?;
        for (endpoint, url) in endpoints.iter().zip(&arguments.endpoint) {
            writeln!(output, "{}: {url}\n  secret: {}", endpoint.id, endpoint.secret)?;
        }
        writeln!(output, "Ctrl-C stops it.")?;
    }
    Ok(output.flush()?)
}

/// Who ends the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Ctrl-C: at once. What is in flight is sent again after the next start.
    Interrupted,
    /// SIGTERM: what is in flight ends first.
    Terminated,
}

async fn stopped() -> Result<Stop, Failure> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| Failure::unreachable(format!("cannot wait for signals: {error}")))?;
    tokio::select! {
        _ = terminate.recv() => Ok(Stop::Terminated),
        _ = tokio::signal::ctrl_c() => Ok(Stop::Interrupted),
    }
}

/// Runs the user's command to its end. Returns its status, and whether what is in flight should end.
async fn run_beside(
    sandbox: &Sandbox,
    arguments: &Arguments,
    endpoint: Option<&Endpoint>,
) -> Result<(ExitCode, bool), Failure> {
    let Some((program, rest)) = arguments.command.split_first() else { return Ok((ExitCode::SUCCESS, true)) };
    let mut child = Command::new(program);
    child.args(rest).env("PAYVOST_BASE_URL", sandbox.base_url()).env("PAYVOST_API_KEY", sandbox.api_key()).kill_on_drop(true);
    if let Some(endpoint) = endpoint {
        child.env("WEBHOOK_SECRET", &endpoint.secret);
        if arguments.scenario.contains(&Scenario::Rotation) {
            child.env("WEBHOOK_SECRET_NEXT", &endpoint.next_secret);
        }
    }
    let mut child = child.spawn().map_err(|error| Failure::usage(format!("cannot run {program}: {error}")))?;
    let stop = tokio::select! {
        status = child.wait() => {
            return status
                .map(|status| (exit_code(status), true))
                .map_err(|error| Failure::unreachable(format!("cannot wait for {program}: {error}")));
        }
        stop = stopped() => stop?,
    };
    // Ctrl-C has reached the command as well. SIGTERM is passed on. A command that ignores both is killed when it is dropped.
    let patience = match stop {
        Stop::Interrupted => Duration::from_millis(100),
        Stop::Terminated => {
            terminate(&child).await;
            Duration::from_secs(5)
        }
    };
    let _ = tokio::time::timeout(patience, child.wait()).await;
    Ok((ExitCode::from(REFUSED), stop == Stop::Terminated))
}

/// The standard library can only kill. A shell is everywhere, with `kill` built in.
async fn terminate(child: &Child) {
    if let Some(id) = child.id() {
        let _ = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().await;
    }
}

/// For people on standard error, since standard output belongs to the command.
fn print_report(report: &Report, as_json: bool) -> Result<(), Failure> {
    let Report { totals, answers, extras, .. } = report;
    if as_json {
        let extras: Vec<_> = extras
            .iter()
            .map(|extra| json!({ "kind": extra.kind, "answer": extra.answer, "count": extra.count, "acceptedForgery": extra.accepted_forgery }))
            .collect();
        let answers: serde_json::Map<_, _> = answers.iter().map(|(answer, count)| (answer.clone(), json!(count))).collect();
        let report = json!({ "report": {
            "accepted": totals.accepted(), "delivered": totals.delivered, "pending": totals.pending, "failed": totals.failed,
            "attempts": answers, "extras": extras,
        } });
        return Ok(writeln!(std::io::stdout(), "{report}")?);
    }
    eprintln!(
        "sandbox: {} accepted, {} delivered, {} pending, {} failed",
        totals.accepted(),
        totals.delivered,
        totals.pending,
        totals.failed
    );
    for (answer, count) in answers {
        eprintln!("  {count} × {answer}");
    }
    for extra in extras {
        let verdict = if extra.accepted_forgery { " (the receiver accepted a forgery)" } else { "" };
        eprintln!("  {} × {}: {}{verdict}", extra.count, extra.kind, extra.answer);
    }
    Ok(())
}

fn list_scenarios() -> Result<ExitCode, Failure> {
    let mut output = std::io::stdout().lock();
    for scenario in Scenario::ALL {
        writeln!(output, "{:<20} {}", scenario.name(), scenario.about())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(REFUSED), ExitCode::from)
}
