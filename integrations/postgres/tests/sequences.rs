//! The shared sequences, on a real PostgreSQL.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

#[path = "../../../tests/kit/sequences.rs"]
mod kit;

use std::time::Duration;

use deadpool_postgres::tokio_postgres::NoTls;
use deadpool_postgres::{Config, Pool, Runtime};
use kit::{Letters, Server, run};
use payvost_webhooks::claims::{ClaimPolicy, DeadLetter, Fault};
use payvost_webhooks_postgres::PostgresStore;
use tokio::time::sleep;

impl Letters for PostgresStore {
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
        Self::dead_letters(self, limit).await
    }

    async fn discard(&self, key: &str) -> Result<bool, Fault> {
        Self::discard(self, key).await
    }
}

#[tokio::test]
async fn every_sequence_has_its_replies() {
    let server = Server::start("postgres");
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let pool = Config { url: Some(url), ..Config::default() }.create_pool(Some(Runtime::Tokio1), NoTls).unwrap();
    created(&pool).await;
    run(|policy| PostgresStore::new(pool.clone(), policy).time_limit(Duration::from_secs(10))).await;
}

async fn created(pool: &Pool) {
    for _ in 0..1200 {
        if PostgresStore::new(pool.clone(), ClaimPolicy::new()).create_table().await.is_ok() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("PostgreSQL does not start");
}
