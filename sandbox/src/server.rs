//! The sandbox as a whole: from its options to its end.

use core::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use payvost_webhooks::manage::Operation;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::api::{self, App, Hosts, Keys, Shared};
use crate::clock::{Clock, machine_time};
use crate::dashboard::{self, Entrance};
use crate::engine::{Destinations, Engine, Limits, Settings, TIME};
use crate::ids::Ids;
use crate::limiter::Limiter;
use crate::options::{ClockKind, DEFAULT_API_KEY, Options, StartError};
use crate::scenario::{ExtraCount, Scenarios};
use crate::simulate::Simulations;
use crate::store::{NewWebhook, OpenError, Store, Totals};

/// A sandbox that runs. Dropping it ends the process's tasks abruptly; [`Sandbox::stop`] lets what is in flight end.
pub struct Sandbox {
    app: App,
    scenarios: Arc<Scenarios>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A webhook that [`Sandbox::add_endpoint`] made.
#[derive(Clone)]
pub struct Endpoint {
    /// The webhook's id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The secret after its first rotation.
    pub next_secret: String,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What was delivered and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How the deliveries stand.
    pub totals: Totals,
    /// How many attempts got each answer: a status or an error.
    pub answers: Vec<(String, u64)>,
    /// What the scenarios sent in addition.
    pub extras: Vec<ExtraCount>,
}

impl Sandbox {
    /// Opens the database, goes on with what it has to deliver, and listens.
    ///
    /// # Errors
    ///
    /// When an option is invalid, the database cannot be opened, or the address is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        options.check()?;
        let store = Store::open(options.database.as_deref(), options.vfs.as_deref()).map_err(StartError::Database)?;
        let clock = match options.clock {
            ClockKind::Real => Clock::Real,
            ClockKind::Virtual => {
                let kept = store.run(|database| database.fact(TIME)).await.map_err(|_| unreadable())?;
                Clock::virtual_from(kept.and_then(|time| u64::try_from(time).ok()).unwrap_or_else(machine_time))
            }
        };
        let ids = Ids::new(options.seed, options.secret).map_err(|_| StartError::Random)?;
        let scenarios = Arc::new(Scenarios::new(options.scenarios));
        let disable_after_ms = options.disable_after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        let simulations = Arc::new(Simulations::default());
        let settings = Settings {
            pace: options.pace,
            limits: Limits { total: options.concurrency, per_webhook: options.concurrency_per_webhook },
            scenarios: Arc::clone(&scenarios),
            simulations: Arc::clone(&simulations),
            ids: ids.clone(),
            disable_after_ms,
        };
        let destinations = Destinations::new(&options.deliver_to);
        let listener = TcpListener::bind(options.listen).await.map_err(|error| StartError::Listen(options.listen, error))?;
        let address = listener.local_addr().map_err(|error| StartError::Listen(options.listen, error))?;
        let engine = Engine::start(store.clone(), clock.clone(), destinations, settings).await.map_err(|_| unreadable())?;
        let (stop, mut stopped) = watch::channel(false);
        let app: App = Arc::new(Shared {
            store,
            engine,
            clock,
            ids,
            api_key: options.api_key.unwrap_or_else(|| DEFAULT_API_KEY.to_owned()),
            hosts: Hosts::new(&options.allow_host),
            simulations,
            stopped: stopped.clone(),
            keys: Keys::default(),
            limiter: options.rate_limit.map(Limiter::new),
            rotation_overlap_ms: u64::try_from(options.rotation_overlap.as_millis()).unwrap_or(u64::MAX),
            disable_after_ms,
            pace: options.pace,
            dashboard: Entrance::new(address.port()).map_err(|_| StartError::Random)?,
        });
        let router = dashboard::router(&app).fallback_service(api::router(&app));
        let server = tokio::spawn(async move {
            let until = async move { drop(stopped.wait_for(|stop| *stop).await) };
            // It ends when the sandbox stops, and has nothing to report.
            drop(axum::serve(listener, router).with_graceful_shutdown(until).await);
        });
        Ok(Self { app, scenarios, address, stop, server })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to give a client as its base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that opens the dashboard. Each start makes a new token.
    #[must_use]
    pub fn dashboard_url(&self) -> String {
        format!("{}{}", self.base_url(), self.app.dashboard.path())
    }

    /// The API key that clients send.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.app.api_key
    }

    /// Registers a URL for every event, as `POST /v1/webhooks` does.
    ///
    /// # Errors
    ///
    /// The message says what is wrong with the URL, or that the database failed.
    pub async fn add_endpoint(&self, url: &str) -> Result<Endpoint, String> {
        let parameters = serde_json::json!({ "url": url, "events": ["*"] });
        if let Some(refusal) = api::refusal(Operation::WebhooksCreate, &parameters) {
            return Err(refusal.to_string());
        }
        let new = NewWebhook { url: url.to_owned(), events: vec!["*".to_owned()], description: None, metadata: None };
        let webhook = self.app.create_webhook(new).await.map_err(|_| "the database cannot be written".to_owned())?;
        let next_secret = self.app.ids.secret(webhook.number, 1);
        Ok(Endpoint { id: webhook.id, secret: webhook.secret, next_secret })
    }

    /// How the deliveries stand. `None` when the database failed.
    pub async fn totals(&self) -> Option<Totals> {
        self.app.store.run(|database| Ok(database.totals())).await.ok()
    }

    /// What was delivered and answered so far. `None` when the database failed.
    pub async fn report(&self) -> Option<Report> {
        let (totals, answers) = self.app.store.run(|database| Ok((database.totals(), database.count_answers()?))).await.ok()?;
        Some(Report { totals, answers, extras: self.scenarios.extras() })
    }

    /// Accepts no more requests, begins no more attempts, and returns when those in flight have ended and the database is closed.
    pub async fn stop(self) {
        self.app.engine.drain().await;
        self.stop.send_replace(true);
        drop(self.server.await);
        self.app.store.close().await;
    }
}

fn unreadable() -> StartError {
    StartError::Database(OpenError::Database(rusqlite::Error::InvalidQuery))
}
