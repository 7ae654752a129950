//! The full-screen view of `forward`.

use std::collections::VecDeque;
use std::io::{IsTerminal, stdin, stdout};
use std::time::{Duration, SystemTime};

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Paragraph, Row, Table, TableState, Wrap};
use ratatui::{DefaultTerminal, Frame};
use tokio::sync::mpsc;

use super::lines::shown_url;
use crate::delivery::{Attempt, Delivery, printable};
use crate::dispatch::shown;
use crate::status::Failure;

/// How many attempts are kept for the view.
const KEPT: usize = 1_000;

/// Whether there is a terminal that the view can fill, and a person before it.
pub(super) fn fits() -> bool {
    stdout().is_terminal()
        && stdin().is_terminal()
        && std::env::var_os("CI").is_none()
        && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// What a key asks for.
pub(super) enum Action {
    None,
    Quit,
    Resend(Box<Delivery>),
}

struct Entry {
    time: String,
    delivery: Delivery,
    attempt: Attempt,
}

/// The terminal is restored when it is dropped.
pub(super) struct Screen {
    terminal: DefaultTerminal,
    title: String,
    /// The newest first.
    entries: VecDeque<Entry>,
    table: TableState,
    /// How far the details are scrolled, where they are shown.
    detail: Option<u16>,
    notice: String,
    has_colors: bool,
    is_stale: bool,
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

impl Screen {
    pub(super) fn open(title: String) -> Result<Self, Failure> {
        let terminal = ratatui::try_init()?;
        Ok(Self {
            terminal,
            title,
            entries: VecDeque::new(),
            table: TableState::new().with_selected(Some(0)),
            detail: None,
            notice: String::new(),
            has_colors: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            is_stale: true,
        })
    }

    pub(super) fn attempt(&mut self, delivery: &Delivery, attempt: Attempt) {
        self.entries.push_front(Entry { time: time_of_day(), delivery: delivery.clone(), attempt });
        self.entries.truncate(KEPT);
        // At the top, the newest attempt stays chosen. Anywhere else, and while its details are shown, the chosen one does.
        let selected = match self.table.selected() {
            Some(selected) if selected > 0 || self.detail.is_some() => selected + 1,
            _ => 0,
        };
        self.table.select(Some(selected.min(self.entries.len().saturating_sub(1))));
        self.is_stale = true;
    }

    pub(super) fn notice(&mut self, text: String) {
        self.notice = printable(&text);
        self.is_stale = true;
    }

    pub(super) fn key(&mut self, event: &Event) -> Action {
        self.is_stale = true;
        let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press | KeyEventKind::Repeat, .. }) = event else {
            return Action::None;
        };
        match (code, self.detail) {
            (KeyCode::Char('c'), _) if modifiers.contains(KeyModifiers::CONTROL) => return Action::Quit,
            (KeyCode::Char('q'), _) => return Action::Quit,
            (KeyCode::Char('r'), _) => {
                let Some(entry) = self.table.selected().and_then(|selected| self.entries.get(selected)) else {
                    return Action::None;
                };
                self.notice = format!("sent again: {}", entry.delivery.title());
                return Action::Resend(Box::new(entry.delivery.clone()));
            }
            (KeyCode::Char('d') | KeyCode::Enter, None) => self.detail = Some(0),
            (KeyCode::Char('d') | KeyCode::Enter | KeyCode::Esc, Some(_)) => self.detail = None,
            (KeyCode::Up | KeyCode::Char('k'), None) => self.table.select_previous(),
            (KeyCode::Down | KeyCode::Char('j'), None) => {
                let last = self.entries.len().saturating_sub(1);
                self.table.select(Some(self.table.selected().map_or(0, |selected| selected + 1).min(last)));
            }
            (KeyCode::Home, None) => self.table.select_first(),
            (KeyCode::End, None) => self.table.select(Some(self.entries.len().saturating_sub(1))),
            (KeyCode::Up | KeyCode::Char('k'), Some(scroll)) => self.detail = Some(scroll.saturating_sub(1)),
            (KeyCode::Down | KeyCode::Char('j'), Some(scroll)) => self.detail = Some(scroll.saturating_add(1)),
            _ => {}
        }
        Action::None
    }

    /// Draws the view if it has changed.
    pub(super) fn draw(&mut self) -> Result<(), Failure> {
        if !core::mem::take(&mut self.is_stale) {
            return Ok(());
        }
        let Self { terminal, title, entries, table, detail, notice, has_colors, .. } = self;
        let mut view = Picture { title, entries, table, detail: *detail, notice, has_colors: *has_colors };
        terminal.draw(|frame| view.draw(frame))?;
        Ok(())
    }
}

/// What is drawn.
struct Picture<'s> {
    title: &'s str,
    entries: &'s VecDeque<Entry>,
    table: &'s mut TableState,
    detail: Option<u16>,
    notice: &'s str,
    has_colors: bool,
}

impl Picture<'_> {
    fn draw(&mut self, frame: &mut Frame<'_>) {
        let [top, middle, notice, bottom] =
            Layout::vertical([Constraint::Length(1), Constraint::Min(3), Constraint::Length(1), Constraint::Length(1)])
                .areas(frame.area());
        frame.render_widget(Line::styled(self.title.to_owned(), Style::new().add_modifier(Modifier::BOLD)), top);
        match self.detail.and_then(|scroll| Some((scroll, self.entries.get(self.table.selected()?)?))) {
            Some((scroll, entry)) => draw_detail(frame, middle, entry, scroll),
            None => self.draw_table(frame, middle),
        }
        frame.render_widget(Line::raw(self.notice.to_owned()), notice);
        let keys = if self.detail.is_some() {
            "↑↓ scroll  d back  r resend  q quit"
        } else {
            "↑↓ choose  d detail  r resend  q quit"
        };
        frame.render_widget(Line::styled(keys, Style::new().add_modifier(Modifier::DIM)), bottom);
    }

    fn draw_table(&mut self, frame: &mut Frame<'_>, area: Rect) {
        let rows = self.entries.iter().map(|entry| {
            let Entry { time, delivery, attempt } = entry;
            let (id, event_type) = delivery.name.clone().unwrap_or_default();
            let style = match (self.has_colors, attempt.received.answer.is_success()) {
                (false, _) => Style::new(),
                (true, true) => Style::new().fg(Color::Green),
                (true, false) => Style::new().fg(Color::Red),
            };
            Row::new([
                time.clone(),
                attempt.answer(),
                printable(&event_type),
                printable(&id),
                attempt.number.to_string(),
                shown(attempt.duration),
                shown_url(&delivery.url),
            ])
            .style(style)
        });
        let widths = [
            Constraint::Length(8),
            Constraint::Length(18),
            Constraint::Length(24),
            Constraint::Length(24),
            Constraint::Length(3),
            Constraint::Length(8),
            Constraint::Min(20),
        ];
        let head = Row::new(["time", "answer", "type", "event", "try", "took", "receiver"]);
        let table = Table::new(rows, widths)
            .header(head.style(Style::new().add_modifier(Modifier::UNDERLINED)))
            .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
        frame.render_stateful_widget(table, area, self.table);
    }
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, entry: &Entry, scroll: u16) {
    let Entry { time, delivery, attempt } = entry;
    let received = &attempt.received;
    let mut lines = vec![
        format!("{} to {}", delivery.title(), shown_url(&delivery.url)),
        format!("attempt {} at {time}: {} in {}", attempt.number, attempt.answer(), shown(attempt.duration)),
    ];
    lines.extend(attempt.next_in.map(|next| format!("next attempt in {}", shown(next))));
    for (title, text) in [("response headers", &received.headers), ("response body", &received.body)] {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            lines.extend([String::new(), format!("{title}:")]);
            lines.extend(text.lines().map(printable));
        }
    }
    lines.extend([String::new(), "event:".to_owned()]);
    lines.extend(String::from_utf8_lossy(&delivery.payload).lines().map(printable));
    let text = Text::from(lines.into_iter().map(Line::raw).collect::<Vec<_>>());
    let detail = Paragraph::new(text).wrap(Wrap { trim: false }).scroll((scroll, 0)).block(Block::bordered());
    frame.render_widget(detail, area);
}

/// In UTC.
fn time_of_day() -> String {
    let text = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    text.get(11..19).unwrap_or_default().to_owned()
}

/// What is pressed, and when the terminal changes its size.
pub(super) struct Keys(Option<mpsc::UnboundedReceiver<Event>>);

impl Keys {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Listens on a thread of its own, which ends with the process.
    pub(super) fn listen() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            while !sender.is_closed() {
                match poll(Duration::from_millis(100)) {
                    Ok(false) => {}
                    Ok(true) => match read() {
                        Ok(event) => drop(sender.send(event)),
                        Err(_) => return,
                    },
                    Err(_) => return,
                }
            }
        });
        Self(Some(receiver))
    }

    /// The next one. Without a terminal, there never is one.
    pub(super) async fn next(&mut self) -> Event {
        let event = match &mut self.0 {
            Some(receiver) => receiver.recv().await,
            None => None,
        };
        match event {
            Some(event) => event,
            None => core::future::pending().await,
        }
    }
}
