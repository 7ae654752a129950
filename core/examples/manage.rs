//! The program of docs/guides/rust/manage.md.

use std::error::Error;

use payvost_webhooks::client::Payvost;
use payvost_webhooks::manage::{WebhooksCreateParams, WebhooksListParams};

fn main() -> Result<(), Box<dyn Error>> {
    let key = std::env::var("PAYVOST_API_KEY").unwrap_or_default();
    let mut builder = Payvost::builder(key);
    if let Ok(url) = std::env::var("PAYVOST_BASE_URL") {
        builder = builder.base_url(url); // a local sandbox, say
    }
    let payvost = builder.build()?;

    let webhook = payvost.webhooks().create(&WebhooksCreateParams {
        url: "https://yourapp.com/webhooks/payvost",
        events: &["payment.*", "transfer.*", "user.kyc_verified"],
        description: Some("Production webhook endpoint"),
        ..Default::default()
    })?;
    println!("created {} with a secret of {} bytes", webhook.id, webhook.secret.expose().len());

    for webhook in payvost.webhooks().list(&WebhooksListParams::default()) {
        let webhook = webhook?;
        println!("{}: {}", webhook.url, webhook.events.join(", "));
    }
    Ok(())
}
