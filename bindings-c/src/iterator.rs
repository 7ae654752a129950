//! `payvost_iterator`: the members of an object, the elements of an array.

use core::mem::{MaybeUninit, align_of, size_of};
use core::ptr;

use payvost_webhooks::{Elements, Kind, Members};

use crate::boundary;
use crate::text::payvost_str;
use crate::unescaped::payvost_unescaped;
use crate::values::payvost_value;

/// Iterates once over the members of an object or the elements of an array, in the order of the
/// payload. It needs no freeing and lives as long as the event or call. The members are private.
///
///     payvost_iterator members = payvost_value_iterate(payvost_event_data(event));
///     payvost_str key;
///     payvost_value value;
///     while (payvost_iterator_next(&members, &key, &value)) { ... }
#[repr(C)]
#[derive(Debug)]
pub struct payvost_iterator {
    unescaped: *const payvost_unescaped,
    place: [MaybeUninit<usize>; 7],
}

/// An iterator before its first entry. For a value that is neither an object nor an array, it has
/// no entries.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_iterate(container: payvost_value) -> payvost_iterator {
    boundary::guarded(payvost_iterator::EMPTY, || {
        let Some((unescaped, value)) = container.get() else { return payvost_iterator::EMPTY };
        match value.kind() {
            Kind::Object(members) => payvost_iterator::new(unescaped, Entries::Members(members.into_iter())),
            Kind::Array(elements) => payvost_iterator::new(unescaped, Entries::Elements(elements.into_iter())),
            _ => payvost_iterator::EMPTY,
        }
    })
}

/// Goes to the next entry. Returns whether there is one; `*key` and `*value` are written only then.
/// The key of an array's element is empty. `key` and `value` may each be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_iterator_next(
    iterator: Option<&mut payvost_iterator>,
    key: Option<&mut MaybeUninit<payvost_str>>,
    value: Option<&mut MaybeUninit<payvost_value>>,
) -> bool {
    let next = boundary::guarded(None, || {
        let (unescaped, entries) = iterator?.get()?;
        let (name, entry) = match entries {
            Entries::Members(members) => members.next().map(|(name, value)| (Some(name), value)),
            Entries::Elements(elements) => elements.next().map(|value| (None, value)),
        }?;
        // A key with escapes is decoded only if the caller asks for it.
        let name = name.filter(|_| key.is_some()).map_or(payvost_str::EMPTY, |name| unescaped.text(name));
        Some((name, payvost_value::new(unescaped, entry)))
    });
    let Some((name, entry)) = next else { return false };
    boundary::write(key, Some(name));
    boundary::write(value, Some(entry))
}

enum Entries<'e> {
    Members(Members<'e>),
    Elements(Elements<'e>),
}

impl payvost_iterator {
    const EMPTY: Self = Self { unescaped: ptr::null(), place: [MaybeUninit::uninit(); 7] };

    fn new(unescaped: &payvost_unescaped, entries: Entries<'_>) -> Self {
        const {
            assert!(size_of::<Entries<'_>>() <= size_of::<[usize; 7]>() && align_of::<Entries<'_>>() == align_of::<usize>());
            assert!(!core::mem::needs_drop::<Entries<'_>>());
        };
        let mut place = [MaybeUninit::uninit(); 7];
        // SAFETY: the place has the alignment of Entries and is large enough.
        unsafe { place.as_mut_ptr().cast::<Entries<'_>>().write(entries) };
        Self { unescaped, place }
    }

    fn get<'e>(&mut self) -> Option<(&'e payvost_unescaped, &mut Entries<'e>)> {
        // SAFETY: an iterator that is not empty comes from `new`, and the header forbids its use after its owner was freed.
        unsafe {
            let unescaped = self.unescaped.as_ref()?;
            Some((unescaped, &mut *self.place.as_mut_ptr().cast::<Entries<'e>>()))
        }
    }
}
