//! Whether the time of a refusal depends on where the wrong digit is.

use std::time::Duration;

use tokio::time::timeout;

use super::check::{Examining, told};
use super::checks::with_wrong_digit;
use super::exam::Exam;
use super::finding::Finding;
use super::http::{Connection, Step};
use super::reply::Reply;
use super::request::Request;

/// Samples of each kind.
const LOCAL_SAMPLES: usize = 60;
const REMOTE_SAMPLES: usize = 10;

/// A difference this far from chance, in standard deviations, is reported. Chance alone brings it once in 16,000 runs.
const SIGNIFICANT: f64 = 4.0;
/// Smaller differences are noise of the machine, however regular.
const LEAST: Duration = Duration::from_micros(5);

/// Sends signatures that are wrong in the first digit, and in the last one, in turn.
pub(crate) fn refusal_timing(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let samples = if exam.settings.is_local { LOCAL_SAMPLES } else { REMOTE_SAMPLES };
        let event = exam.maker.event();
        let requests = [0, 63].map(|at| event.request_with(with_wrong_digit(&event.signature, at)));
        let mut times = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
        let mut connection: Option<Connection> = None;
        for round in 0..=samples {
            // The order changes, so that neither kind always follows the other.
            for kind in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
                let (Some(request), Some(times)) = (requests.get(kind), times.get_mut(kind)) else { continue };
                let (reply, open) = sample(exam, connection.take(), request).await;
                connection = open;
                match &reply {
                    Reply::Answered(answer) if !reply.is_accepted() => {
                        // The first round opens the connection.
                        if round > 0 {
                            times.push(answer.took);
                        }
                    }
                    reply => return Finding::skipped(told(request, reply)),
                }
            }
        }
        let [first, last] = times;
        judge(first, last)
    })
}

/// Sends one request, on the open connection if there is one. Returns the connection if it stays open.
async fn sample(exam: &Exam, open: Option<Connection>, request: &Request) -> (Reply, Option<Connection>) {
    let mut connection = match open {
        Some(connection) => match exam.count() {
            Ok(()) => connection,
            Err(reply) => return (reply, None),
        },
        None => match exam.connect().await {
            Ok(connection) => connection,
            Err(reply) => return (reply, None),
        },
    };
    let steps: [Step; 1] = [Step::Send(request.bytes(exam.target()))];
    let ended = timeout(exam.settings.time_limit, connection.exchange(&steps, true)).await;
    let reply = exam.reply(ended, request);
    let stays = matches!(&reply, Reply::Answered(answer) if answer.keeps_open);
    (reply, stays.then_some(connection))
}

fn judge(first: Vec<Duration>, last: Vec<Duration>) -> Finding {
    let (deviations, samples) = (rank_deviations(&first, &last), first.len());
    let (first, last) = (median(first), median(last));
    let told = format!(
        "Median of {samples} refusals: {:.3} ms with the first digit wrong, {:.3} ms with the last one ({deviations:+.1} standard deviations)",
        first.as_secs_f64() * 1e3,
        last.as_secs_f64() * 1e3,
    );
    if deviations.abs() > SIGNIFICANT && first.abs_diff(last) > LEAST {
        Finding::warn(format!("{told}. Run the check again: load on the machine can cause such a difference too."))
    } else {
        Finding::pass(format!("{told}. This shows no leak, and does not prove that there is none."))
    }
}

/// How far the ranks of the second sample are from chance (the Mann-Whitney test), in standard deviations.
fn rank_deviations(first: &[Duration], second: &[Duration]) -> f64 {
    let mut wins = 0.0;
    for a in first {
        for b in second {
            wins += match b.cmp(a) {
                core::cmp::Ordering::Greater => 1.0,
                core::cmp::Ordering::Equal => 0.5,
                core::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let (n, m) = (count(first), count(second));
    if n == 0.0 || m == 0.0 {
        return 0.0;
    }
    (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

fn count(sample: &[Duration]) -> f64 {
    u32::try_from(sample.len()).map_or(0.0, f64::from)
}

fn median(mut sample: Vec<Duration>) -> Duration {
    sample.sort_unstable();
    sample.get(sample.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    fn millis(from: u64, count: u64) -> Vec<Duration> {
        (0..count).map(|step| Duration::from_micros(from + step * 7 % 50)).collect()
    }

    #[test]
    fn a_clear_difference_is_reported_and_noise_is_not() {
        assert_eq!(judge(millis(300, 60), millis(300, 60)).verdict, Verdict::Pass);
        assert_eq!(judge(millis(300, 60), millis(301, 60)).verdict, Verdict::Pass);
        let leak = judge(millis(300, 60), millis(400, 60));
        assert_eq!(leak.verdict, Verdict::Warn);
        assert!(leak.reason.starts_with("Median of 60 refusals: 0.324 ms with the first digit wrong, 0.424 ms"), "{leak:?}");
        assert!(rank_deviations(&millis(400, 60), &millis(300, 60)) < -8.0);
    }
}
