//! The shared sequences, on a real Redis and a real Redis Cluster.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

#[path = "../../../tests/kit/sequences.rs"]
mod kit;

use std::time::Duration;

use kit::{Letters, Server, run};
use payvost_webhooks::claims::{DeadLetter, Fault};
use payvost_webhooks_redis::RedisStore;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClient;
use tokio::time::sleep;

const LIMIT: Duration = Duration::from_secs(10);

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Letters for RedisStore<C> {
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
        Self::dead_letters(self, limit).await
    }

    async fn discard(&self, key: &str) -> Result<bool, Fault> {
        Self::discard(self, key).await
    }
}

#[tokio::test]
async fn every_sequence_has_its_replies_on_one_server() {
    let server = started("redis").await;
    let client = redis::Client::open(url(&server)).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    run(|policy| RedisStore::new(connection.clone(), policy).time_limit(LIMIT)).await;
}

#[tokio::test]
async fn every_sequence_has_its_replies_on_a_cluster() {
    let server = started("redis-cluster").await;
    let client = ClusterClient::new([url(&server)]).unwrap();
    let connection = client.get_async_connection().await.unwrap();
    run(|policy| RedisStore::new(connection.clone(), policy).time_limit(LIMIT)).await;
}

async fn started(name: &str) -> Server {
    let server = Server::start(name);
    for _ in 0..1200 {
        if answers(name, &server).await {
            return server;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{name} does not start");
}

async fn answers(name: &str, server: &Server) -> bool {
    let Ok(client) = redis::Client::open(url(server)) else { return false };
    let Ok(mut connection) = client.get_multiplexed_async_connection().await else { return false };
    let answers = redis::cmd("PING").exec_async(&mut connection).await.is_ok();
    answers && (name == "redis" || server.folder.join("is-ready").exists())
}

fn url(server: &Server) -> String {
    format!("redis://127.0.0.1:{}", server.port)
}
