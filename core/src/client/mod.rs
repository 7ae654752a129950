//! A ready client of the management API, on [ureq](https://docs.rs/ureq). For any other HTTP client, drive [`manage::Call`](crate::manage)
//! yourself.
//!
//! ```no_run
//! use payvost_webhooks::client::Payvost;
//! use payvost_webhooks::manage::WebhooksCreateParams;
//!
//! let payvost = Payvost::new(std::env::var("PAYVOST_API_KEY")?)?;
//! let webhook = payvost.webhooks().create(&WebhooksCreateParams {
//!     url: "https://yourapp.com/webhooks/payvost",
//!     events: &["payment.*", "user.kyc_verified"],
//!     ..Default::default()
//! })?;
//! println!("{} {}", webhook.id, webhook.secret.expose().len()); // store the secret: it is not shown again
//!
//! for webhook in payvost.webhooks().list(&Default::default()) {
//!     println!("{}", webhook?.url);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The client blocks the calling thread. All clones share the open connections. It does not follow redirects, read `.netrc` or keep cookies.
//! It uses the proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) and trusts the certificates in Mozilla's list; pass your own
//! [agent](PayvostBuilder::agent) to change that.

mod error;
mod pages;
mod payvost;
mod reply;
mod resources;
mod transport;

pub use self::error::CallError;
pub use self::pages::{Page, Pages};
pub use self::payvost::{Payvost, PayvostBuilder};
pub use self::reply::Reply;
pub use self::resources::{Testing, Webhooks};
pub use self::transport::{Attempting, Hook};
