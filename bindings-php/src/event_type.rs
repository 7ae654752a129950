//! The class `EventType`: a constant for each documented type of event.

use std::mem;

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::{ClassFlags, ConstantFlags};
use payvost_webhooks::EVENT_TYPES;

use crate::namespaced;

pub(crate) fn register() -> Result<()> {
    let class = ClassBuilder::new(namespaced!("EventType")).flags(ClassFlags::Final);
    let constant = |class: ClassBuilder, event_type: &&'static str| {
        class.constant(event_type.replace('.', "_").to_uppercase(), *event_type, &[], ConstantFlags::Public)
    };
    EVENT_TYPES
        .iter()
        .try_fold(class, constant)?
        // PHP refers to the tables for as long as it runs.
        .registration(|_, tables| mem::forget(tables))
        .register()
}
