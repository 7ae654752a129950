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
//! println!("{} {}", webhook.id, webhook.secret.expose().len()); // store the secret: no other answer shows it
//!
//! for webhook in payvost.webhooks().list(&Default::default()) {
//!     println!("{}", webhook?.url);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It blocks its thread. Connections are kept open and shared by all clones. Redirects are not followed, no `.netrc` is read, and no cookie is
//! kept. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`), certificates those of Mozilla's list; give it an
//! [agent](PayvostBuilder::agent) of your own to change that.

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
