//! A pseudo-terminal for a command.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

use super::Process;

/// A command on a terminal of its own.
pub struct Terminal {
    pub process: Process,
    keyboard: File,
    controller: OwnedFd,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    pub fn start(mut command: Command) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        tcsetwinsize(&controller, Winsize { ws_row: 20, ws_col: 140, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let terminal = || File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let child: Child =
            command.env("TERM", "xterm-256color").stdin(terminal()).stdout(terminal()).stderr(terminal()).spawn().unwrap();
        let keyboard = File::from(controller.try_clone().unwrap());
        let (mut screen, shown) = (keyboard.try_clone().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&shown);
        thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                kept.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { process: Process(child), keyboard, controller, shown }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    pub fn wait_for(&self, wanted: &str) {
        for _ in 0..500 {
            if self.text().contains(wanted) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{wanted:?} is not shown: {:?}", self.text());
    }

    pub fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).unwrap();
    }

    pub fn is_raw(&self) -> bool {
        !tcgetattr(&self.controller).unwrap().local_modes.contains(rustix::termios::LocalModes::ICANON)
    }
}
