//! A disk in memory that loses its power: a file system for SQLite that keeps apart what was written and what was synced.
#![allow(unsafe_code, clippy::as_conversions, reason = "SQLite's interface for file systems is one of C")]

use core::ffi::{CStr, c_char, c_int, c_void};
use core::{ptr, slice};
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use rusqlite::ffi;

/// The VFS under which SQLite finds every [`Disk`].
pub const VFS: &str = "payvost-disk";

const DATABASE: &str = "sandbox.db";

static DISKS: LazyLock<Mutex<HashMap<String, Disk>>> = LazyLock::new(Mutex::default);

/// A disk with files of its own.
#[derive(Clone)]
pub struct Disk {
    folder: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, File>,
    /// Writes, syncs, truncations and deletions so far.
    operations: u64,
    dies_at: Option<u64>,
    dead: bool,
    /// Says that it synced, and does not.
    lies: bool,
    /// What each open handle holds of a file, by the handle's address.
    locks: HashMap<(String, usize), c_int>,
}

#[derive(Default, Clone)]
struct File {
    content: Vec<u8>,
    synced: Vec<u8>,
    unsynced: Vec<Change>,
    /// A file that was never synced is not found after a loss of power.
    survives: bool,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// What a loss of power leaves of the writes that were not synced.
#[derive(Debug, Clone, Copy)]
pub enum Leaves {
    /// None of them.
    Nothing,
    /// Some of them, in part torn, as these bits choose.
    Some(u64),
    /// All of them: only the process was killed.
    Everything,
}

impl Disk {
    /// An empty disk. At the given operation it loses its power.
    pub fn new(dies_at: Option<u64>) -> Self {
        Self::with(BTreeMap::new(), dies_at)
    }

    /// The same, but its syncs do nothing.
    pub fn that_lies(dies_at: u64) -> Self {
        let disk = Self::new(Some(dies_at));
        disk.state().lies = true;
        disk
    }

    fn with(files: BTreeMap<String, File>, dies_at: Option<u64>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        register();
        let folder = format!("/disk-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let disk = Self { folder: folder.clone(), state: Arc::new(Mutex::new(State { files, dies_at, ..State::default() })) };
        DISKS.lock().unwrap().insert(folder, disk.clone());
        disk
    }

    /// A disk as it is found after a loss of power now.
    pub fn after_power_loss(&self, leaves: Leaves) -> Self {
        let files = self.state().files.clone();
        let files = files.into_iter().filter_map(|(name, file)| Some((name, file.after_power_loss(leaves)?))).collect();
        Self::with(files, None)
    }

    /// The database's file on this disk.
    pub fn database(&self) -> PathBuf {
        format!("{}/{DATABASE}", self.folder).into()
    }

    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Returns when the disk has lost its power.
    pub async fn death(&self) {
        while !self.is_dead() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Frees its memory.
    pub fn discard(self) {
        DISKS.lock().unwrap().remove(&self.folder);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    /// Counts an operation that changes something, and says whether it is still done.
    fn step(&mut self) -> bool {
        if self.dead {
            return false;
        }
        self.operations += 1;
        self.dead = self.dies_at == Some(self.operations);
        !self.dead
    }
}

impl File {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.content);
        self.unsynced.push(change);
    }

    fn sync(&mut self) {
        self.synced.clone_from(&self.content);
        self.unsynced.clear();
        self.survives = true;
    }

    fn after_power_loss(mut self, leaves: Leaves) -> Option<Self> {
        let mut bits = match leaves {
            Leaves::Nothing => 0,
            Leaves::Everything => u64::MAX,
            Leaves::Some(bits) => bits | 1 << 63,
        };
        for change in &self.unsynced {
            match (leaves, bits & 3, change) {
                (Leaves::Everything, ..) | (_, 3, _) => change.apply(&mut self.synced),
                // A torn write: its first half arrived.
                (_, 2, Change::Write(at, bytes)) => {
                    Change::Write(*at, bytes[..bytes.len() / 2].to_vec()).apply(&mut self.synced);
                }
                _ => {}
            }
            bits = bits.rotate_right(2);
        }
        let found = self.survives || !matches!(leaves, Leaves::Nothing);
        found.then(|| Self { content: self.synced.clone(), synced: self.synced, unsynced: Vec::new(), survives: true })
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                let end = at + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*at..end].copy_from_slice(bytes);
            }
            Self::Truncate(size) => content.truncate(*size),
        }
    }
}

/// An open file, as SQLite allocates it.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

struct Open {
    disk: Disk,
    name: String,
}

impl Open {
    fn with<T>(&self, work: impl FnOnce(&mut State, &str) -> T) -> T {
        work(&mut self.disk.state(), &self.name)
    }
}

fn register() {
    struct Registered(#[allow(dead_code, reason = "SQLite keeps the pointer")] Box<ffi::sqlite3_vfs>);
    // SAFETY: the box is never touched again once SQLite has it, and what its other pointers lead to is static.
    unsafe impl Send for Registered {}
    // SAFETY: as above.
    unsafe impl Sync for Registered {}
    static DONE: OnceLock<Registered> = OnceLock::new();
    DONE.get_or_init(|| {
        let name = CString::new(VFS).unwrap().into_raw();
        // SAFETY: finding the default VFS has no conditions, and it is never unregistered here.
        let default = unsafe { *ffi::sqlite3_vfs_find(ptr::null()) };
        // Time and randomness stay those of the default one.
        let mut vfs = Box::new(ffi::sqlite3_vfs {
            iVersion: 1,
            szOsFile: c_int::try_from(size_of::<Handle>()).unwrap(),
            mxPathname: 512,
            pNext: ptr::null_mut(),
            zName: name,
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            ..default
        });
        // SAFETY: the VFS lives as long as the process, in DONE.
        assert_eq!(unsafe { ffi::sqlite3_vfs_register(&raw mut *vfs, 0) }, ffi::SQLITE_OK);
        Registered(vfs)
    });
}

/// The disk and the name of a file of a path such as `/disk-1/sandbox.db-wal`.
fn find(path: &CStr) -> Option<(Disk, String)> {
    let (folder, name) = path.to_str().ok()?.rsplit_once('/')?;
    Some((DISKS.lock().unwrap().get(folder)?.clone(), name.to_owned()))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite gives szOsFile bytes for the handle. Without methods it does not call xClose.
    unsafe { (*handle).base.pMethods = ptr::null() };
    if path.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: SQLite's path ends with a NUL.
    let Some((disk, name)) = find(unsafe { CStr::from_ptr(path) }) else { return ffi::SQLITE_CANTOPEN };
    {
        let mut state = disk.state();
        if state.dead || (flags & ffi::SQLITE_OPEN_CREATE == 0 && !state.files.contains_key(&name)) {
            return ffi::SQLITE_CANTOPEN;
        }
        state.files.entry(name.clone()).or_default();
    }
    // SAFETY: as above; SQLite's out_flags is null or writable.
    unsafe {
        (*handle).open = Box::into_raw(Box::new(Open { disk, name }));
        (*handle).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int) -> c_int {
    // SAFETY: SQLite's path ends with a NUL.
    let Some((disk, name)) = find(unsafe { CStr::from_ptr(path) }) else { return ffi::SQLITE_IOERR_DELETE };
    let mut state = disk.state();
    if !state.step() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    state.files.remove(&name);
    ffi::SQLITE_OK
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int, found: *mut c_int) -> c_int {
    // SAFETY: SQLite's path ends with a NUL, and `found` is writable.
    unsafe {
        let exists = find(CStr::from_ptr(path)).is_some_and(|(disk, name)| disk.state().files.contains_key(&name));
        *found = c_int::from(exists);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(_: *mut ffi::sqlite3_vfs, path: *const c_char, size: c_int, full: *mut c_char) -> c_int {
    // SAFETY: SQLite's path ends with a NUL, and `full` has room for `size` bytes.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if bytes.len() > usize::try_from(size).unwrap_or_default() {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), full, bytes.len());
    }
    ffi::SQLITE_OK
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// # Safety
///
/// `file` was opened by [`open`] and is not closed.
unsafe fn opened<'f>(file: *mut ffi::sqlite3_file) -> &'f Open {
    // SAFETY: the caller's promise.
    unsafe { &*(*file.cast::<Handle>()).open }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once.
    let open = unsafe { Box::from_raw((*file.cast::<Handle>()).open) };
    open.with(|state, name| state.locks.remove(&(name.to_owned(), file.addr())));
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the file is open, and `to` has room for `amount` bytes.
    let (file, to) = unsafe { (opened(file), slice::from_raw_parts_mut(to.cast::<u8>(), amount as usize)) };
    file.with(|state, name| {
        if state.dead {
            return ffi::SQLITE_IOERR_READ;
        }
        let content = state.files.get(name).map_or(&[][..], |file| &file.content);
        let rest = content.get(at as usize..).unwrap_or_default();
        let length = rest.len().min(to.len());
        to[..length].copy_from_slice(&rest[..length]);
        to[length..].fill(0);
        if length < to.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
    })
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the file is open, and `from` has `amount` bytes.
    let (file, from) = unsafe { (opened(file), slice::from_raw_parts(from.cast::<u8>(), amount as usize)) };
    file.with(|state, name| {
        if !state.step() {
            return ffi::SQLITE_IOERR_WRITE;
        }
        state.files.entry(name.to_owned()).or_default().change(Change::Write(at as usize, from.to_vec()));
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: the file is open.
    unsafe { opened(file) }.with(|state, name| {
        if !state.step() {
            return ffi::SQLITE_IOERR_TRUNCATE;
        }
        state.files.entry(name.to_owned()).or_default().change(Change::Truncate(size as usize));
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: the file is open.
    unsafe { opened(file) }.with(|state, name| {
        if !state.step() {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        if !state.lies {
            state.files.entry(name.to_owned()).or_default().sync();
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: the file is open, and `size` is writable.
    unsafe {
        *size = opened(file).with(|state, name| state.files.get(name).map_or(0, |file| file.content.len() as i64));
    }
    ffi::SQLITE_OK
}

/// SQLite's rules: any number of readers, one that prepares to write, and a writer alone.
unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the file is open.
    unsafe { opened(file) }.with(|state, name| {
        let own = (name.to_owned(), file.addr());
        let others = state.locks.iter().filter(|(key, _)| key.0 == name && **key != own).map(|(_, level)| *level).max();
        let bearable = match level {
            ffi::SQLITE_LOCK_SHARED => ffi::SQLITE_LOCK_RESERVED,
            ffi::SQLITE_LOCK_RESERVED => ffi::SQLITE_LOCK_SHARED,
            _ => ffi::SQLITE_LOCK_NONE,
        };
        if others.unwrap_or(ffi::SQLITE_LOCK_NONE) > bearable {
            return ffi::SQLITE_BUSY;
        }
        let held = state.locks.entry(own).or_default();
        *held = level.max(*held);
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the file is open.
    unsafe { opened(file) }.with(|state, name| state.locks.insert((name.to_owned(), file.addr()), level));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, reserved: *mut c_int) -> c_int {
    // SAFETY: the file is open, and `reserved` is writable.
    unsafe {
        *reserved = opened(file).with(|state, name| {
            c_int::from(state.locks.iter().any(|(key, level)| key.0 == name && *level >= ffi::SQLITE_LOCK_RESERVED))
        });
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4_096
}

/// As SQLite assumes of Unix: a write does not damage the bytes beside it.
unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}
