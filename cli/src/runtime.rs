//! The asynchronous part of a command, and its end on a signal.

use core::future::Future;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::status::Failure;

/// The exit status after Ctrl-C or SIGTERM, where the work was not done yet.
pub(crate) const INTERRUPTED: u8 = 130;

/// Runs a command to its end. A name lookup that still runs delays nothing.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unreachable(format!("cannot start: {error}")))?;
    let done = runtime.block_on(future);
    runtime.shutdown_background();
    done
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return drop(tokio::signal::ctrl_c().await);
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
