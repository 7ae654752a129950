//! Lists, page by page.

use alloc::string::String;
use alloc::vec::{self, Vec};
use core::fmt;

use super::error::CallError;
use super::payvost::Payvost;
use crate::manage::{Ask, Facts, Operation, Read};

/// A list. Iterate over the entries of all pages, or request [one page](Self::page). Nothing is sent before that.
///
/// After an error the iteration ends.
#[must_use = "nothing is sent until you iterate over the list or request a page"]
pub struct Pages<'p, T> {
    payvost: &'p Payvost,
    operation: Operation,
    /// The parameters of the next page; `None` after the last one.
    parameters: Option<String>,
    entries: vec::IntoIter<T>,
}

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// The number of entries on all pages, if the server reports it.
    pub total: Option<u64>,
    /// The request id and rate limit of the response.
    pub facts: Facts,
}

impl<'p, T: Read> Pages<'p, T> {
    pub(super) fn new(payvost: &'p Payvost, operation: Operation, parameters: String) -> Self {
        Self { payvost, operation, parameters: Some(parameters), entries: Vec::new().into_iter() }
    }

    /// The next page, beginning with the one that the parameters select. `None` after the last one.
    ///
    /// # Errors
    ///
    /// As for every call. After an error, there are no further pages.
    pub fn next_page(&mut self) -> Result<Option<Page<T>>, CallError> {
        let Some(parameters) = self.parameters.take() else { return Ok(None) };
        let call = self.payvost.call(self.operation, &parameters)?;
        self.parameters = call.next_page();
        match call.next() {
            Ask::Done(Ok(success)) => {
                Ok(Some(Page { data: success.read().object(), total: success.total(), facts: call.facts().clone() }))
            }
            Ask::Done(Err(error)) => Err(CallError::Api(error.clone().into())),
            Ask::Request(_) | Ask::Wait(_) => Ok(None),
        }
    }

    /// Only the page that the parameters select.
    ///
    /// # Errors
    ///
    /// As for every call.
    pub fn page(mut self) -> Result<Page<T>, CallError> {
        let page = self.next_page()?;
        Ok(page.unwrap_or_else(|| Page { data: Vec::new(), total: None, facts: Facts::default() }))
    }
}

impl<T: Read> Iterator for Pages<'_, T> {
    type Item = Result<T, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.entries.next() {
                return Some(Ok(entry));
            }
            match self.next_page() {
                Ok(Some(page)) => self.entries = page.data.into_iter(),
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T> fmt::Debug for Pages<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.operation).finish_non_exhaustive()
    }
}
