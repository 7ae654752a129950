//! What a store and an inbox have in common: their table.

/// The methods of a type with a field `table` that set it up and tend it.
macro_rules! with_a_table {
    ($store:ident) => {
        impl $store {
            /// With another table, optionally in a schema.
            ///
            /// # Errors
            ///
            /// `invalid_option`, as [`statements`](payvost_webhooks::claims::sql::statements).
            pub fn table(mut self, name: &str) -> Result<Self, payvost_webhooks::Error> {
                self.table = self.table.named(name)?;
                Ok(self)
            }

            /// With another time limit for each step.
            #[must_use]
            pub fn time_limit(mut self, time_limit: std::time::Duration) -> Self {
                self.table = self.table.time_limit(time_limit);
                self
            }

            /// Creates the table and its indexes, if they do not exist. Several processes may do so at once.
            ///
            /// # Errors
            ///
            /// If the database cannot be reached or refuses; so do all methods.
            pub async fn create_table(&self) -> Result<(), payvost_webhooks::claims::Fault> {
                self.table.create().await
            }

            /// Deletes the rows of events that need not be remembered any more, and says how many. Call it now and then.
            ///
            /// # Errors
            ///
            /// As [`create_table`](Self::create_table).
            pub async fn forget(&self) -> Result<u64, payvost_webhooks::claims::Fault> {
                self.table.forget().await
            }

            /// The events that were claimed and not handled, at most `limit` of them. Those that have waited longest come first.
            ///
            /// # Errors
            ///
            /// As [`create_table`](Self::create_table).
            pub async fn dead_letters(
                &self,
                limit: usize,
            ) -> Result<Vec<payvost_webhooks::claims::DeadLetter>, payvost_webhooks::claims::Fault> {
                self.table.dead_letters(limit).await
            }

            /// Discards a dead letter: the event counts as handled. False if the event is done, in progress, or unknown.
            ///
            /// # Errors
            ///
            /// As [`create_table`](Self::create_table).
            pub async fn discard(&self, key: &str) -> Result<bool, payvost_webhooks::claims::Fault> {
                self.table.discard(key).await
            }
        }
    };
}

pub(crate) use with_a_table;
