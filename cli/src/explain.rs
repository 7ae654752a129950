//! `payvost-webhooks explain`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use payvost_webhooks::explain::{Case, CauseCode, Explanation, explain};
use serde_json::{Value, json};

use crate::input::{SecretArguments, body, file, without_newline};
use crate::status::{Failure, REFUSED};

/// Say why a body, a signature and a secret do not belong together
///
/// It undoes what usually goes wrong and computes the signature of the result. A cause is named only if the signature then
/// matches. What `verify` refuses stays refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks explain --body body.bin --signature \"$SIGNATURE\" --secret-file secret.txt
  payvost-webhooks explain --body body.bin --signature \"$SIGNATURE\" --secret-file live.txt \\
    --other-secret-file test.txt --other-body recorded.json --json")]
pub(crate) struct Arguments {
    /// The body, as the receiver has verified it. `-` reads standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
    /// The value of the Payvost-Signature header. Repeat it if the header was sent more than once; leave it out if it was absent
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    signature: Vec<String>,
    #[command(flatten)]
    secret: SecretArguments,
    /// A secret that may have signed instead: of another endpoint, of the other mode, from before a rotation. Can be repeated
    #[arg(long, value_name = "FILE")]
    other_secret_file: Vec<PathBuf>,
    /// A body to compare with: another delivery, or what a proxy has recorded. Can be repeated
    #[arg(long, value_name = "FILE")]
    other_body: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read_whole()?;
    let payload = body(&arguments.body, &arguments.secret)?;
    let read = |files: &[PathBuf], what| files.iter().map(|path| file(path, what)).collect::<Result<Vec<_>, _>>();
    let secrets = read(&arguments.other_secret_file, "the other secret")?;
    let bodies = read(&arguments.other_body, "the other body")?;

    let [secrets, bodies] = [&secrets, &bodies].map(|list| list.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let headers: Vec<&[u8]> = arguments.signature.iter().map(String::as_bytes).collect();
    let case = Case { body: &payload, headers: &headers, secret: &secret, other_secrets: &secrets, other_bodies: &bodies };
    let explanation = explained(&case);

    let mut output = std::io::stdout().lock();
    if arguments.json {
        writeln!(output, "{}", as_json(&explanation))?;
    } else {
        print(&mut output, &explanation)?;
    }
    Ok(if explanation.result().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// The other commands drop a newline at the end of a secret's file. Here it is the cause if nothing else is wrong, since an
/// application may not drop it; otherwise what is wrong without it tells more.
fn explained(case: &Case<'_>) -> Explanation {
    let trimmed = explain(&Case { secret: without_newline(case.secret), ..*case });
    let right = trimmed.result().is_ok();
    if right { explain(case) } else { trimmed }
}

fn as_json(explanation: &Explanation) -> Value {
    let causes = explanation.causes().iter();
    let causes: Vec<Value> = causes
        .map(|cause| json!({ "code": cause.code().as_str(), "evidence": cause.evidence(), "fix": cause.fix() }))
        .collect();
    json!({ "verdict": explanation.verdict(), "causes": causes })
}

fn print(output: &mut impl Write, explanation: &Explanation) -> std::io::Result<()> {
    let Err(error) = explanation.result() else { return writeln!(output, "ok: the signature matches the body") };
    writeln!(output, "{}: {error}", explanation.verdict())?;
    for cause in explanation.causes() {
        writeln!(output, "\n{}: {}", cause.code(), cause.code().meaning())?;
        writeln!(output, "  Evidence: {}", cause.evidence())?;
        writeln!(output, "  Fix: {}", cause.fix())?;
    }
    if explanation.causes().iter().all(|cause| cause.code() == CauseCode::Unknown) {
        writeln!(output, "\nWhat usually causes {}: {}", explanation.verdict(), error.hint())?;
    }
    Ok(())
}
